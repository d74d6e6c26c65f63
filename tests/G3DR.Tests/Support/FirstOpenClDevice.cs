using G3DR.Compute.OpenCl;

namespace G3DR.Tests.Support;

/// <summary>The first OpenCL device that can be used, for tests of what is built on top of the devices.</summary>
internal static class FirstOpenClDevice
{
    /// <summary>Its description; skips the test, saying why, where there is none.</summary>
    public static OpenClDevice OrSkip()
    {
        OpenClDevice? device = OpenClDevices.List(out string? reason).FirstOrDefault(candidate => candidate.IsUsable);
        Skip.If(device is null, $"No OpenCL device: {reason ?? "none of those present is usable"}.");
        return device!;
    }
}
