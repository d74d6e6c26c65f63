using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Compute.OpenCl;
using G3DR.Tests.Support;

namespace G3DR.Tests.Docs;

/// <summary>The examples of docs/opencl.md.</summary>
public class DeviceExamples
{
    [Fact]
    public void Devices_or_the_reason_for_none_are_listed()
    {
        using var output = new StringWriter();
        List(output);
        Assert.NotEmpty(output.ToString());
    }

    [SkippableFact]
    public void A_device_is_opened_with_options_and_timed()
    {
        ExampleDevices.Require("opencl:0");
        using var folder = new TemporaryFolder();
        Assert.InRange(Time("opencl:0", folder.Path), TimeSpan.FromTicks(1), TimeSpan.FromMinutes(5));
        Assert.NotEmpty(Directory.GetFiles(folder.Path));
    }

    private static void List(TextWriter output)
    {
        IReadOnlyList<OpenClDevice> devices = OpenClDevices.List(out string? reason);
        foreach (OpenClDevice found in devices)
        {
            output.WriteLine($"{found}: {found.GlobalMemory >> 20} MiB, lacks: {string.Join(", ", found.Missing)}");
        }

        if (reason is not null)
        {
            output.WriteLine($"No OpenCL device: {reason}.");
        }
    }

    private static TimeSpan Time(string name, string folder)
    {
        var options = new AcceleratorOptions { MemoryLimit = 2L << 30, CacheFolder = folder, Profiling = true };
        using Accelerator device = Accelerator.Create(name, options);
        using MemoryBuffer<float> x = device.Allocate<float>(1 << 20);
        x.Clear();
        TimeSpan time = device.Measure(() => device.Launch(FirstKernels.Scale, new Index1D(1 << 20), x.View, x.View, 2f));
        return time;
    }
}
