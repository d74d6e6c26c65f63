using G3DR.Compute;
using G3DR.Compute.OpenCl;

namespace G3DR.Tests.OpenCl;

/// <summary>Opens the first OpenCL device, or skips the test and says why there is none.</summary>
internal static class OpenClTest
{
    /// <summary>The loader; skips without a usable device.</summary>
    public static OpenClLibrary Library(out FoundDevice device)
    {
        OpenClLibrary? library = OpenClLibrary.TryLoad(null, out string? reason);
        FoundDevice? found = library is null ? null : OpenClDeviceScan.Scan(library, out reason).FirstOrDefault(candidate => candidate.Info.IsUsable);
        Skip.If(found is null, $"No OpenCL device: {reason ?? "none of those present is usable"}.");
        device = found!;
        return library!;
    }

    /// <summary>Options that leave the user's program cache alone.</summary>
    public static AcceleratorOptions Options { get; } = new() { CacheFolder = string.Empty };

    /// <summary>A device that knows the hand-written kernels of <see cref="TestKernels"/>.</summary>
    public static OpenClAccelerator Open(AcceleratorOptions? options = null, IKernelModule? module = null)
    {
        OpenClLibrary library = Library(out FoundDevice device);
        return OpenClAccelerator.Open(library, device, options ?? Options, module ?? new TestKernels());
    }

    /// <summary>Disposes a device and checks that nothing of it is left, neither buffers nor OpenCL objects.</summary>
    public static void Close(OpenClAccelerator device)
    {
        int buffers = device.Memory.BuffersInUse;
        device.Dispose();
        Assert.Equal(0, buffers);
        Assert.Equal(0, device.Session.Library.LiveObjects);
    }
}
