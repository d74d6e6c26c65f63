using System.CommandLine;
using G3DR.Cli.Terminal;
using G3DR.Core.Scenes;

namespace G3DR.Cli.Commands;

/// <summary>g3dr dataset: data that the project makes itself.</summary>
internal static class DatasetCommand
{
    public static Command Create() => new("dataset", "Make data to try things on.") { Scenes() };

    private static Command Scenes()
    {
        var output = new Option<DirectoryInfo>("--out") { Description = "Folder for the pictures.", Required = true, HelpName = "folder" };
        var size = new Option<int>("--size") { Description = "Pixels per side.", DefaultValueFactory = _ => 256, HelpName = "pixels" };
        var name = new Option<string?>("--name") { Description = $"One scene only: {string.Join(", ", SyntheticScene.All.Select(s => s.Name))}.", HelpName = "name" };
        var command = new Command("scenes", "Render the built-in scenes of known geometry: a colour and a 16-bit depth PNG for each.") { output, size, name };
        command.WithExamples("g3dr dataset scenes --out samples", "g3dr dataset scenes --out toys --name toys --size 512");
        command.SetComputation((parsed, cancel) =>
        {
            int pixels = parsed.GetValue(size);
            if (pixels is < 8 or > 4096)
            {
                throw new ArgumentException($"--size must be between 8 and 4096; got {pixels}.");
            }

            DirectoryInfo folder = parsed.GetRequiredValue(output);
            folder.Create();
            foreach (string scene in parsed.GetValue(name) is string one ? [SyntheticScene.ByName(one).Name] : SyntheticScene.All.Select(s => s.Name))
            {
                (string color, string depth) = SyntheticScene.WriteSample(folder.FullName, scene, pixels, cancel);
                parsed.InvocationConfiguration.Output.WriteLine($"{color}\n{depth}");
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
