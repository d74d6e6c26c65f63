using System.Collections.Concurrent;
using G3DR.Compute.OpenCl;
using G3DR.Kernels.Rendering.Fused.Device;

namespace G3DR.Tests.Support;

/// <summary>
/// OpenCL accelerators of this test run. One test at a time has an accelerator; it is then handed to the next, with the kernels that it has built, and all
/// share one folder of programs: a driver takes up to half a second to build a kernel.
/// </summary>
internal static class OpenClPool
{
    private static readonly ConcurrentStack<OpenClAccelerator> s_ordered = [], s_atomic = [];

    // Beside the tests, emptied at the start: a test host does not always end in a way that lets it clean up.
    private static readonly Lazy<string> s_programs = new(() =>
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "opencl-programs");
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        return folder;
    });

    /// <summary>An accelerator that no other test has; skips the test, saying why, where there is no device.</summary>
    /// <param name="atomics">Whether it may use sums without a fixed order.</param>
    public static OpenClAccelerator Rent(bool atomics)
    {
        if (!Idle(atomics).TryPop(out OpenClAccelerator? device))
        {
            string name = FirstOpenClDevice.OrSkip().Name;
            device = OpenClAccelerator.Open(name, new() { Atomics = atomics, CacheFolder = s_programs.Value });
        }

        device.State<FusedDeviceSettings>().RaysPerChunk = 0;
        device.Memory.ResetPeak();
        return device;
    }

    /// <summary>Takes back an accelerator that is as good as new.</summary>
    public static void Return(OpenClAccelerator device) => Idle(device.Atomics).Push(device);

    private static ConcurrentStack<OpenClAccelerator> Idle(bool atomics) => atomics ? s_atomic : s_ordered;
}
