using System.Text.Json;
using G3DR.Cli;
using G3DR.Compute.Memory;
using G3DR.Compute.OpenCl;
using G3DR.Core.Diagnostics;
using G3DR.Tests.Support;

namespace G3DR.Tests.Cli;

/// <summary>The choice of a device, and what a device cannot honour.</summary>
public class DeviceOptionTests
{
    [Theory]
    [InlineData("tpu")]
    [InlineData("opencl:99")]
    [InlineData("opencl:-1")]
    [InlineData("opencl:")]
    [InlineData("CPU")]
    [InlineData("")]
    public async Task An_unknown_device_is_refused_with_those_there_are(string name)
    {
        CommandRun run = (await CommandRun.Of("bench", "gemm", "8", "8", "8", "--device", name)).Refused(ExitCodes.WrongArguments);
        Assert.Contains($"There is no device '{name}'; known devices are auto, cpu", run.Error, StringComparison.Ordinal);
        foreach (OpenClDevice device in OpenClDevices.List(out _))
        {
            Assert.Contains(device.ToString(), run.Error, StringComparison.Ordinal);
        }
    }

    [SkippableTheory]
    [InlineData("--threads", "bench gemm 8 8 8 --threads 1")]
    [InlineData("--threads", "bench gemm 8 8 8 --threads 0")]
    [InlineData("--instructions", "doctor --instructions Vector128")]
    [InlineData("--threads and --instructions", "bench kernels --op add --threads 1 --instructions Vector128")]
    [InlineData("--reference-kernels", "verify {vectors} --reference-kernels")]
    public async Task Options_of_the_processor_are_refused_with_an_OpenCL_device(string named, string command)
    {
        string device = FirstOpenClDevice.OrSkip().Name;
        string[] arguments = [.. command.Split(' ').Select(word => word == "{vectors}" ? Vectors.PathOf("train") : word), "--device", device];
        CommandRun run = (await CommandRun.Of(arguments)).Refused(ExitCodes.WrongArguments);
        Assert.StartsWith($"g3dr: {named} can only be used with --device cpu", run.Error, StringComparison.Ordinal);
        Assert.Contains(device, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("cpu")]
    public async Task Options_of_the_processor_choose_the_processor_where_no_other_device_is_named(string device)
    {
        CommandRun run = (await CommandRun.Of("verify", Vectors.PathOf("train/schedules.safetensors"), "--json", "--threads", "1", "--device", device)).Succeeded();
        string used = JsonDocument.Parse(run.Output).RootElement.GetProperty("device").GetString()!;
        Assert.StartsWith("cpu, ", used, StringComparison.Ordinal);
        Assert.EndsWith(", 1 thread", used, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Atomics_are_refused_on_the_processor()
    {
        CommandRun run = (await CommandRun.Of("bench", "gemm", "8", "8", "8", "--atomics", "--device", "cpu")).Refused(ExitCodes.WrongArguments);
        Assert.Contains("--atomics can only be used with an OpenCL device", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_of_devices_are_one_line_with_exit_code_1()
    {
        foreach (Exception error in (Exception[])
        [
            new OpenClException("clBuildProgram failed.\n  3 | x = ;", -11, "log"),
            new OutOfDeviceMemoryException(10, 5, 7),
            new KernelAccuracyException("add 17 is wrong."),
            new AggregateException(new OpenClException("clFinish failed.", -36)),
        ])
        {
            Assert.Equal(ExitCodes.Failure, ExitCodes.For(error));
            Assert.DoesNotContain('\n', ExitCodes.Describe(error));
        }
    }

    [SkippableFact]
    public async Task Too_little_memory_on_a_device_is_told_with_exit_code_1()
    {
        string device = FirstOpenClDevice.OrSkip().Name;
        CommandRun run = (await CommandRun.Of("bench", "gemm", "1024", "1024", "1024", "--memory", "1M", "--device", device)).Refused(ExitCodes.Failure);
        Assert.Contains("Not enough memory: 4.0 MiB asked for", run.Error, StringComparison.Ordinal);
    }
}
