using System.Runtime.InteropServices;

namespace G3DR.Compute.Memory;

/// <summary>
/// Memory straight from Linux, for large blocks: in pages of 2 MiB instead of 4 KiB where the system has them, and really given back when it is freed. Weights and pictures
/// are read in strides that touch hundreds of pages at a time, more than the processor remembers the addresses of; and the C library keeps what was freed.
/// </summary>
internal static partial class SystemPages
{
    /// <summary>Bytes of a large page: blocks of at least this length are worth it.</summary>
    public const long Large = 2L << 20;

    private const int ReadAndWrite = 3, PrivateAndAnonymous = 0x22, HugePages = 14;
    private const nint Failed = -1;

    /// <summary>Whether the system is known to work this way.</summary>
    public static bool IsSupported { get; } = OperatingSystem.IsLinux();

    /// <summary>A block of zeros that starts on a large page.</summary>
    /// <param name="bytes">Length, rounded up to pages; the same is to be given to <see cref="Unmap"/>.</param>
    /// <exception cref="InsufficientMemoryException">There is no room.</exception>
    public static nint Map(long bytes)
    {
        long length = RoundUp(bytes, Environment.SystemPageSize);
        nint start = NativeMap(0, (nuint)(length + Large), ReadAndWrite, PrivateAndAnonymous, -1, 0);
        if (start == Failed)
        {
            throw new InsufficientMemoryException($"The system refused a block of {bytes} bytes.");
        }

        // What lies before and behind goes back at once.
        var block = (nint)RoundUp(start, Large);
        Return(start, block - start);
        Return(block + (nint)length, start + Large - block);

        // Only saves time: a refusal is of no interest.
        _ = NativeAdvise(block, (nuint)length, HugePages);
        return block;
    }

    /// <summary>Gives a block back.</summary>
    public static void Unmap(nint block, long bytes) => Return(block, RoundUp(bytes, Environment.SystemPageSize));

    private static void Return(nint start, long bytes)
    {
        if (bytes > 0)
        {
            _ = NativeUnmap(start, (nuint)bytes);
        }
    }

    private static long RoundUp(long value, long step) => checked(value + step - 1) / step * step;

    [LibraryImport("libc", EntryPoint = "mmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint NativeMap(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int NativeUnmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int NativeAdvise(nint address, nuint length, int advice);
}
