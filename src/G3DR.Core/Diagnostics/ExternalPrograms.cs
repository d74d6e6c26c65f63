namespace G3DR.Core.Diagnostics;

/// <summary>Programs of the system that add something optional.</summary>
public static class ExternalPrograms
{
    /// <summary>The full path of a program on the search path, or <see langword="null"/>.</summary>
    /// <param name="name">Name without extension, for example <c>ffmpeg</c>.</param>
    public static string? Find(string name)
    {
        string file = OperatingSystem.IsWindows() ? name + ".exe" : name;
        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            string path = Path.Combine(folder.Trim('"'), file);
            if (File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }
}
