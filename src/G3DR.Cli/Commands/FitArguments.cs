using System.CommandLine;
using G3DR.Core.Rendering;
using G3DR.Core.Training;
using G3DR.Kernels.Rendering;

namespace G3DR.Cli.Commands;

/// <summary>The options of g3dr fit that shape the optimisation.</summary>
internal sealed class FitArguments
{
    private static readonly FitOptions s_defaults = new();

    private readonly Option<int> _size = new("--size") { Description = "Pixels per side that the picture is resized to.", DefaultValueFactory = _ => 128, HelpName = "pixels" };

    private readonly Option<int> _steps = new("--steps") { Description = "Optimisation steps.", DefaultValueFactory = _ => s_defaults.Steps, HelpName = "n" };

    private readonly Option<int> _samples = new("--samples") { Description = "Samples per ray: half coarse, half by importance.", DefaultValueFactory = _ => s_defaults.Render.CoarseSamples + s_defaults.Render.FineSamples, HelpName = "n" };

    private readonly Option<string> _profile = new("--profile") { Description = "Renderer: paper (its text) or official (the released code).", DefaultValueFactory = _ => "paper", HelpName = "name" };

    private readonly Option<int> _planes = new("--planes") { Description = "Texels per side of the feature planes.", DefaultValueFactory = _ => s_defaults.PlaneSize, HelpName = "n" };

    private readonly Option<int> _channels = new("--channels") { Description = "Channels of the feature planes.", DefaultValueFactory = _ => s_defaults.Channels, HelpName = "n" };

    private readonly Option<int> _rays = new("--rays") { Description = "Rays per step.", DefaultValueFactory = _ => s_defaults.RaysPerStep, HelpName = "n" };

    private readonly Option<string?> _kernel = new("--kernel") { Description = "Named depth kernel: paper, official or single-picture; the profile's own by default.", HelpName = "name" };

    private readonly Option<bool> _noKernel = new("--no-depth-kernel") { Description = "Do not scale gradients with the depth kernel." };

    private readonly Option<double?> _s1 = new("--kernel-s1") { Description = "Height of the depth kernel.", HelpName = "x" };

    private readonly Option<double?> _s2 = new("--kernel-s2") { Description = "Squared width of the depth kernel.", HelpName = "x" };

    private readonly Option<double?> _min = new("--kernel-min") { Description = "Smallest value of the depth kernel.", HelpName = "x" };

    private readonly Option<double?> _max = new("--kernel-max") { Description = "Largest value of the depth kernel.", HelpName = "x" };

    private readonly Option<ulong> _seed = new("--seed") { Description = "Seed: the same seed gives the same scene.", HelpName = "n" };

    /// <summary>Adds the options to a command.</summary>
    public static FitArguments AddTo(Command command)
    {
        var arguments = new FitArguments();
        foreach (Option option in arguments.All)
        {
            command.Add(option);
        }

        return arguments;
    }

    private IEnumerable<Option> All => [_size, _steps, _samples, _profile, _planes, _channels, _rays, _kernel, _noKernel, _s1, _s2, _min, _max, _seed];

    /// <summary>Pixels per side.</summary>
    public int Size(ParseResult parsed)
    {
        int size = parsed.GetValue(_size);
        return size is >= FitOptions.SmallestSize and <= 4096
            ? size
            : throw new ArgumentException($"--size must be between {FitOptions.SmallestSize} and 4096; got {size}.");
    }

    /// <summary>The options as the library wants them.</summary>
    /// <exception cref="ArgumentException">Options contradict each other or are out of range.</exception>
    public FitOptions Read(ParseResult parsed)
    {
        int samples = parsed.GetValue(_samples), coarse = samples - (samples / 2);
        if (samples is < 8 or > 1024)
        {
            throw new ArgumentException($"--samples must be between 8 and 1024; got {samples}.");
        }

        RenderSettings profile = parsed.GetValue(_profile) switch
        {
            "paper" => s_defaults.Render,
            "official" => RenderSettings.Official,
            string other => throw new ArgumentException($"There is no profile '{other}'; choose paper or official."),
            null => s_defaults.Render,
        };
        var options = new FitOptions
        {
            Steps = parsed.GetValue(_steps),
            PlaneSize = parsed.GetValue(_planes),
            Channels = parsed.GetValue(_channels),
            RaysPerStep = parsed.GetValue(_rays),
            Seed = parsed.GetValue(_seed),
            Render = profile with { CoarseSamples = coarse, FineSampling = FineSampling.Importance, FineSamples = samples / 2, Kernel = Kernel(parsed, profile, coarse) },
        };
        options.Validate();
        return options;
    }

    private DepthKernel? Kernel(ParseResult parsed, RenderSettings profile, int coarse)
    {
        double?[] given = [parsed.GetValue(_s1), parsed.GetValue(_s2), parsed.GetValue(_min), parsed.GetValue(_max)];
        string? name = parsed.GetValue(_kernel);
        if (parsed.GetValue(_noKernel))
        {
            return name is not null || given.Any(value => value is not null)
                ? throw new ArgumentException("--no-depth-kernel and --kernel contradict each other.")
                : null;
        }

        // The paper ties s2 to the distance of the samples.
        (double near, double far) = (RenderSettings.Paper.Near!.Value, RenderSettings.Paper.Far!.Value);
        DepthKernel basis = (name ?? (profile.Marching == MarchingRule.PerSample ? "paper" : "official")) switch
        {
            "paper" => DepthKernel.PaperRule(near, far, coarse),
            "official" => DepthKernel.Official,
            "single-picture" => DepthKernel.SinglePicture(near, far, coarse),
            string other => throw new ArgumentException($"There is no depth kernel '{other}'; choose paper, official or single-picture."),
        };
        return DepthKernel.Paper(given[0] ?? basis.S1, given[1] ?? basis.S2, given[2] ?? basis.Min, given[3] ?? basis.Max);
    }
}
