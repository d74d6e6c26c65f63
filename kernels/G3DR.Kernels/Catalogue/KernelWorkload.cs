using G3DR.Compute;

namespace G3DR.Kernels.Catalogue;

/// <summary>
/// One operation with everything that is needed to test and time all its variants alike: inputs, a reference in double precision, tolerance, and what
/// it costs. Families of kernels derive from it and stand in <see cref="KernelCatalogue"/>.
/// </summary>
public abstract class KernelWorkload
{
    private const long MostEmulated = 1100;

    /// <summary>Name, unique in the catalogue: the operation, and the pass where it has several, as in <c>softplus backward</c>.</summary>
    public abstract string Op { get; }

    /// <summary>All ways to run it.</summary>
    public abstract IReadOnlyList<KernelVariant> Variants { get; }

    /// <summary>Sizes for tests: 1, lengths around vector and shard boundaries, odd shapes.</summary>
    public abstract IReadOnlyList<WorkloadSize> TestSizes { get; }

    /// <summary>
    /// Sizes for the processor's emulator of group kernels, which takes about a millisecond for each barrier: the same kinds of boundaries with few groups.
    /// </summary>
    public virtual IReadOnlyList<WorkloadSize> EmulatorSizes => [.. TestSizes.Where(size => size.Length <= MostEmulated)];

    /// <summary>Sizes for benchmarks.</summary>
    public abstract IReadOnlyList<WorkloadSize> BenchSizes { get; }

    /// <summary>Largest allowed |error| of an output, divided by max(1, |expected|).</summary>
    /// <param name="size">Size of the case.</param>
    public abstract double Tolerance(WorkloadSize size);

    /// <summary>Floating-point operations of one run.</summary>
    public abstract double Flops(WorkloadSize size);

    /// <summary>Bytes that one run must at least read and write.</summary>
    public abstract double Bytes(WorkloadSize size);

    /// <summary>Seeded inputs and room for the outputs, on a device.</summary>
    public abstract KernelCase Prepare(Accelerator device, WorkloadSize size, ulong seed);

    /// <summary>The expected outputs, computed in double precision from the inputs of a case.</summary>
    public abstract IReadOnlyList<double[]> Reference(KernelCase prepared);
}

/// <summary>Lengths of the axes of a workload; what they mean is up to the operation.</summary>
/// <param name="Axes">Lengths.</param>
public sealed record WorkloadSize(params int[] Axes)
{
    /// <summary>Product of all lengths.</summary>
    public long Length => Axes.Aggregate(1L, (product, axis) => product * axis);

    /// <summary>For example <c>17x33</c>.</summary>
    public override string ToString() => string.Join('x', Axes);
}
