using System.CommandLine;
using G3DR.Cli.Terminal;
using G3DR.Compute;
using G3DR.Core.Depth;
using G3DR.Core.Imaging;

namespace G3DR.Cli.Commands;

/// <summary>Where the depth of a photo comes from: a file, or a network that estimates it.</summary>
internal sealed class DepthSource
{
    /// <summary>Name of the file, in the output folder, that an estimated map is written to.</summary>
    public const string EstimateName = "depth.png";

    private readonly Option<FileInfo?> _file = new("--depth")
    {
        Description = "Its depth: a 16-bit grey PNG of the same shape, 0 near to 65535 far. Or --depth-weights.",
        HelpName = "file",
    };

    private readonly Option<string?> _weights = new("--depth-weights")
    {
        Description = $"Weights of a network that estimates the depth instead, as g3dr depth takes them; the map is kept as {EstimateName} in the output folder.",
        HelpName = "file",
    };

    private readonly BoostOptions _boost;

    private DepthSource(Command command)
    {
        command.Add(_file);
        command.Add(_weights);
        _boost = BoostOptions.AddTo(command, "--depth-boost");
    }

    /// <summary>Adds the options to a command; exactly one of them is needed.</summary>
    public static DepthSource AddTo(Command command)
    {
        var source = new DepthSource(command);
        command.Validators.Add(result =>
        {
            if (result.GetResult(source._file) is null == result.GetResult(source._weights) is null)
            {
                result.AddError("Give either --depth, a depth map, or --depth-weights, a network that estimates one.");
            }
            else if (source._boost.IsGiven(result) && result.GetResult(source._weights) is null)
            {
                result.AddError("--depth-boost goes with --depth-weights: a depth map is taken as it is.");
            }
        });
        return source;
    }

    /// <summary>What was named, for reports: the depth map or the weights.</summary>
    public string Name(ParseResult parsed) => parsed.GetValue(_weights) ?? parsed.GetRequiredValue(_file)!.ToString();

    /// <summary>The photo with its depth.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="photo">The photo.</param>
    /// <param name="size">Pixels per side.</param>
    /// <param name="device">Device of the network.</param>
    /// <param name="output">Takes an estimated map; made if it does not exist.</param>
    /// <param name="silent">Whether no progress is shown.</param>
    /// <param name="cancel">Stops between parts of the network.</param>
    public RgbdPicture Load(ParseResult parsed, FileInfo photo, int size, Accelerator device, DirectoryInfo output, bool silent, CancellationToken cancel)
    {
        if (parsed.GetValue(_weights) is not { } weights)
        {
            return RgbdPicture.Load(photo.FullName, parsed.GetRequiredValue(_file)!.FullName, size);
        }

        var picture = Image.Load(photo.FullName);
        Image depth;
        using (BoostedDepth? boost = _boost.Load(parsed, device, cancel))
        using (DepthEstimator estimator = DepthEstimator.Load(weights, device, new() { Strategy = boost }, cancel))
        using (var progress = new ProgressReporter<DepthProgress>(silent, "depth", p => (p.Done, p.Total, p.Part)))
        {
            depth = estimator.Estimate(picture, progress, cancel).ToImage();
        }

        device.Memory.Trim();
        output.Create();
        depth.SavePng(Path.Combine(output.FullName, EstimateName));
        return RgbdPicture.FromImages(picture, depth, size);
    }
}
