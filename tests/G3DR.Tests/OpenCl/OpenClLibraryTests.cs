using G3DR.Compute.OpenCl;
using G3DR.Tests.Support;

namespace G3DR.Tests.OpenCl;

public class OpenClLibraryTests
{
    [Fact]
    public void Without_a_loader_there_are_no_devices_and_a_reason()
    {
        using var folder = new TemporaryFolder();
        Assert.Empty(OpenClDevices.List(folder.PathOf("libOpenCL.so.1"), out string? reason));
        Assert.Contains("there is no OpenCL loader", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_loader_that_is_no_library_is_named()
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("libOpenCL.so.1");
        File.WriteAllText(path, "This is text.");
        Assert.Empty(OpenClDevices.List(path, out string? reason));
        Assert.Contains($"'{path}' is not a library", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_without_the_functions_is_refused_and_the_function_named()
    {
        string other = OperatingSystem.IsWindows() ? "kernel32.dll" : OperatingSystem.IsMacOS() ? "libSystem.dylib" : "libc.so.6";
        Assert.Empty(OpenClDevices.List(other, out string? reason));
        Assert.Contains("has no function clGetPlatformIDs", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_list_has_devices_or_a_reason()
    {
        IReadOnlyList<OpenClDevice> devices = OpenClDevices.List(out string? reason);
        Assert.Equal(devices.Count == 0, reason is not null);
        Assert.Equal(Enumerable.Range(0, devices.Count).Select(i => $"opencl:{i}"), devices.Select(device => device.Name));
    }

    [SkippableFact]
    public void A_device_is_described()
    {
        _ = OpenClTest.Library(out FoundDevice found);
        OpenClDevice device = found.Info;
        Assert.NotEmpty(device.DeviceName);
        Assert.NotEmpty(device.PlatformName);
        Assert.NotEmpty(device.DriverVersion);
        Assert.True(device.OpenClVersion >= new Version(1, 2));
        Assert.InRange(device.LargestAllocation, 1 << 20, device.GlobalMemory);
        Assert.InRange(device.LocalMemory, 1 << 10, 1 << 30);
        Assert.InRange(device.ComputeUnits, 1, 1 << 20);
        Assert.Equal(3, device.MaxGroupSizes.Count);
        Assert.All(device.MaxGroupSizes, size => Assert.InRange(size, 1, long.MaxValue));
    }

    [SkippableFact]
    public void What_a_device_lacks_is_listed()
    {
        _ = OpenClTest.Library(out FoundDevice found);
        OpenClDevice weak = found.Info with
        {
            HasFloat64 = false,
            HasCompiler = false,
            MaxGroupSize = 32,
            OpenClVersion = new(1, 1),
            OpenClCVersion = new(1, 2),
            IsAvailable = true,
            IsLittleEndian = true,
        };
        Assert.Equal(
            ["OpenCL 1.2", "a compiler", "float64 (float64 tensors only)", "groups of 128 items"], weak.Missing);
        Assert.False(weak.IsUsable);
        OpenClDevice strong = weak with { HasFloat64 = true, HasCompiler = true, MaxGroupSize = 128, OpenClVersion = new(3, 0) };
        Assert.Empty(strong.Missing);
        Assert.True(strong.IsUsable);
        Assert.True(strong.RunsFloat32);
        Assert.True((strong with { HasFloat64 = false }).RunsFloat32);
        Assert.False((strong with { MaxGroupSize = 64 }).RunsFloat32);
    }

    [Theory]
    [InlineData("OpenCL 3.0 CUDA 12.4", 3, 0)]
    [InlineData("OpenCL C 1.2 PoCL", 1, 2)]
    [InlineData("OpenCL 1.2 ", 1, 2)]
    [InlineData("no version", 0, 0)]
    [InlineData("", 0, 0)]
    public void Versions_are_read_from_the_drivers_text(string text, int major, int minor) =>
        Assert.Equal(new Version(major, minor), OpenClDeviceScan.ParseVersion(text));

    [Fact]
    public void Errors_say_what_failed_where_and_what_to_do()
    {
        OpenClException error = OpenClException.Create(-5, "clEnqueueNDRangeKernel", "opencl:0 (Name)");
        Assert.Equal(
            "clEnqueueNDRangeKernel on opencl:0 (Name) failed with CL_OUT_OF_RESOURCES (-5): "
            + "the work needs more memory, registers or local memory than the device has: work in smaller chunks.",
            error.Message);
        Assert.Equal("CL_OUT_OF_RESOURCES", error.CodeName);
        Assert.Contains("does not name", OpenClErrorCode.NameOf(-12345), StringComparison.Ordinal);
        Assert.All(Enumerable.Range(-68, 69), code => Assert.NotEmpty(OpenClErrorCode.AdviceFor(code)));
    }
}
