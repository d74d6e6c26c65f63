using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace G3DR.Compute.OpenCl;

/// <summary>
/// Built programs on disk, one file each, named by what they were built from. Several processes may use one folder: files are written beside
/// and renamed. A file that is damaged or belongs to something else counts as absent. The cache never fails its user: where it cannot read or
/// write, programs are built from source.
/// </summary>
/// <remarks>File: magic, version (int32), key (32 bytes), length (int64), SHA-256 of the binary, binary; integers little endian.</remarks>
internal sealed class ProgramCache
{
    /// <summary>Most bytes of all files; the oldest are removed beyond it.</summary>
    public const long DefaultSizeLimit = 256L << 20;

    /// <summary>How the names of the files end.</summary>
    public const string Extension = ".g3dr-cl";

    private const int FormatVersion = 1;
    private const int HashBytes = SHA256.HashSizeInBytes;
    private const int HeaderBytes = 8 + sizeof(int) + HashBytes + sizeof(long) + HashBytes;
    private const long LargestBinary = 64L << 20;

    private static readonly TimeSpan s_abandoned = TimeSpan.FromHours(1);

    private readonly string? _folder;
    private readonly long _sizeLimit;
    private int _hits;
    private int _misses;
    private int _rejected;
    private int _written;
    private string? _problem;

    /// <summary>Sets up the cache; the folder is made when the first program is written.</summary>
    /// <param name="folder">Folder of the files; null for <see cref="DefaultFolder"/>, empty for no cache.</param>
    /// <param name="sizeLimit">Most bytes of all files.</param>
    public ProgramCache(string? folder, long sizeLimit = DefaultSizeLimit)
    {
        string chosen = folder ?? DefaultFolder;
        _folder = chosen.Length == 0 ? null : Path.GetFullPath(chosen);
        _sizeLimit = sizeLimit;
    }

    /// <summary>The per-user folder (under XDG_DATA_HOME on Linux); empty where the system names none.</summary>
    public static string DefaultFolder
    {
        get
        {
            string root = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
            return root.Length == 0 ? string.Empty : Path.Combine(root, "g3dr", "opencl");
        }
    }

    /// <summary>Programs that were found.</summary>
    public int Hits => Volatile.Read(ref _hits);

    /// <summary>Programs that had no file.</summary>
    public int Misses => Volatile.Read(ref _misses);

    /// <summary>Programs whose file was damaged, foreign or refused by the driver.</summary>
    public int Rejected => Volatile.Read(ref _rejected);

    /// <summary>Files written.</summary>
    public int Written => Volatile.Read(ref _written);

    /// <summary>Why programs cannot be kept, the first time that happened; null while all is well.</summary>
    public string? Problem => Volatile.Read(ref _problem);

