using BenchmarkDotNet.Attributes;

namespace G3DR.Bench;

/// <summary>All rows of the kernel catalogue and the renderer on the processor. A row whose results are wrong is not timed.</summary>
public class Kernels
{
    [ParamsSource(nameof(Rows))]
    public BenchmarkRow Row { get; set; } = null!;

    public IEnumerable<BenchmarkRow> Rows => BenchmarkRow.Selected.Where(row => row.Device.IsProcessor);

    [GlobalSetup]
    public void Prepare() => Row.Prepare();

    [Benchmark]
    public void Run() => Row.Run();

    [GlobalCleanup]
    public void Free() => Row.Dispose();
}

/// <summary>The same on OpenCL devices: launches are handed over in batches, so that the wait at the end hardly counts.</summary>
public class DeviceKernels
{
    [ParamsSource(nameof(Rows))]
    public BenchmarkRow Row { get; set; } = null!;

    public IEnumerable<BenchmarkRow> Rows => BenchmarkRow.Selected.Where(row => !row.Device.IsProcessor);

    [GlobalSetup]
    public void Prepare() => Row.Prepare();

    [Benchmark(OperationsPerInvoke = BenchmarkRow.Batch)]
    public void Run() => Row.RunBatch();

    [GlobalCleanup]
    public void Free()
    {
        Row.MeasureOnDevice();
        Row.Dispose();
    }
}
