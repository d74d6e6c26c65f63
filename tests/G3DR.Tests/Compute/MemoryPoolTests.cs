using G3DR.Compute;
using G3DR.Compute.Memory;

namespace G3DR.Tests.Compute;

/// <summary>What the processor's pool keeps, and where large blocks come from.</summary>
public sealed class MemoryPoolTests
{
    private const long MiB = 1 << 20;

    [Fact]
    public void Blocks_of_other_sizes_make_room_for_new_ones()
    {
        using var device = new CpuAccelerator(new());
        MemoryPool memory = device.Memory;
        device.Allocate<byte>(64 * MiB).Dispose();
        Assert.Equal(64 * MiB, memory.BytesCached);

        // Room for reuse is what was in use at a time, and a little more.
        using MemoryBuffer<byte> other = device.Allocate<byte>(48 * MiB);
        Assert.Equal(48 * MiB, memory.BytesInUse);
        Assert.Equal(0, memory.BytesCached);
        device.Allocate<byte>(16 * MiB).Dispose();
        using MemoryBuffer<byte> third = device.Allocate<byte>(8 * MiB);
        Assert.Equal(16 * MiB, memory.BytesCached);
    }

    [Fact]
    public void A_block_of_the_same_size_comes_back()
    {
        using var device = new CpuAccelerator(new());
        nint address;
        using (MemoryBuffer<byte> first = device.Allocate<byte>(5 * MiB))
        {
            address = Address(first);
        }

        using MemoryBuffer<byte> second = device.Allocate<byte>(5 * MiB);
        Assert.Equal(address, Address(second));
    }

    [Theory]
    [InlineData(64)]
    [InlineData(2 * MiB)]
    [InlineData((3 * MiB) + 64)]
    public void Blocks_are_aligned_and_can_be_written_to_their_end(long bytes)
    {
        using var device = new CpuAccelerator(new());
        using MemoryBuffer<byte> buffer = device.Allocate<byte>(bytes);
        Assert.Equal(0, Address(buffer) % 64);
        buffer.View.AsSpan().Fill(7);
        Assert.Equal(7, buffer.View[(int)bytes - 1]);
    }

    private static unsafe nint Address(MemoryBuffer<byte> buffer) => (nint)buffer.View.Pointer;
}
