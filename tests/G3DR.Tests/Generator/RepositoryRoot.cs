namespace G3DR.Tests.Generator;

/// <summary>The folder of the repository that the tests were built in.</summary>
internal static class RepositoryRoot
{
    internal static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "G3DR.Core.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds G3DR.Core.sln.");
    }
}
