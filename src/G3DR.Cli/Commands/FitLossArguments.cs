using System.CommandLine;
using G3DR.Compute;
using G3DR.Core.Losses;
using G3DR.Core.Networks;
using G3DR.Core.Training;

namespace G3DR.Cli.Commands;

/// <summary>The options of g3dr fit that choose the terms of its objective and the networks that compute them.</summary>
internal sealed class FitLossArguments
{
    private static readonly FitOptions s_defaults = new();

    private readonly Option<string?> _vgg = new("--vgg-weights") { Description = "VGG-16, which compares views with the picture for the eye (LPIPS).", HelpName = "file" };

    private readonly Option<string?> _squeeze = new("--squeeze-weights") { Description = "SqueezeNet 1.1 in place of VGG-16 and, unless --clip-weights is given, of CLIP.", HelpName = "file" };

    private readonly Option<string?> _clip = new("--clip-weights") { Description = "CLIP, which compares what novel views show with what the picture shows.", HelpName = "file" };

    private readonly Option<string?> _heads = new("--lpips-heads") { Description = "The heads of LPIPS for VGG-16 or SqueezeNet; without them every channel counts once.", HelpName = "file" };

    private readonly Option<double?> _color = new("--color-weight") { Description = $"Weight of the squared colour error (default {s_defaults.ColorWeight}).", HelpName = "x" };

    private readonly Option<double?> _depth = new("--depth-weight") { Description = $"Weight of the absolute depth error (default {s_defaults.DepthWeight}).", HelpName = "x" };

    private readonly Option<double?> _variation = new("--tv-weight") { Description = $"Weight of the total variation of novel depths (default {s_defaults.TotalVariationWeight}).", HelpName = "x" };

    private readonly Option<double?> _perceptual = new("--perceptual-weight") { Description = $"Weight of the perceptual distance of canonical views (default {FitOptions.DefaultPerceptualWeight} with its network).", HelpName = "x" };

    private readonly Option<double?> _novelPerceptual = new("--novel-perceptual-weight") { Description = $"Weight of the perceptual distance of novel views (default {FitOptions.DefaultPerceptualWeight} with its network).", HelpName = "x" };

    private readonly Option<double?> _semantic = new("--semantic-weight") { Description = $"Weight of the difference of embeddings of novel views (default {FitOptions.DefaultSemanticWeight} with its network).", HelpName = "x" };

    private readonly Option<int?> _size = new("--view-size") { Description = $"Pixels per side of the views that networks judge (default {FitOptions.DefaultAppearanceSize}, or the picture's if smaller).", HelpName = "pixels" };

    private readonly Option<int?> _interval = new("--perceptual-interval") { Description = $"Judge a canonical view every so many steps, with as many times the weight (default {FitOptions.DefaultPerceptualInterval}).", HelpName = "n" };

    private readonly Option<string?> _schedule = new("--loss-schedule") { Description = "constant, or official: views and weights change as in the released training loop.", HelpName = "name" };

    /// <summary>Adds the options to a command.</summary>
    public static FitLossArguments AddTo(Command command)
    {
        var arguments = new FitLossArguments();
        foreach (Option option in arguments.All)
        {
            command.Add(option);
        }

        return arguments;
    }

    private IEnumerable<Option> All =>
        [_vgg, _squeeze, _clip, _heads, _color, _depth, _variation, _perceptual, _novelPerceptual, _semantic, _size, _interval, _schedule];

    /// <summary>The options of a fit with those of its objective.</summary>
    /// <exception cref="ArgumentException">Options contradict each other, or belong to a network that was not given.</exception>
    public FitOptions Read(ParseResult parsed, FitOptions options)
    {
        bool vgg = parsed.GetValue(_vgg) is not null, squeeze = parsed.GetValue(_squeeze) is not null, clip = parsed.GetValue(_clip) is not null;
        if (vgg && squeeze && clip)
        {
            throw new ArgumentException("--vgg-weights and --clip-weights leave nothing to do for --squeeze-weights.");
        }

        Require(parsed, vgg || squeeze, "--vgg-weights or --squeeze-weights", _heads, _perceptual, _novelPerceptual, _interval);
        Require(parsed, clip || squeeze, "--clip-weights or --squeeze-weights", _semantic);
        Require(parsed, vgg || squeeze || clip, "--vgg-weights, --squeeze-weights or --clip-weights", _size);
        FitOptions read = options with
        {
            ColorWeight = parsed.GetValue(_color) ?? options.ColorWeight,
            DepthWeight = parsed.GetValue(_depth) ?? options.DepthWeight,
            TotalVariationWeight = parsed.GetValue(_variation) ?? options.TotalVariationWeight,
            PerceptualWeight = parsed.GetValue(_perceptual),
            NovelPerceptualWeight = parsed.GetValue(_novelPerceptual),
            SemanticWeight = parsed.GetValue(_semantic),
            AppearanceSize = parsed.GetValue(_size),
            PerceptualInterval = parsed.GetValue(_interval),
            Schedule = parsed.GetValue(_schedule) switch
            {
                null or "constant" => null,
                "official" => FitSchedule.Official,
                string other => throw new ArgumentException($"There is no loss schedule '{other}'; choose constant or official."),
            },
        };
        read.Validate();
        return read;
    }

    /// <summary>Loads the networks that were named; the caller disposes them.</summary>
    public FitNetworks Load(ParseResult parsed, Accelerator device)
    {
        string? squeeze = parsed.GetValue(_squeeze);
        Lpips? perceptual = (parsed.GetValue(_vgg) ?? squeeze) is { } backbone ? Lpips.Load(backbone, parsed.GetValue(_heads), device) : null;
        try
        {
            ISemanticEncoder? semantic = parsed.GetValue(_clip) is { } clip ? ClipEmbedder.Load(clip, device)
                : squeeze is null ? null
                : PooledFeatures.Load(squeeze, device);
            return new() { Perceptual = perceptual, Semantic = semantic };
        }
        catch
        {
            perceptual?.Dispose();
            throw;
        }
    }

    private static void Require(ParseResult parsed, bool given, string network, params ReadOnlySpan<Option> options)
    {
        foreach (Option option in options)
        {
            if (!given && parsed.GetResult(option) is { Implicit: false })
            {
                throw new ArgumentException($"{option.Name} needs a network: give {network} too.");
            }
        }
    }
}
