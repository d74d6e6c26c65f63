using G3DR.Compute;
using G3DR.Core.Diagnostics;
using G3DR.Kernels.Catalogue;

namespace G3DR.Bench;

/// <summary>One line of the table: a workload of one size in one variant on one vector width.</summary>
public abstract class BenchmarkRow : IDisposable
{
    private protected BenchmarkRow(string op, string size, string variant, InstructionSet instructions) =>
        (Op, Size, Variant, InstructionSet) = (op, size, variant, instructions);

    public string Op { get; }

    public string Size { get; }

    public string Variant { get; }

    public InstructionSet InstructionSet { get; }

    /// <summary>Vector width in the table: none for plain kernels, which do not depend on it.</summary>
    public virtual string Instructions => InstructionSet.ToString();

    public abstract double Flops { get; }

    public abstract double Bytes { get; }

    /// <summary>Prepares a run and checks its results.</summary>
    /// <exception cref="KernelAccuracyException">A result is wrong: then nothing is timed.</exception>
    public abstract void Prepare();

    public abstract void Run();

    /// <summary>Frees what <see cref="Prepare"/> made; it can be prepared again.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);

    public override string ToString() => $"{Op} {Size} {Variant} {Instructions}";

    /// <summary>All rows that the options select.</summary>
    public static IEnumerable<BenchmarkRow> Selected() => All().Where(row =>
        BenchOptions.Matches(BenchOptions.Op, row.Op)
        && BenchOptions.Matches(BenchOptions.Variant, row.Variant)
        && BenchOptions.Matches(BenchOptions.Instructions, row.InstructionSet.ToString()));

    private static IEnumerable<BenchmarkRow> All()
    {
        foreach (KernelWorkload workload in BenchmarkCatalogue.All)
        {
            foreach (WorkloadSize size in BenchOptions.Quick ? workload.BenchSizes.Take(1) : workload.BenchSizes)
            {
                foreach (KernelVariant variant in workload.Variants.Where(candidate => !candidate.NeedsGroups))
                {
                    foreach (InstructionSet set in variant.Name == KernelRow.Plain ? [InstructionSets.Best] : InstructionSets.Supported)
                    {
                        yield return new KernelRow(workload, size, variant, set);
                    }
                }
            }
        }

        foreach (bool backward in (bool[])[false, true])
        {
            foreach (InstructionSet set in InstructionSets.Supported)
            {
                yield return new RendererRow(backward, set);
            }
        }
    }
}

/// <summary>A variant of a workload of the catalogue.</summary>
internal sealed class KernelRow(KernelWorkload workload, WorkloadSize size, KernelVariant variant, InstructionSet instructions)
    : BenchmarkRow(workload.Op, size.ToString(), variant.Name, instructions)
{
    public const string Plain = "plain";

    private const ulong Seed = 1;

    // The rows of one workload and size follow one another and share the reference, which is slow.
    private static (KernelWorkload? Workload, WorkloadSize? Size, IReadOnlyList<double[]> Expected) s_reference = (null, null, []);

    private CpuAccelerator? _device;
    private KernelCase? _prepared;

    public override string Instructions => Variant == Plain ? "any" : base.Instructions;

    public override double Flops => workload.Flops(size);

    public override double Bytes => workload.Bytes(size);

    public override void Prepare()
    {
        _device = new(new() { InstructionSet = InstructionSet, ReferenceKernels = Variant == Plain });
        if (!variant.IsSupported(_device))
        {
            throw new NotSupportedException($"{this} does not run on this device.");
        }

        _prepared = workload.Prepare(_device, size, Seed);
        if (s_reference.Workload != workload || s_reference.Size != size)
        {
            s_reference = (workload, size, workload.Reference(_prepared));
        }

        KernelAccuracy.Check(workload, variant, _prepared, s_reference.Expected);
    }

    public override void Run() => variant.Run(_prepared!);

    protected override void Dispose(bool disposing)
    {
        _prepared?.Dispose();
        _device?.Dispose();
    }
}

/// <summary>The official renderer at its full size; checked at a smaller one.</summary>
internal sealed class RendererRow(bool backward, InstructionSet instructions)
    : BenchmarkRow(backward ? "renderer bwd" : "renderer fwd", "official", "fused", instructions)
{
    private CpuAccelerator? _device;
    private RendererBenchmark? _benchmark;

    public override double Flops => RendererBenchmark.FlopsOf(backward);

    public override double Bytes => RendererBenchmark.BytesOf(backward);

    public override void Prepare()
    {
        _device = new(new() { InstructionSet = InstructionSet });
        _benchmark = new(_device, backward);
        _benchmark.Check();
    }

    public override void Run() => _benchmark!.Run();

    protected override void Dispose(bool disposing)
    {
        _benchmark?.Dispose();
        _device?.Dispose();
    }
}
