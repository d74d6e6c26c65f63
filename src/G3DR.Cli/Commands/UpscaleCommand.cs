using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using G3DR.Cli.Terminal;
using G3DR.Compute;
using G3DR.Core.Diagnostics;
using G3DR.Core.Imaging;
using G3DR.Core.IO;
using G3DR.Core.Networks;

namespace G3DR.Cli.Commands;

/// <summary>g3dr upscale: larger pictures.</summary>
internal static class UpscaleCommand
{
    private const string Extension = ".png";

    public static Command Create()
    {
        var pictures = new Argument<string[]>("pictures") { Description = "PNG or JPEG pictures.", Arity = ArgumentArity.OneOrMore };
        var weights = new Option<string>("--weights") { Description = "RCAN, such as RCAN_BIX2.pt: it says how many times larger pictures become.", Required = true, HelpName = "file" };
        var output = new Option<string?>("--out") { Description = "Folder for the results, or for one picture a file that ends with .png; beside the pictures by default.", HelpName = "path" };
        var tile = new Option<int>("--tile") { Description = "Longest side, in pixels of the input, of what goes through the network at a time; memory follows from it.", DefaultValueFactory = _ => new UpscaleOptions().TileSize, HelpName = "pixels" };
        var overlap = new Option<int?>("--overlap") { Description = "Pixels that neighbouring tiles share, to fade into each other; 32 by default, or a quarter of smaller tiles.", HelpName = "pixels" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("upscale", "Enlarge pictures 2, 3, 4 or 8 times with RCAN.") { pictures, weights, output, tile, overlap, json };
        DeviceOptions device = DeviceOptions.AddTo(command);
        command.WithExamples(
            "g3dr upscale photo.jpg --weights RCAN_BIX2.pt",
            "g3dr upscale result/sheet.png --weights rcan-x4.safetensors --out large.png",
            "g3dr upscale a.png b.png c.png --weights rcan-x2.safetensors --out larger --tile 128");
        command.SetComputation((parsed, cancel) =>
        {
            var options = new UpscaleOptions { TileSize = parsed.GetValue(tile), Overlap = parsed.GetValue(overlap) };
            options.Validate();
            string[] sources = parsed.GetRequiredValue(pictures);
            if (sources.FirstOrDefault(source => !File.Exists(source)) is { } missing)
            {
                throw new FileNotFoundException($"There is no file '{missing}'.");
            }

            using Accelerator accelerator = device.Open(parsed);
            using Upscaler upscaler = Upscaler.Load(parsed.GetRequiredValue(weights), accelerator, cancel);
            string[] targets = Targets(sources, parsed.GetValue(output), upscaler.Scale);
            List<object> rows = [];
            for (int i = 0; i < sources.Length; i++)
            {
                long start = Stopwatch.GetTimestamp();
                Image result = Upscale(upscaler, sources[i], options, parsed.GetValue(json), cancel);
                result.SavePng(targets[i]);
                double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                rows.Add(new { source = sources[i], target = targets[i], width = result.Width, height = result.Height, seconds });
                if (!parsed.GetValue(json))
                {
                    parsed.InvocationConfiguration.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{targets[i]}: {result}, {seconds:F1} s"));
                }
            }

            if (parsed.GetValue(json))
            {
                parsed.InvocationConfiguration.Output.WriteLine(JsonSerializer.Serialize(
                    new { scale = upscaler.Scale, device = DeviceDescription.Of(accelerator), peakTensorBytes = accelerator.Memory.PeakBytes, pictures = rows }, JsonOutput.Options));
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static Image Upscale(Upscaler upscaler, string source, UpscaleOptions options, bool quiet, CancellationToken cancel)
    {
        using var progress = new ProgressReporter<UpscaleProgress>(
            quiet, Path.GetFileName(source), p => (p.Done, p.Total, p.Tiles == 1 ? "layers" : $"layers of {p.Tiles} tiles"));
        return upscaler.Upscale(Image.Load(source), options, progress, cancel);
    }

    /// <summary>Where results go. Everything that can be wrong with it is found before the first picture.</summary>
    private static string[] Targets(string[] sources, string? output, int scale)
    {
        bool file = output is not null && output.EndsWith(Extension, StringComparison.OrdinalIgnoreCase);
        if (file && sources.Length > 1)
        {
            throw new ArgumentException($"--out must be a folder for {sources.Length} pictures; got the file '{output}'.");
        }

        string[] targets = [.. sources.Select(source => file
            ? output!
            : Path.Combine(output ?? Path.GetDirectoryName(source)!, $"{Path.GetFileNameWithoutExtension(source)}-x{scale.ToString(CultureInfo.InvariantCulture)}{Extension}"))];
        if (targets.GroupBy(target => target, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"Two of the pictures would be written to '{twice.Key}'; give them to separate runs with other folders for --out.");
        }

        if (output is not null && !file)
        {
            Directory.CreateDirectory(output);
        }

        foreach (string target in targets)
        {
            AtomicFile.RequireTarget(target);
        }

        return targets;
    }
}
