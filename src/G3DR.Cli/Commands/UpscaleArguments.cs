using System.CommandLine;
using G3DR.Compute;
using G3DR.Core.Imaging;
using G3DR.Core.Networks;

namespace G3DR.Cli.Commands;

/// <summary>The option of commands that render, to enlarge what they write.</summary>
internal sealed class UpscaleArguments
{
    private readonly Option<string?> _weights = new("--upscale") { Description = "Enlarge the rendered pictures with this RCAN network, 2 to 8 times as it was trained.", HelpName = "weights" };

    /// <summary>Adds the option to a command.</summary>
    public static UpscaleArguments AddTo(Command command)
    {
        var arguments = new UpscaleArguments();
        command.Add(arguments._weights);
        return arguments;
    }

    /// <summary>The network that was asked for, or null.</summary>
    public Upscaler? Open(ParseResult parsed, Accelerator device, CancellationToken cancel) =>
        parsed.GetValue(_weights) is { } path ? Upscaler.Load(path, device, cancel) : null;

    /// <summary>What is done with a rendered picture: nothing without a network.</summary>
    public static Func<Image, Image>? Finish(Upscaler? upscaler, CancellationToken cancel) =>
        upscaler is null ? null : picture => upscaler.Upscale(picture, cancel: cancel);
}
