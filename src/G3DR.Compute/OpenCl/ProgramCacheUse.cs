namespace G3DR.Compute.OpenCl;

/// <summary>Where built device programs are kept between runs, and what they take there.</summary>
/// <param name="Folder">The folder; it is made when the first program is kept.</param>
/// <param name="Programs">Programs in it.</param>
/// <param name="Bytes">Bytes of all of them; the oldest are removed beyond 256 MiB.</param>
/// <param name="Problem">Why the folder cannot be read; null while all is well.</param>
public sealed record ProgramCacheUse(string Folder, int Programs, long Bytes, string? Problem)
{
    /// <summary>The folder that <see cref="AcceleratorOptions.CacheFolder"/> stands for where it is null; null where the system names no folder for a user's data.</summary>
    public static ProgramCacheUse? OfUser() => ProgramCache.DefaultFolder is { Length: > 0 } folder ? Of(folder) : null;

    /// <summary>What is in a folder of programs; an absent one is empty.</summary>
    /// <param name="folder">The folder.</param>
    public static ProgramCacheUse Of(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        try
        {
            FileInfo[] files = Directory.Exists(folder) ? new DirectoryInfo(folder).GetFiles("*" + ProgramCache.Extension) : [];
            return new(folder, files.Length, files.Sum(file => file.Length), Problem: null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new(folder, 0, 0, error.Message);
        }
    }
}
