using System.Text.Json;
using G3DR.Compute.OpenCl;
using G3DR.Core.Diagnostics;
using G3DR.Tests.Support;

namespace G3DR.Tests.Cli;

/// <summary>g3dr doctor on machines with and without OpenCL devices.</summary>
public class DoctorCommandTests
{
    [Fact]
    public async Task The_processor_is_measured_and_every_device_listed()
    {
        string text = (await CommandRun.Of("doctor", "--device", "cpu")).Succeeded().Output;
        Assert.Matches("(?m)^device        cpu$", text);
        Assert.Matches("(?m)^measured peak [0-9]+ GFLOP/s", text);
        IReadOnlyList<OpenClDevice> devices = OpenClDevices.List(out string? reason);
        foreach (OpenClDevice device in devices)
        {
            Assert.Contains($"{device.Name.PadRight(14)}{device.DeviceName} (", text, StringComparison.Ordinal);
            Assert.Contains($"driver {device.DriverVersion}", text, StringComparison.Ordinal);
            Assert.Contains(device.Missing.Count == 0 ? "lacks nothing" : device.Missing[0], text, StringComparison.Ordinal);
        }

        Assert.Equal(devices.Count == 0, text.Contains("\nopencl        ", StringComparison.Ordinal));
        Assert.Contains(reason ?? string.Empty, text, StringComparison.Ordinal);
        Assert.Matches("(?m)^program cache ", text);
    }

    [Fact]
    public async Task Json_has_the_devices_with_what_they_are()
    {
        JsonElement report = JsonDocument.Parse((await CommandRun.Of("doctor", "--json", "--device", "cpu")).Succeeded().Output).RootElement;
        Assert.Equal("cpu", report.GetProperty("device").GetString());
        Assert.Equal(JsonValueKind.Null, report.GetProperty("peakProblem").ValueKind);
        IReadOnlyList<OpenClDevice> devices = OpenClDevices.List(out string? reason);
        JsonElement[] listed = [.. report.GetProperty("openClDevices").EnumerateArray()];
        Assert.Equal(devices.Select(device => device.Name), listed.Select(device => device.GetProperty("name").GetString()!));
        Assert.Equal(reason, report.GetProperty("openClProblem").GetString());
        foreach ((JsonElement entry, OpenClDevice device) in listed.Zip(devices))
        {
            Assert.Equal(device.DeviceName, entry.GetProperty("model").GetString());
            Assert.Equal(device.GlobalMemory, entry.GetProperty("memoryBytes").GetInt64());
            Assert.Equal(device.LargestAllocation, entry.GetProperty("largestAllocationBytes").GetInt64());
            Assert.Equal(device.HasFloat64, entry.GetProperty("float64").GetBoolean());
            Assert.Equal(device.Missing.Count, entry.GetProperty("missing").GetArrayLength());
        }
    }

    [SkippableFact]
    public async Task A_device_is_measured_by_name()
    {
        OpenClDevice device = FirstOpenClDevice.OrSkip();
        JsonElement report = JsonDocument.Parse((await CommandRun.Of("doctor", "--json", "--device", device.Name)).Succeeded().Output).RootElement;
        Assert.Equal(device.Name, report.GetProperty("device").GetString());
        Assert.Null(report.GetProperty("peakProblem").GetString());
        Assert.True(report.GetProperty("peakGigaflopsPerSecond").GetDouble() > 0.1);
        Assert.True(report.GetProperty("peakGigabytesPerSecond").GetDouble() > 0.1);
    }

    [Fact]
    public async Task A_device_that_does_not_exist_is_an_error() => (await CommandRun.Of("doctor", "--device", "opencl:99")).Refused(2);

    [Fact]
    public void A_broken_driver_is_a_finding_and_not_a_failure()
    {
        DevicePeakReport report = DevicePeakReport.Measure("opencl:0", () => throw new OpenClException("clCreateContext failed.\nAdvice.", -6));
        Assert.Equal(new("opencl:0", Peak: null, "clCreateContext failed. Advice.", CacheProblem: null), report);
        Assert.Throws<ArgumentException>(() => DevicePeakReport.Measure("x", () => throw new ArgumentException("There is no device 'x'.")));
        Assert.Throws<OperationCanceledException>(() => DevicePeakReport.Measure("cpu", () => throw new OperationCanceledException()));
    }

    [Fact]
    public void Devices_and_the_reason_for_none_exclude_each_other()
    {
        var report = OpenClReport.Inspect();
        Assert.Equal(report.Devices.Count == 0, report.Reason is not null);
    }
}
