using G3DR.Cli;
using G3DR.Compute;
using G3DR.Core.Diagnostics;
using G3DR.Tests.Support;

namespace G3DR.Tests.Diagnostics;

/// <summary>What the bench command times, and what it prints.</summary>
public class BenchmarkTimingTests
{
    [Fact]
    public void One_run_does_not_count_and_the_check_comes_last()
    {
        using var device = new TestDevice();
        using var work = new Recorder(device);
        BenchmarkTiming timing = BenchmarkTiming.Measure(work, repeat: 3);
        Assert.Equal(["run", "run", "run", "run", "check"], work.Calls);
        Assert.Equal(3, timing.Seconds.Count);
        Assert.True(timing.PeakRssMiB > 0);
        Assert.Null(timing.PeakDeviceMiB);
        Assert.Throws<ArgumentOutOfRangeException>(() => BenchmarkTiming.Measure(work, repeat: 0));
    }

    [Theory]
    [InlineData(new[] { 3.0, 1, 2 }, 2)]
    [InlineData(new[] { 4.0, 1, 2, 3 }, 2.5)]
    [InlineData(new[] { 7.0 }, 7)]
    public void The_median_is_the_middle(double[] seconds, double median) => Assert.Equal(median, new BenchmarkTiming(seconds, 1).Median);

    // 1e9 operations and 3e9 bytes in half a second, on a machine with 10 GFLOP/s and 8 GB/s.
    [Fact]
    public void A_rate_is_the_share_of_the_nearer_peak()
    {
        KernelRate rate = KernelRate.Of(1e9, 3e9, 0.5, new MachinePeak(10, 8));
        Assert.Equal(new KernelRate(2, 6, 0.75, LimitedByMemory: true), rate);
        Assert.Equal(new KernelRate(2, 6, 0.5, LimitedByMemory: false), KernelRate.Of(1e9, 3e9, 0.5, new MachinePeak(4, 60)));
    }

    [Fact]
    public void A_matrix_product_is_checked_and_refuses_sizes_without_elements()
    {
        using var device = new TestDevice();
        using var product = new MatrixProductBenchmark(device, 17, 33, 65);
        product.Run();
        product.Check();
        Assert.Equal(2.0 * 17 * 33 * 65, product.Flops);
        Assert.Throws<ArgumentException>(() => new MatrixProductBenchmark(device, 1, 0, 1));
        Assert.Throws<ArgumentException>(() => new MatrixProductBenchmark(device, 1 << 16, 1, 1 << 16));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_renderer_runs_and_is_right(bool backward)
    {
        using var device = new TestDevice();
        using var renderer = new RendererBenchmark(device, backward);
        renderer.Run();
        renderer.Check();
    }

    [Theory]
    [InlineData("bench gemm 0 4 4", "got 0 x 4 x 4")]
    [InlineData("bench gemm 4 4 4 --repeat 0", "--repeat must be between")]
    [InlineData("bench renderer --mode sideways", "sideways")]
    public async Task Wrong_arguments_are_refused(string command, string message)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        Assert.Equal(2, await Program.RunAsync(command.Split(' '), output, error));
        Assert.Contains(message, error.ToString(), StringComparison.Ordinal);
        Assert.Empty(output.ToString());
    }

    [Fact]
    public async Task Json_has_the_keys_that_the_comparison_script_reads()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        Assert.Equal(0, await Program.RunAsync(["bench", "gemm", "8", "9", "10", "--repeat", "2", "--json"], output, error));
        Assert.Matches("""^\{"seconds":\[[0-9.E-]+,[0-9.E-]+\],"peakRssMiB":[1-9][0-9]*\}\s*$""", output.ToString());
    }

    private sealed class Recorder(Accelerator device) : IBenchmark
    {
        public List<string> Calls { get; } = [];

        public string Name => "recorder";

        public Accelerator Device => device;

        public double Flops => 1;

        public void Run() => Calls.Add("run");

        public void Check() => Calls.Add("check");

        public void Dispose() => Calls.Add("dispose");
    }
}
