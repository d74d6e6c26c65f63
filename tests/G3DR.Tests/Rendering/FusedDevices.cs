using G3DR.Kernels.Rendering.Fused.Device;
using G3DR.Tests.Support;

namespace G3DR.Tests.Rendering;

/// <summary>The devices that run the device kernels of the fused renderer: at present the processor, whose emulator of group kernels is slow.</summary>
internal static class FusedDevices
{
    /// <summary>Name of the processor that emulates.</summary>
    public const string Emulator = "emulator";

    /// <summary>Names for theories.</summary>
    public static IReadOnlyList<string> Names => [Emulator];

    /// <summary>A device by name.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="atomics">Whether to allow the variant with atomic additions.</param>
    /// <param name="raysPerChunk">Rays at a time; 0 for the usual number.</param>
    public static TestDevice Create(string name, bool atomics = false, int raysPerChunk = 0)
    {
        var device = new TestDevice(new() { Threads = 2, Atomics = atomics });
        FusedDeviceSettings settings = device.Accelerator.State<FusedDeviceSettings>();
        settings.OnProcessor = name == Emulator;
        settings.RaysPerChunk = raysPerChunk;
        return device;
    }
}
