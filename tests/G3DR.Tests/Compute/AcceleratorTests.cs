using G3DR.Compute;
using G3DR.Compute.Memory;

namespace G3DR.Tests.Compute;

public class AcceleratorTests
{
    [Fact]
    public void Memory_is_counted_limited_and_reused()
    {
        using var device = Accelerator.Create("cpu", new() { Threads = 1, MemoryLimit = 1 << 20 });
        MemoryBuffer<float> first = device.Allocate<float>(1000);
        Assert.InRange(device.Memory.BytesInUse, 4000, 4600);
        var error = Assert.Throws<OutOfDeviceMemoryException>(() => device.Allocate<float>(1 << 18));
        Assert.Equal(1 << 20, error.RequestedBytes);
        Assert.InRange(error.AvailableBytes, 1, (1 << 20) - 4000);
        Assert.Contains("of 1.0 MiB are free", error.Message, StringComparison.Ordinal);
        first.Dispose();
        first.Dispose();
        Assert.Equal(0, device.Memory.BytesInUse);
        Assert.InRange(device.Memory.BytesCached, 4000, 4600);
        using MemoryBuffer<double> second = device.Allocate<double>(500);
        Assert.Equal(0, device.Memory.BytesCached);
        Assert.True(device.Memory.PeakBytes >= 4000);
        Assert.Throws<ObjectDisposedException>(() => first.View);
    }

    [Fact]
    public void Blocks_kept_for_reuse_make_room_for_others_under_the_limit()
    {
        using var device = Accelerator.Create("cpu", new() { Threads = 1, MemoryLimit = 1 << 20 });
        device.Allocate<byte>(700_000).Dispose();
        using MemoryBuffer<byte> other = device.Allocate<byte>(900_000);
        Assert.Equal(0, device.Memory.BytesCached);
    }

    [Fact]
    public void Views_refuse_what_lies_outside()
    {
        using var device = Accelerator.Create("cpu", new() { Threads = 1 });
        using MemoryBuffer<float> buffer = device.Allocate<float>(12);
        ArrayView<float> view = buffer.View;
        Assert.Throws<IndexOutOfRangeException>(() => view[12]);
        Assert.Throws<IndexOutOfRangeException>(() => view[-1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => view.SubView(10, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => view.SubView(long.MaxValue, 2));
        Assert.Throws<ArgumentException>(() => view.As2D(5, 2));
        Assert.Throws<ArgumentException>(() => device.Copy(view, view.SubView(0, 3)));
        Assert.Throws<ArgumentException>(() => buffer.CopyFrom(new float[3]));
        view.As3D(2, 3, 2)[1, 2, 1] = 7;
        Assert.Equal(7, view[11]);
        view.As2D(4, 3)[3, 0] = 5;
        Assert.Equal(5, view[3]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Launches_visit_every_index_once(int threads)
    {
        using var device = Accelerator.Create("cpu", new() { Threads = threads });
        using MemoryBuffer<int> buffer = device.Allocate<int>(7 * 50 * 11);
        buffer.Clear();
        ArrayView<int> view = buffer.View;
        device.Launch(Count1D, new Index1D(7 * 50 * 11), view);
        device.Launch(Count2D, new Index2D(7, 50 * 11), view.As2D(7, 50 * 11));
        device.Launch(Count3D, new Index3D(7, 50, 11), view.As3D(7, 50, 11));
        device.Launch(Count1D, new Index1D(0), view);
        Assert.All(view.AsSpan().ToArray(), count => Assert.Equal(111, count));
    }

    [Fact]
    public void Unknown_devices_and_options_are_refused()
    {
        Assert.Contains("'abacus'", Assert.Throws<ArgumentException>(() => Accelerator.Create("abacus")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Accelerator.Create("cpu", new() { Threads = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Accelerator.Create("cpu", new() { MemoryLimit = 0 }));
        var device = Accelerator.Create("cpu", new() { Threads = 1 });
        device.Dispose();
        Assert.Throws<ObjectDisposedException>(() => device.Allocate<float>(1));
    }

    [Fact]
    public void State_is_made_once_for_each_device()
    {
        using var first = Accelerator.Create("cpu", new() { Threads = 1 });
        using var second = Accelerator.Create("cpu", new() { Threads = 1 });
        Assert.Same(first.State<List<int>>(), first.State<List<int>>());
        Assert.NotSame(first.State<List<int>>(), second.State<List<int>>());
    }

    private static void Count1D(Index1D i, ArrayView<int> view) => view[i]++;

    private static void Count2D(Index2D i, ArrayView2D<int> view) => view[i] += 10;

    private static void Count3D(Index3D i, ArrayView3D<int> view) => view[i] += 100;
}
