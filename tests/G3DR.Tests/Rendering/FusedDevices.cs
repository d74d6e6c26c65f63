using G3DR.Kernels.Rendering.Fused.Device;
using G3DR.Tests.Support;

namespace G3DR.Tests.Rendering;

/// <summary>The devices that run the device kernels of the fused renderer: the processor, whose emulator of group kernels is slow, and OpenCL.</summary>
internal static class FusedDevices
{
    /// <summary>Names for theories.</summary>
    public static IReadOnlyList<string> Names => [TestDevice.Emulator, .. TestDevice.OtherDevices];

    /// <summary>A device by name; skips the test, saying why, where it is not present.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="atomics">Whether to allow the variant with atomic additions.</param>
    /// <param name="raysPerChunk">Rays at a time; 0 for the usual number.</param>
    public static TestDevice Create(string name, bool atomics = false, int raysPerChunk = 0)
    {
        bool emulated = name == TestDevice.Emulator;
        TestDevice device = emulated ? new(new() { Threads = 2, Atomics = atomics }) : TestDevice.CreateOpenCl(atomics);
        FusedDeviceSettings settings = device.Accelerator.State<FusedDeviceSettings>();
        settings.OnProcessor = emulated;
        settings.RaysPerChunk = raysPerChunk;
        return device;
    }
}
