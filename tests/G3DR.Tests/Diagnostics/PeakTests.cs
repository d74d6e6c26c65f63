using G3DR.Compute;
using G3DR.Compute.OpenCl;
using G3DR.Core.Diagnostics;
using G3DR.Kernels.Diagnostics;
using G3DR.Tests.Support;

namespace G3DR.Tests.Diagnostics;

/// <summary>The yardsticks of devices, and where their programs are kept.</summary>
public class PeakTests
{
    // Each chain is x -> x / 2 + 1 from its start c + i, so after n links it is 2 + (c + i - 2) / 2^n.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public void Multiply_adds_are_all_done(int rounds)
    {
        using var device = new TestDevice();
        CheckMultiplyAdds(device, rounds);
    }

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public void Multiply_adds_are_all_done_on_a_device(int rounds)
    {
        using Accelerator device = Accelerator.Create(FirstOpenClDevice.OrSkip().Name, new() { CacheFolder = string.Empty });
        CheckMultiplyAdds(device, rounds);
    }

    [SkippableFact]
    public void A_device_reaches_something_and_needs_profiling_for_it()
    {
        string name = FirstOpenClDevice.OrSkip().Name;
        using (Accelerator device = Accelerator.Create(name, new() { CacheFolder = string.Empty, Profiling = true }))
        {
            var peak = MachinePeak.Measure(device);
            Assert.True(peak.GigaflopsPerSecond > 0.1 && peak.GigabytesPerSecond > 0.1, peak.ToString());
            Assert.Equal(0, device.Memory.BytesInUse);
        }

        using Accelerator without = Accelerator.Create(name, new() { CacheFolder = string.Empty });
        Assert.Throws<InvalidOperationException>(() => MachinePeak.Measure(without));
    }

    [Fact]
    public void The_program_cache_counts_programs_only()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.PathOf("a.g3dr-cl"), new byte[100]);
        File.WriteAllBytes(folder.PathOf("b.g3dr-cl"), new byte[23]);
        File.WriteAllBytes(folder.PathOf("readme.txt"), new byte[1000]);
        Assert.Equal(new(folder.Path, 2, 123, Problem: null), ProgramCacheUse.Of(folder.Path));
        string absent = folder.PathOf("absent");
        Assert.Equal(new(absent, 0, 0, Problem: null), ProgramCacheUse.Of(absent));
        Assert.False(Directory.Exists(absent));
    }

    [Fact]
    public void Kernels_are_found_by_pattern()
    {
        Assert.Equal(["softmax", "softmax backward"], KernelTable.Find("SoftMax*").Select(workload => workload.Op));
        Assert.Equal("add", Assert.Single(KernelTable.Find("add")).Op);
        Assert.Contains("softplus backward", Assert.Throws<ArgumentException>(() => KernelTable.Find("nothing")).Message, StringComparison.Ordinal);
    }

    private static void CheckMultiplyAdds(Accelerator device, int rounds)
    {
        const int items = 3;
        using var ends = device.Allocate<float>(items * PeakKernels.Chains);
        device.Launch(PeakKernels.MultiplyAdds, new Index1D(items), ends.View, rounds, 0.5f, 1f);
        float[] actual = new float[ends.Length];
        device.CopyToHost(ends.View, actual);
        Assert.Equal(
            from item in Enumerable.Range(0, items)
            from chain in Enumerable.Range(0, PeakKernels.Chains)
            select (float)(2 + ((chain + item - 2) / Math.Pow(2, rounds))),
            actual);
    }
}
