using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using G3DR.Cli.Terminal;
using G3DR.Compute;
using G3DR.Core.Depth;
using G3DR.Core.Diagnostics;
using G3DR.Core.Imaging;

namespace G3DR.Cli.Commands;

/// <summary>g3dr depth: depth maps of photos.</summary>
internal static class DepthCommand
{
    public static Command Create()
    {
        var photos = new Argument<FileInfo[]>("photos") { Description = "The pictures, PNG or JPEG.", Arity = ArgumentArity.OneOrMore };
        var weights = new Option<string>("--weights")
        {
            Description = "The network: Depth Anything V2, MiDaS or LeReS, as safetensors, a PyTorch checkpoint, or a folder with one.",
            Required = true,
            HelpName = "file",
        };
        var output = new Option<string>("--out")
        {
            Description = "Folder for the maps, or for one photo a PNG file.",
            DefaultValueFactory = _ => ".",
            HelpName = "path",
        };
        var size = new Option<int?>("--size") { Description = "Pixels that a side is resized to for the network; by default what it was trained with.", HelpName = "pixels" };
        var map = new Option<string>("--map")
        {
            Description = $"Colours of the coloured map: {string.Join(", ", ColorMap.All.Select(known => known.Name))}.",
            DefaultValueFactory = _ => ColorMap.Turbo.Name,
            HelpName = "name",
        };
        var raw = new Option<bool>("--raw") { Description = "Also write the network's own numbers, as safetensors." };
        var json = new Option<bool>("--json") { Description = "Print a report as JSON instead of progress." };
        var command = new Command("depth", "Estimate the depth of photos: a 16-bit map, 0 near to 65535 far, and a coloured one.") { photos, weights, output, size, map, raw, json };
        BoostOptions boost = BoostOptions.AddTo(command, "--boost");
        DeviceOptions device = DeviceOptions.AddTo(command);
        command.WithExamples(
            "g3dr depth photo.jpg --weights depth_anything_v2_vits.pth",
            "g3dr depth *.jpg --weights depth_anything_v2_vits.pth --out maps --json",
            "g3dr depth photo.jpg --weights dpt_large_384.pt --size 512 --raw --out photo-depth.png",
            "g3dr depth photo.jpg --weights res101.pth --boost latest_net_G.pth");
        command.SetComputation((parsed, cancel) => RunAsync(
            parsed,
            parsed.GetRequiredValue(photos),
            parsed.GetRequiredValue(weights),
            parsed.GetRequiredValue(output),
            new() { Size = parsed.GetValue(size) },
            ColorMap.Parse(parsed.GetRequiredValue(map)),
            parsed.GetValue(raw),
            parsed.GetValue(json),
            boost,
            device,
            cancel));
        return command;
    }

    private static async Task<int> RunAsync(
        ParseResult parsed,
        FileInfo[] photos,
        string weights,
        string output,
        DepthEstimatorOptions options,
        ColorMap map,
        bool raw,
        bool json,
        BoostOptions boostOptions,
        DeviceOptions deviceOptions,
        CancellationToken cancel)
    {
        using Accelerator device = deviceOptions.Open(parsed);
        if (photos.FirstOrDefault(photo => !photo.Exists) is { } missing)
        {
            throw new FileNotFoundException($"There is no photo '{missing}'.");
        }

        DepthTarget[] targets = DepthTarget.For(photos, output, raw);
        using BoostedDepth? boost = boostOptions.Load(parsed, device, cancel);
        using DepthEstimator estimator = await DepthEstimator.LoadAsync(weights, device, options with { Strategy = boost }, cancel);
        List<object> rows = [];
        for (int i = 0; i < photos.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            DepthTarget target = targets[i];
            DepthMap depth = await EstimateAsync(estimator, photos[i], photos.Length > 1 ? $"{photos[i].Name} ({i + 1} of {photos.Length})" : photos[i].Name, json, cancel);
            target.Save(depth, map, estimator.Network.Name);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            rows.Add(new
            {
                Photo = photos[i].ToString(),
                target.Depth,
                target.Colored,
                target.Raw,
                depth.Width,
                depth.Height,
                depth.Minimum,
                depth.Maximum,
                Seconds = seconds,
            });
            if (!json)
            {
                await parsed.InvocationConfiguration.Output.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture, $"{photos[i]}: {depth.Width} x {depth.Height}, {seconds:F2} s, {string.Join(", ", target.Files)}"));
            }
        }

        if (json)
        {
            await parsed.InvocationConfiguration.Output.WriteLineAsync(JsonSerializer.Serialize(
                new
                {
                    Network = estimator.Network.Name,
                    Meaning = estimator.Network.Meaning.ToString(),
                    Boost = boostOptions.Name(parsed),
                    Device = DeviceDescription.Of(device),
                    PeakTensorBytes = device.Memory.PeakBytes,
                    PeakProcessBytes = ProcessMemory.PeakBytes,
                    Photos = rows,
                },
                JsonOutput.Options));
        }

        return ExitCodes.Success;
    }

    private static async Task<DepthMap> EstimateAsync(DepthEstimator estimator, FileInfo photo, string title, bool json, CancellationToken cancel)
    {
        using var progress = new ProgressReporter<DepthProgress>(json, title, p => (p.Done, p.Total, p.Part));
        return await estimator.EstimateAsync(Image.Load(photo.FullName), progress, cancel);
    }
}