    /// <summary>The key of a program: a hash over all that its binary depends on.</summary>
    public static byte[] KeyOf(string source, string options, OpenClDevice device)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string part in (ReadOnlySpan<string>)
            [$"g3dr {FormatVersion}", source, options, device.PlatformName, device.PlatformVersion, device.DeviceName, device.DriverVersion])
        {
            // The length in front keeps two different lists of parts from running together into one text.
            byte[] bytes = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes(bytes.LongLength));
            hash.AppendData(bytes);
        }

        return hash.GetHashAndReset();
    }

    /// <summary>The file of a key; null without a folder.</summary>
    public string? PathOf(byte[] key) => _folder is null ? null : Path.Combine(_folder, Convert.ToHexStringLower(key) + Extension);

    /// <summary>The binary of a program, or null if it must be built.</summary>
    public byte[]? TryRead(byte[] key)
    {
        if (PathOf(key) is not { } path)
        {
            return null;
        }

        byte[] file;
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            if (stream.Length is < HeaderBytes or > LargestBinary + HeaderBytes)
            {
                Interlocked.Increment(ref _rejected);
                return null;
            }

            file = new byte[stream.Length];
            stream.ReadExactly(file);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            Interlocked.Increment(ref _misses);
            return null;
        }
        catch (Exception error) when (IsFileProblem(error))
        {
            Report($"cannot read '{path}': {error.Message}");
            Interlocked.Increment(ref _misses);
            return null;
        }

        if (Unpack(file, key) is not { } binary)
        {
            Interlocked.Increment(ref _rejected);
            return null;
        }

        Interlocked.Increment(ref _hits);
        MarkUsed(path);
        return binary;
    }

    /// <summary>Counts a binary that <see cref="TryRead"/> gave as refused by the driver.</summary>
    public void CountRefused()
    {
        Interlocked.Decrement(ref _hits);
        Interlocked.Increment(ref _rejected);
    }

    /// <summary>Keeps a binary.</summary>
    public void Write(byte[] key, ReadOnlySpan<byte> binary)
    {
        if (PathOf(key) is not { } path || binary.Length == 0 || binary.Length > LargestBinary)
        {
            return;
        }

        string temporary = Path.Combine(_folder!, $".{Guid.NewGuid():N}.tmp");
        try
        {
            CreateFolder(_folder!);
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                stream.Write(Header(key, binary));
                stream.Write(binary);
            }

            File.Move(temporary, path, overwrite: true);
            Interlocked.Increment(ref _written);
            Trim(path);
        }
        catch (Exception error) when (IsFileProblem(error))
        {
            TryDelete(temporary);
            Report($"cannot write into '{_folder}': {error.Message}");
        }
    }

    private static ReadOnlySpan<byte> Magic => "G3DRCLBN"u8;

    private static byte[] Header(byte[] key, ReadOnlySpan<byte> binary)
    {
        var header = new byte[HeaderBytes];
        Span<byte> rest = header;
        Magic.CopyTo(rest);
        rest = rest[Magic.Length..];
        BinaryPrimitives.WriteInt32LittleEndian(rest, FormatVersion);
        rest = rest[sizeof(int)..];
        key.CopyTo(rest);
        rest = rest[HashBytes..];
        BinaryPrimitives.WriteInt64LittleEndian(rest, binary.Length);
        SHA256.HashData(binary, rest[sizeof(long)..]);
        return header;
    }

    private static byte[]? Unpack(byte[] file, byte[] key)
    {
        // The whole header is a function of key and binary, checksum included, so one comparison checks everything.
        ReadOnlySpan<byte> binary = file.AsSpan(HeaderBytes);
        return file.AsSpan(0, HeaderBytes).SequenceEqual(Header(key, binary)) ? binary.ToArray() : null;
    }

    private static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            // The binaries are run: nobody else may replace them.
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static void MarkUsed(string path)
    {
        try
        {
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
        }
        catch (Exception error) when (IsFileProblem(error))
        {
            // Only the order of removal suffers.
        }
    }

    /// <summary>Removes the oldest files beyond the size limit, and what interrupted writers left behind.</summary>
    private void Trim(string justWritten)
    {
        try
        {
            var folder = new DirectoryInfo(_folder!);
            foreach (FileInfo left in folder.EnumerateFiles(".*.tmp").Where(file => DateTime.UtcNow - file.LastWriteTimeUtc > s_abandoned))
            {
                TryDelete(left.FullName);
            }

            long total = 0;
            foreach (FileInfo file in folder.EnumerateFiles("*" + Extension).OrderByDescending(file => file.LastWriteTimeUtc))
            {
                total += file.Length;
                if (total > _sizeLimit && file.FullName != justWritten)
                {
                    TryDelete(file.FullName);
                }
            }
        }
        catch (Exception error) when (IsFileProblem(error))
        {
            // Another process is cleaning up too; whoever writes next tries again.
        }
    }

    private void Report(string problem) => Interlocked.CompareExchange(ref _problem, problem, null);

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (IsFileProblem(error))
        {
            // Another process has it, or has removed it already.
        }
    }

    private static bool IsFileProblem(Exception error) => error is IOException or UnauthorizedAccessException or NotSupportedException;
}
