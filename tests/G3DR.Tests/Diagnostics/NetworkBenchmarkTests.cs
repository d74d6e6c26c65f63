using G3DR.Core.Diagnostics;
using G3DR.Tests.Support;

namespace G3DR.Tests.Diagnostics;

/// <summary>Networks that are timed: what they compute is right before it is timed.</summary>
public class NetworkBenchmarkTests
{
    [Fact]
    public void The_transformer_runs_in_both_modes_and_passes_its_own_check()
    {
        using var device = new TestDevice(new() { Threads = 2 });
        foreach (bool backward in (bool[])[false, true])
        {
            using var benchmark = new NetworkBenchmark(device, "vit", backward: backward);

            // 17.6 products of a billion each: multiplication and addition, and as many again for the gradient.
            Assert.InRange(benchmark.Flops / (backward ? 2 : 1), 34e9, 36e9);
            benchmark.Run();
            benchmark.Check();
        }
    }

    [Fact]
    public void Names_and_sizes_that_cannot_be_are_refused()
    {
        using var device = new TestDevice();
        Assert.Contains("vgg16", Assert.Throws<ArgumentException>(() => new NetworkBenchmark(device, "vgg61")).Message, StringComparison.Ordinal);
        Assert.Contains("between 1 and 256", Assert.Throws<ArgumentException>(() => new NetworkBenchmark(device, "vit", batch: 0)).Message, StringComparison.Ordinal);
    }
}
