using G3DR.Compute.OpenCl;

namespace G3DR.Tests.Docs;

/// <summary>Devices that the examples about kernels run on: the processor, and the first OpenCL device where there is one.</summary>
internal static class ExampleDevices
{
    private const string OpenCl = "opencl:0";

    /// <summary>Names of the devices.</summary>
    public static TheoryData<string> Names => ["cpu", OpenCl];

    /// <summary>Skips a test whose device this machine does not have.</summary>
    public static void Require(string name)
    {
        if (name == OpenCl)
        {
            IReadOnlyList<OpenClDevice> devices = OpenClDevices.List(out string? reason);
            Skip.If(devices.Count == 0, $"No OpenCL device: {reason}.");
            Skip.IfNot(devices[0].IsUsable, $"{devices[0]} lacks {string.Join(", ", devices[0].Missing)}.");
        }
    }
}
