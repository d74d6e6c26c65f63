namespace G3DR.Tests.Packaging;

/// <summary>
/// The library and the command as packages in a temporary folder, packed from what was built for the tests. The version is new in every run, and a
/// private package folder takes what is restored, so that neither finds nor leaves anything in the machine's package cache.
/// </summary>
public sealed class PackageFixture : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("g3dr-packages-").FullName;

    public string Version { get; } = $"0.1.0-test.g{Guid.NewGuid():N}";

    /// <summary>Why nothing was packed, or null.</summary>
    public string? Missing { get; private set; }

    public string Packages => Path.Combine(_folder, "packages");

    public string LibraryPackage => Path.Combine(Packages, $"G3DR.Core.{Version}.nupkg");

    /// <summary>Environment for commands that restore.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string> { ["NUGET_PACKAGES"] = Path.Combine(_folder, "cache") };

    /// <summary>A new folder below that of the packages.</summary>
    public string CreateFolder(string name) => Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;

    public async Task InitializeAsync()
    {
        string? root = Ancestors(AppContext.BaseDirectory).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "G3DR.Core.sln")));
        if (root is null)
        {
            Missing = $"{AppContext.BaseDirectory} lies in no checkout of the repository: there is nothing to pack.";
            return;
        }

        Directory.CreateDirectory(Packages);

        // Packages of the dependencies that the tests themselves were restored with, for machines without a network. The tests run on those, so they are there.
        string listed = await DotnetCommand.RunAsync(root, new Dictionary<string, string>(), "nuget", "locals", "global-packages", "--list");
        string cache = listed[(listed.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        await File.WriteAllTextAsync(Path.Combine(_folder, "NuGet.Config"), $"""
            <configuration>
              <packageSources><clear /><add key="packed" value="{Packages}" /></packageSources>
              <fallbackPackageFolders><clear /><add key="machine" value="{cache}" /></fallbackPackageFolders>
            </configuration>
            """);
        string configuration = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)).Parent!.Name;
        foreach (string project in (string[])["src/G3DR.Core", "src/G3DR.Cli"])
        {
            await DotnetCommand.RunAsync(
                root,
                new Dictionary<string, string>(),
                "pack", project, "--no-build", "--nologo", "-c", configuration, "-o", Packages, $"-p:Version={Version}", $"-p:NuspecOutputPath={Path.Combine(_folder, "nuspec")}/");
        }
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    private static IEnumerable<string> Ancestors(string folder)
    {
        for (DirectoryInfo? at = new(folder); at is not null; at = at.Parent)
        {
            yield return at.FullName;
        }
    }
}
