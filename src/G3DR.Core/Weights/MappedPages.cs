using System.Runtime.InteropServices;

namespace G3DR.Core.Weights;

/// <summary>Gives the memory of mapped file pages back, where the system can be told so.</summary>
internal static unsafe partial class MappedPages
{
    // MADV_DONTNEED has this number on Linux and on macOS.
    private const int DontNeed = 4;

    private static readonly bool s_supported = OperatingSystem.IsLinux() || OperatingSystem.IsMacOS();

    /// <summary>
    /// Says that bytes of a read-only mapping are not needed soon. Pages that they share with their neighbours are let go too: the neighbours are read from the
    /// file again. This only saves memory, so a refusal of the system is of no interest.
    /// </summary>
    /// <param name="mapping">Start of the mapping, on a page.</param>
    /// <param name="offset">First byte, counted from there.</param>
    /// <param name="count">Number of bytes.</param>
    public static void Forget(byte* mapping, long offset, long count)
    {
        if (s_supported && count > 0)
        {
            long first = offset / Environment.SystemPageSize * Environment.SystemPageSize;
            _ = Advise(mapping + first, (nuint)(offset + count - first), DontNeed);
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(byte* address, nuint length, int advice);
}
