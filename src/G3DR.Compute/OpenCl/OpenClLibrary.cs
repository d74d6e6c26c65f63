using System.Runtime.InteropServices;

namespace G3DR.Compute.OpenCl;

/// <summary>
/// The system's OpenCL loader: a table of its functions. It is an instance, not static imports, so that an absent or broken loader is an
/// ordinary answer, and so that a test can replace a single function.
/// </summary>
internal sealed unsafe partial class OpenClLibrary
{
    private readonly nint[] _functions;
    private int _liveObjects;

    private OpenClLibrary(nint[] functions) => _functions = functions;

    /// <summary>Number of OpenCL objects made through this library and not yet released.</summary>
    public int LiveObjects => Volatile.Read(ref _liveObjects);

    /// <summary>Loads the loader; null where there is none that works.</summary>
    /// <param name="path">File to load instead of the system's loader.</param>
    /// <param name="reason">Why there is none, and what to do.</param>
    /// <remarks>The library is never unloaded: drivers leave threads and exit handlers behind that do not survive it.</remarks>
    public static OpenClLibrary? TryLoad(string? path, out string? reason)
    {
        nint library = path is null ? LoadSystemLibrary(out reason) : LoadFile(path, out reason);
        if (library == 0)
        {
            return null;
        }

        OpenClFunction[] all = Enum.GetValues<OpenClFunction>();
        var functions = new nint[all.Length];
        foreach (OpenClFunction function in all)
        {
            if (!NativeLibrary.TryGetExport(library, $"cl{function}", out functions[(int)function]))
            {
                reason = $"the OpenCL loader '{path ?? SystemNames[0]}' has no function cl{function}: it is older than OpenCL 1.2 or not an OpenCL loader; "
                    + "install the current one of the GPU driver";
                return null;
            }
        }

        return new(functions);
    }

    /// <summary>This library with one function replaced, for tests of failures that no healthy device shows.</summary>
    /// <param name="function">Which function.</param>
    /// <param name="pointer">Unmanaged function of the same signature.</param>
    public OpenClLibrary With(OpenClFunction function, nint pointer)
    {
        nint[] functions = [.. _functions];
        functions[(int)function] = pointer;
        return new(functions);
    }

    /// <summary>Wraps a new OpenCL object, which is then released by the function of its kind.</summary>
    public OpenClHandle Own(OpenClFunction release, nint handle)
    {
        Interlocked.Increment(ref _liveObjects);
        return new(this, release, handle);
    }

    /// <summary>Releases an object that <see cref="Own"/> wrapped.</summary>
    public int Release(OpenClFunction release, nint handle)
    {
        Interlocked.Decrement(ref _liveObjects);
        return ((delegate* unmanaged<nint, int>)_functions[(int)release])(handle);
    }

    private static string[] SystemNames =>
        OperatingSystem.IsWindows() ? ["OpenCL.dll"]
        : OperatingSystem.IsMacOS() ? ["/System/Library/Frameworks/OpenCL.framework/OpenCL"]
        : ["libOpenCL.so.1", "libOpenCL.so"];

    private static nint LoadSystemLibrary(out string? reason)
    {
        foreach (string name in SystemNames)
        {
            if (NativeLibrary.TryLoad(name, typeof(OpenClLibrary).Assembly, DllImportSearchPath.SafeDirectories, out nint library))
            {
                reason = null;
                return library;
            }
        }

        reason = $"no OpenCL loader ({SystemNames[0]}) was found: install the GPU driver, or ocl-icd-libopencl1 and pocl-opencl-icd for the processor";
        return 0;
    }

    private static nint LoadFile(string path, out string? reason)
    {
        try
        {
            reason = null;
            return NativeLibrary.Load(path);
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
        {
            reason = File.Exists(path)
                ? $"the OpenCL loader '{path}' is not a library that this process can load: {error.Message.ReplaceLineEndings(" ")}"
                : $"there is no OpenCL loader '{path}'";
            return 0;
        }
    }
}
