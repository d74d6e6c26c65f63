using BenchmarkDotNet.Attributes;

namespace G3DR.Bench;

/// <summary>All rows of the kernel catalogue and the renderer. A row whose results are wrong is not timed.</summary>
public class Kernels
{
    [ParamsSource(nameof(Rows))]
    public BenchmarkRow Row { get; set; } = null!;

    public IEnumerable<BenchmarkRow> Rows => BenchmarkRow.Selected();

    [GlobalSetup]
    public void Prepare() => Row.Prepare();

    [Benchmark]
    public void Run() => Row.Run();

    [GlobalCleanup]
    public void Free() => Row.Dispose();
}
