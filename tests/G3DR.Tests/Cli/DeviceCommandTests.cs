using System.Text.Json;
using G3DR.Core.Imaging;
using G3DR.Core.Scenes;
using G3DR.Tests.Support;

namespace G3DR.Tests.Cli;

/// <summary>Commands from end to end on the first OpenCL device.</summary>
public class DeviceCommandTests
{
    [SkippableFact]
    public async Task Fit_and_render_work_on_a_device()
    {
        string device = FirstOpenClDevice.OrSkip().Name;
        using var folder = new TemporaryFolder();
        (string photo, string depth) = SyntheticScene.WriteSample(folder.Path, "toys", 32);
        string result = folder.PathOf("result");
        CommandRun fit = (await CommandRun.Of(
            "fit", photo, "--depth", depth, "--out", result, "--steps", "3", "--size", "16", "--planes", "16", "--channels", "4", "--samples", "8",
            "--rays", "64", "--no-pictures", "--json", "--device", device)).Succeeded();
        JsonElement report = JsonDocument.Parse(fit.Output).RootElement;
        Assert.Equal(3, report.GetProperty("steps").GetInt32());
        Assert.StartsWith(device + ", ", report.GetProperty("device").GetString(), StringComparison.Ordinal);
        Assert.True(report.GetProperty("peakTensorBytes").GetInt64() > 0);

        // The processor sees the same scene; rounding may move a value by one step of 255.
        string scene = Path.Combine(result, "scene.safetensors"), here = folder.PathOf("device.png"), there = folder.PathOf("cpu.png");
        (await CommandRun.Of("render", scene, "--size", "16", "--out", here, "--device", device)).Succeeded();
        (await CommandRun.Of("render", scene, "--size", "16", "--out", there, "--device", "cpu")).Succeeded();
        byte[] a = Image.Load(here).Data8.ToArray(), b = Image.Load(there).Data8.ToArray();
        Assert.Equal(a.Length, b.Length);
        Assert.All(a.Zip(b), pair => Assert.InRange(pair.First - pair.Second, -1, 1));
    }

    [SkippableFact]
    public async Task Verify_names_the_device_first()
    {
        string device = FirstOpenClDevice.OrSkip().Name;
        CommandRun run = (await CommandRun.Of("verify", Vectors.PathOf("train"), "--device", device)).Succeeded();
        Assert.StartsWith($"On {device}, ", run.Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Bench_times_the_variants_of_a_kernel_by_the_device()
    {
        string device = FirstOpenClDevice.OrSkip().Name;
        CommandRun run = (await CommandRun.Of("bench", "kernels", "--op", "add", "--device", device, "--json")).Succeeded();
        JsonElement report = JsonDocument.Parse(run.Output).RootElement;
        Assert.StartsWith(device + ", ", report.GetProperty("device").GetString(), StringComparison.Ordinal);
        JsonElement[] rows = [.. report.GetProperty("kernels").EnumerateArray()];
        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.Equal("add", row.GetProperty("op").GetString()));
        Assert.All(rows, row => Assert.NotEqual("simd", row.GetProperty("variant").GetString()));
        Assert.All(rows, row => Assert.True(row.GetProperty("seconds").GetDouble() > 0));
        Assert.All(rows, row => Assert.True(row.GetProperty("rate").GetProperty("peakShare").GetDouble() > 0));
    }

    [SkippableFact]
    public async Task Bench_gemm_tells_memory_of_process_and_device_apart()
    {
        string device = FirstOpenClDevice.OrSkip().Name;
        CommandRun run = (await CommandRun.Of("bench", "gemm", "512", "512", "512", "--repeat", "2", "--device", device, "--json")).Succeeded();
        JsonElement report = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal(2, report.GetProperty("seconds").GetArrayLength());
        Assert.True(report.GetProperty("peakRssMiB").GetInt64() > 0);

        // Two operands and a product of 1 MiB each.
        Assert.InRange(report.GetProperty("peakDeviceMiB").GetInt64(), 3, 64);
    }
}
