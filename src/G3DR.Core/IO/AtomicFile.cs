namespace G3DR.Core.IO;

/// <summary>Writes files so that a reader, or a run that was interrupted, never sees half of one.</summary>
public static class AtomicFile
{
    /// <summary>
    /// Writes a file under a temporary name in the target's folder, flushes it to the disk and moves it over
    /// <paramref name="path"/>. If anything fails, the temporary file is removed and an older file at
    /// <paramref name="path"/> stays as it was.
    /// </summary>
    /// <param name="path">The file to create or replace.</param>
    /// <param name="write">Writes the content. What it throws reaches the caller unchanged.</param>
    /// <exception cref="IOException">The folder does not exist or cannot be written, or the disk is full.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string target = Path.GetFullPath(path);
        if (Directory.Exists(target))
            throw new IOException($"Cannot write '{path}': it is a folder.");

        string folder = Path.GetDirectoryName(target)!;
        string temporary = Path.Combine(folder, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}.tmp");
        bool moved = false;
        using (FileStream stream = CreateTemporary(path, folder, temporary))
        {
            try
            {
                write(stream);
                stream.Flush(flushToDisk: true);
                stream.Dispose();
                Replace(temporary, target, path);
                moved = true;
            }
            finally
            {
                if (!moved)
                {
                    stream.Dispose();
                    File.Delete(temporary);
                }
            }
        }
    }

    private static FileStream CreateTemporary(string path, string folder, string temporary)
    {
        try
        {
            return new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        }
        catch (DirectoryNotFoundException e)
        {
            throw new IOException($"Cannot write '{path}': the folder '{folder}' does not exist.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"Cannot write '{path}': no permission to create files in '{folder}'.", e);
        }
    }

    private static void Replace(string temporary, string target, string path)
    {
        try
        {
            File.Move(temporary, target, overwrite: true);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"Cannot write '{path}': no permission to replace the existing file.", e);
        }
    }
}
