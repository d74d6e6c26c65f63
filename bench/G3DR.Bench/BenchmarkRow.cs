using G3DR.Compute;
using G3DR.Core.Diagnostics;
using G3DR.Kernels.Catalogue;

namespace G3DR.Bench;

/// <summary>One line of the table: a workload of one size in one variant on one device.</summary>
public abstract class BenchmarkRow : IDisposable
{
    /// <summary>Runs that an OpenCL device is given at a time, with one wait at their end.</summary>
    public const int Batch = 16;

    // Made once: BenchmarkDotNet asks for them several times, and a row keeps what its device measured.
    private static readonly Lazy<IReadOnlyList<BenchmarkRow>> s_selected = new(() =>
    [
        .. All().Where(row =>
            BenchOptions.Matches(BenchOptions.Op, row.Op)
            && BenchOptions.Matches(BenchOptions.Variant, row.Variant)
            && BenchOptions.Matches(BenchOptions.Instructions, row.Device.Instructions)),
    ]);

    private Accelerator? _accelerator;

    private protected BenchmarkRow(string op, string size, string variant, BenchDevice device) =>
        (Op, Size, Variant, Device) = (op, size, variant, device);

    /// <summary>All rows that the options select.</summary>
    public static IReadOnlyList<BenchmarkRow> Selected => s_selected.Value;

    public string Op { get; }

    public string Size { get; }

    public string Variant { get; }

    public BenchDevice Device { get; }

    /// <summary>Vector width in the table.</summary>
    public virtual string Instructions => Device.Instructions;

    public abstract double Flops { get; }

    public abstract double Bytes { get; }

    /// <summary>Seconds of a run by the clock of an OpenCL device; null before the row was timed, and on the processor.</summary>
    public double? DeviceSeconds { get; private set; }

    /// <summary>Whether the row uses the plain kernels.</summary>
    private protected virtual bool IsPlain => false;

    /// <summary>Prepares a run and checks its results.</summary>
    /// <exception cref="KernelAccuracyException">A result is wrong: then nothing is timed.</exception>
    public void Prepare()
    {
        _accelerator = Device.Open(IsPlain);
        Prepare(_accelerator);
    }

    /// <summary>Does the work once; on an OpenCL device it only hands it over.</summary>
    public abstract void Run();

    /// <summary><see cref="Batch"/> runs one after the other, then one wait.</summary>
    public void RunBatch()
    {
        for (int run = 0; run < Batch; run++)
        {
            Run();
        }

        _accelerator!.Synchronize();
    }

    /// <summary>Times a batch by the clock of the device.</summary>
    public void MeasureOnDevice() => DeviceSeconds = _accelerator!.Measure(RunBatch).TotalSeconds / Batch;

    /// <summary>Frees what <see cref="Prepare()"/> made; it can be prepared again.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        _accelerator?.Dispose();
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);

    public override string ToString() => $"{Op} {Size} {Variant} {Device.Name} {Instructions}";

    private protected abstract void Prepare(Accelerator accelerator);

    private static IEnumerable<BenchmarkRow> All()
    {
        BenchDevice[] devices = [.. BenchDevice.Found.Where(device => BenchOptions.Matches(BenchOptions.Device, device.Name))];
        Accelerator[] opened = [.. devices.Select(device => device.Open())];
        try
        {
            foreach (KernelWorkload workload in BenchmarkCatalogue.All)
            {
                foreach (WorkloadSize size in BenchOptions.Quick ? workload.BenchSizes.Take(1) : workload.BenchSizes)
                {
                    foreach (KernelVariant variant in workload.Variants)
                    {
                        foreach (BenchDevice device in devices.Where((_, i) => variant.IsSupported(opened[i])))
                        {
                            // Plain kernels do not depend on the vector width.
                            if (variant.Name != KernelRow.Plain || device.InstructionSet is null || device.InstructionSet == InstructionSets.Best)
                            {
                                yield return new KernelRow(workload, size, variant, device);
                            }
                        }
                    }
                }
            }
        }
        finally
        {
            foreach (Accelerator accelerator in opened)
            {
                accelerator.Dispose();
            }
        }

        foreach (bool backward in (bool[])[false, true])
        {
            foreach (BenchDevice device in devices)
            {
                yield return new RendererRow(backward, device);
            }
        }
    }
}

/// <summary>A variant of a workload of the catalogue.</summary>
internal sealed class KernelRow(KernelWorkload workload, WorkloadSize size, KernelVariant variant, BenchDevice device)
    : BenchmarkRow(workload.Op, size.ToString(), variant.Name, device)
{
    public const string Plain = "plain";

    private const ulong Seed = 1;

    // The rows of one workload and size follow one another and share the reference, which is slow.
    private static (KernelWorkload? Workload, WorkloadSize? Size, IReadOnlyList<double[]> Expected) s_reference = (null, null, []);

    private KernelCase? _prepared;

    public override string Instructions => IsPlain && Device.IsProcessor ? "any" : base.Instructions;

    public override double Flops => workload.Flops(size);

    public override double Bytes => workload.Bytes(size);

    private protected override bool IsPlain => Variant == Plain;

    public override void Run() => variant.Run(_prepared!);

    private protected override void Prepare(Accelerator accelerator)
    {
        _prepared = workload.Prepare(accelerator, size, Seed);
        if (s_reference.Workload != workload || s_reference.Size != size)
        {
            s_reference = (workload, size, workload.Reference(_prepared));
        }

        KernelAccuracy.Check(workload, variant, _prepared, s_reference.Expected);
    }

    protected override void Dispose(bool disposing) => _prepared?.Dispose();
}

/// <summary>The official renderer at its full size; checked at a smaller one.</summary>
internal sealed class RendererRow(bool backward, BenchDevice device)
    : BenchmarkRow(backward ? "renderer bwd" : "renderer fwd", "official", "fused", device)
{
    private RendererBenchmark? _benchmark;

    public override double Flops => RendererBenchmark.FlopsOf(backward);

    public override double Bytes => RendererBenchmark.BytesOf(backward);

    public override void Run() => _benchmark!.Run();

    private protected override void Prepare(Accelerator accelerator)
    {
        _benchmark = new(accelerator, backward);
        _benchmark.Check();
    }

    protected override void Dispose(bool disposing) => _benchmark?.Dispose();
}
