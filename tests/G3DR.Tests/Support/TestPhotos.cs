namespace G3DR.Tests.Support;

/// <summary>Photos of Debian's python3-skimage, which the repository does not hold.</summary>
internal static class TestPhotos
{
    private const string DebianFolder = "/usr/lib/python3/dist-packages/skimage/data";

    /// <summary>Full path of a photo, for example <c>chelsea.png</c>; skips the test where there is none.</summary>
    public static string PathOf(string name)
    {
        string? named = Environment.GetEnvironmentVariable("G3DR_TEST_PHOTOS");
        string path = Path.Combine(string.IsNullOrEmpty(named) ? DebianFolder : named, name);
        Skip.IfNot(File.Exists(path), $"There is no photo '{path}': install python3-skimage, or name its folder of photos by the environment variable G3DR_TEST_PHOTOS.");
        return path;
    }
}
