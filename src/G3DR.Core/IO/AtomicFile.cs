using System.Text;

namespace G3DR.Core.IO;

/// <summary>Writes whole files so that a reader, or a crash, never sees half of one.</summary>
/// <remarks>
/// The content goes to a temporary file in the same folder (a rename is only atomic within one file system), is flushed to the disk and then
/// renamed over the target. If the writer throws, the temporary file is removed and an existing target is left as it was.
/// </remarks>
public static class AtomicFile
{
    /// <summary>Creates or replaces <paramref name="path"/> with what <paramref name="write"/> puts into the stream.</summary>
    /// <param name="path">The file to write. Its folder must exist. If it is a symbolic link, the file it points to is replaced.</param>
    /// <param name="write">Writes the content; the stream is seekable and is closed afterwards.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder of <paramref name="path"/> does not exist.</exception>
    /// <exception cref="IOException">The file cannot be written: no permission, a full disk, or a folder of that name.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string target = ResolveTarget(path);
        string temporary = TemporaryNameBeside(target);
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, target, overwrite: true);
        }
        catch (UnauthorizedAccessException error)
        {
            TryDelete(temporary);
            throw NoPermission(path, error);
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }
    }

    /// <summary>Creates or replaces <paramref name="path"/> with <paramref name="bytes"/>.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="bytes">The whole content.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void WriteAllBytes(string path, ReadOnlyMemory<byte> bytes) => Write(path, stream => stream.Write(bytes.Span));

    /// <summary>Creates or replaces <paramref name="path"/> with <paramref name="text"/> as UTF-8 without a byte order mark.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="text">The whole content.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void WriteAllText(string path, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        WriteAllBytes(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetBytes(text));
    }

    /// <summary>Refuses before long work what <see cref="Write"/> would refuse after it. An existing file is not touched.</summary>
    /// <param name="path">The file that is going to be written.</param>
    /// <exception cref="DirectoryNotFoundException">The folder of <paramref name="path"/> does not exist.</exception>
    /// <exception cref="IOException">A folder has that name, or there is no permission to write.</exception>
    public static void RequireTarget(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string probe = TemporaryNameBeside(ResolveTarget(path));
        try
        {
            new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose).Dispose();
        }
        catch (UnauthorizedAccessException error)
        {
            throw NoPermission(path, error);
        }
    }

    private static IOException NoPermission(string path, UnauthorizedAccessException error) =>
        new($"Cannot write '{path}': no permission to write into its folder.", error);

    private static string ResolveTarget(string path)
    {
        string full = Path.GetFullPath(path);
        if (Directory.Exists(full))
            throw new IOException($"Cannot write the file '{path}': a folder of that name exists.");
        string? folder = Path.GetDirectoryName(full);
        if (folder is not null && !Directory.Exists(folder))
            throw new DirectoryNotFoundException($"Cannot write '{path}': the folder '{folder}' does not exist.");
        // A file that does not exist yet has no link to follow.
        return new FileInfo(full).LinkTarget is null ? full : File.ResolveLinkTarget(full, returnFinalTarget: true)!.FullName;
    }

    private static string TemporaryNameBeside(string target)
    {
        // The random part keeps two writers of one target apart; the dot hides the file from most listings while it lives.
        string name = $".{Path.GetFileName(target)}.{Guid.NewGuid():N}.tmp";
        return Path.Combine(Path.GetDirectoryName(target) ?? ".", name);
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (IOException)
        {
            // The first error is the one the caller needs to see.
        }
        catch (UnauthorizedAccessException)
        {
        }
    }
}
