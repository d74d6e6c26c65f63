using System.IO.Compression;
using G3DR.Compute;
using G3DR.Compute.OpenCl;
using G3DR.Core.Imaging;
using G3DR.Core.Rendering;
using G3DR.Core.Scenes;

namespace G3DR.Tests.Packaging;

/// <summary>What a user gets: a package that an empty project can reference, and a tool that can be installed.</summary>
public class PackageTests(PackageFixture packages) : IClassFixture<PackageFixture>
{
    private const int Width = 40, Height = 24;

    [SkippableFact]
    public void The_library_is_one_package_with_all_assemblies_and_their_documentation()
    {
        Skip.If(packages.Missing is not null, packages.Missing);
        using ZipArchive package = ZipFile.OpenRead(packages.LibraryPackage);
        string[] files = [.. package.Entries.Select(entry => entry.FullName)];
        foreach (string assembly in (string[])["G3DR.Core", "G3DR.Compute", "G3DR.Kernels"])
        {
            Assert.Contains($"lib/net10.0/{assembly}.dll", files);
            Assert.Contains($"lib/net10.0/{assembly}.xml", files);
        }

        // What checks and translates a user's kernels; a dll in lib/ would be referenced by the program itself.
        Assert.Contains("analyzers/dotnet/cs/G3DR.Compute.Generator.dll", files);
        Assert.DoesNotContain(files, file => file.StartsWith("lib/", StringComparison.Ordinal) && file.Contains("Generator", StringComparison.Ordinal));
        Assert.Contains("README.md", files);
        ZipArchiveEntry manifest = Assert.Single(package.Entries, entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal));
        using var reader = new StreamReader(manifest.Open());
        string text = reader.ReadToEnd();

        // The two other assemblies are inside, so they must not be asked for as packages.
        Assert.DoesNotContain("id=\"G3DR.", text, StringComparison.Ordinal);
        Assert.Contains("<license type=\"expression\">MIT</license>", text, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task An_empty_project_renders_a_picture_with_the_package()
    {
        Skip.If(packages.Missing is not null, packages.Missing);
        string project = packages.CreateFolder("consumer");
        await WriteProjectAsync(project, "consumer");
        await File.WriteAllTextAsync(Path.Combine(project, "Program.cs"), $"""
            using G3DR.Compute;
            using G3DR.Core.Rendering;
            using G3DR.Core.Scenes;

            using var device = Accelerator.CreateDefault();
            using var scene = TriplaneScene.Create(device, planeSize: 32, channels: 16, RenderSettings.Official, seed: 3, deviation: 5);
            scene.Render(Camera.Canonical, {Width}, {Height}).Color.SavePng(args[0]);
            """);
        string picture = Path.Combine(project, "picture.png");
        await DotnetCommand.RunAsync(project, packages.Environment, "build", "--nologo", "-c", "Release", "-o", "out");
        await DotnetCommand.RunAsync(project, packages.Environment, Path.Combine("out", "consumer.dll"), picture);

        Image rendered = Image.Load(picture);
        using var device = Accelerator.CreateDefault();
        using var scene = TriplaneScene.Create(device, planeSize: 32, channels: 16, RenderSettings.Official, seed: 3, deviation: 5);
        Image expected = scene.Render(Camera.Canonical, Width, Height).Color;
        Assert.Equal((Width, Height), (rendered.Width, rendered.Height));

        // Noise has many shades; a picture of one colour has three values at most.
        Assert.InRange(rendered.Data8.ToArray().Distinct().Count(), 32, 256);
        Assert.Equal(expected.Data8.ToArray(), rendered.Data8.ToArray());
    }

    [SkippableFact]
    public async Task A_kernel_of_an_empty_project_is_checked_and_runs_on_every_device()
    {
        Skip.If(packages.Missing is not null, packages.Missing);
        string project = packages.CreateFolder("kernels");
        await WriteProjectAsync(project, "kernels");

        // An error otherwise: as a warning it shows in the output of a build that succeeds.
        await File.WriteAllTextAsync(Path.Combine(project, ".editorconfig"), """
            root = true
            [*.cs]
            dotnet_diagnostic.KG0026.severity = warning
            """);
        await File.WriteAllTextAsync(Path.Combine(project, "Program.cs"), """
            using G3DR.Compute;
            using G3DR.Compute.OpenCl;

            string[] names = [.. OpenClDevices.List(out _).Where(device => device.IsUsable).Select(device => device.Name).Prepend("cpu")];
            foreach (string name in names)
            {
                using var device = Accelerator.Create(name, new() { CacheFolder = string.Empty });
                using var x = device.Allocate<float>(3);
                x.CopyFrom([1, 2, 3]);
                device.Launch(Kernels.Scale, new Index1D(3), x.View, 0.5f);
                float[] result = new float[3];
                x.CopyTo(result);
                Console.WriteLine($"{name}: {string.Join(' ', result)}");
            }

            internal static class Kernels
            {
                [Kernel]
                public static void Scale(Index1D i, ArrayView<float> x, float factor) => x[i] *= factor;

                [Kernel]
                public static void Refused(Index1D i, ArrayView<float> x) => x[i] = MathF.Exp(x[i]);
            }
            """);
        string built = await DotnetCommand.RunAsync(project, packages.Environment, "build", "--nologo", "-c", "Release", "-o", "out");
        Assert.Contains("warning KG0026", built, StringComparison.Ordinal);
        string[] lines = (await DotnetCommand.RunAsync(project, packages.Environment, Path.Combine("out", "kernels.dll")))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string[] names = [.. OpenClDevices.List(out _).Where(device => device.IsUsable).Select(device => device.Name).Prepend("cpu")];
        Assert.Equal(names.Select(name => $"{name}: 0.5 1 1.5"), lines);
    }

    [SkippableFact]
    public async Task The_command_installs_as_a_tool_and_runs()
    {
        Skip.If(packages.Missing is not null, packages.Missing);
        string folder = packages.CreateFolder("tool");
        await DotnetCommand.RunAsync(
            folder, packages.Environment, "tool", "install", "G3DR.Cli", "--version", packages.Version, "--tool-path", folder, "--add-source", packages.Packages);
        string program = Path.Combine(folder, OperatingSystem.IsWindows() ? "g3dr.exe" : "g3dr");
        string answer = await DotnetCommand.RunProgramAsync(program, folder, packages.Environment, "bench", "gemm", "8", "8", "8", "--repeat", "1", "--json");
        Assert.Matches("""^\{"seconds":\[[0-9.E-]+\],"peakRssMiB":[1-9][0-9]*\}\s*$""", answer);
    }

    /// <summary>A console project that has the package and nothing else.</summary>
    private Task WriteProjectAsync(string folder, string name) => File.WriteAllTextAsync(Path.Combine(folder, name + ".csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <UseAppHost>false</UseAppHost>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="G3DR.Core" Version="{packages.Version}" />
              </ItemGroup>
            </Project>
            """);
}
