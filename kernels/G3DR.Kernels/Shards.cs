using G3DR.Compute;

namespace G3DR.Kernels;

/// <summary>Cuts work into shards by its size alone, so that results do not depend on the number of threads.</summary>
public static class Shards
{
    /// <summary>Elements of an elementwise shard: fits the first-level cache twice over and hides the cost of handing it out.</summary>
    public const int Elements = 16384;

    /// <summary>Number of shards of <paramref name="size"/> items for <paramref name="length"/> items.</summary>
    /// <exception cref="OverflowException">There are 2^31 shards or more.</exception>
    public static int Count(long length, long size = Elements) => checked((int)((length + size - 1) / size));

    /// <summary>Calls <paramref name="body"/> with (start, end) of every shard, on the threads of a processor device.</summary>
    /// <param name="device">Where to run.</param>
    /// <param name="length">Number of items.</param>
    /// <param name="body">Work on the items start .. end - 1.</param>
    /// <param name="size">Items of a shard.</param>
    /// <exception cref="NotSupportedException">The device is not a processor.</exception>
    public static void For(Accelerator device, long length, Action<long, long> body, long size = Elements)
    {
        CpuAccelerator cpu = RequireCpu(device);
        cpu.Team.For(Count(length, size), shard => body(shard * size, Math.Min(length, (shard + 1) * size)));
    }

    /// <summary>The device as a processor.</summary>
    /// <exception cref="NotSupportedException">The device is not a processor.</exception>
    public static CpuAccelerator RequireCpu(Accelerator device) => device as CpuAccelerator
        ?? throw new NotSupportedException($"This kernel variant runs on a processor, not on '{device.Name}'.");

    /// <summary>Whether the vector variants are to run on this device.</summary>
    public static bool UseVectors(Accelerator device) => device is CpuAccelerator { ReferenceKernels: false };

    /// <summary>The length of a plain launch over single elements, which 32-bit indices limit.</summary>
    /// <exception cref="ArgumentException">The view has 2^31 elements or more.</exception>
    public static Index1D PlainExtent(long length) => length <= int.MaxValue
        ? new((int)length)
        : throw new ArgumentException($"Plain kernels index with 32 bits: at most {int.MaxValue} elements, got {length}.");
}
