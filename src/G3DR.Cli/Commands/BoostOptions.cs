using System.CommandLine;
using System.CommandLine.Parsing;
using G3DR.Compute;
using G3DR.Core.Depth;

namespace G3DR.Cli.Commands;

/// <summary>Options of commands that estimate depth: whether, and with which weights, it is boosted.</summary>
internal sealed class BoostOptions
{
    private readonly Option<string?> _merge;
    private readonly Option<int> _patches;

    private BoostOptions(string name)
    {
        _merge = new(name)
        {
            Description = "Weights of the merge network of Boosting Monocular Depth: finer detail, for many times the time.",
            HelpName = "file",
        };
        _patches = new($"{name}-patches")
        {
            Description = "Most patches that are refined by themselves; 0 for the picture as a whole only.",
            DefaultValueFactory = _ => new BoostingOptions().MaximumPatches,
            HelpName = "number",
        };
        _patches.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 0)
            {
                result.AddError($"{name}-patches needs to be at least 0.");
            }
        });
    }

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="name">Name of the first of them.</param>
    public static BoostOptions AddTo(Command command, string name)
    {
        var options = new BoostOptions(name);
        command.Add(options._merge);
        command.Add(options._patches);
        return options;
    }

    /// <summary>Whether a merge network was named.</summary>
    public bool IsGiven(CommandResult result) => result.GetResult(_merge) is not null;

    /// <summary>What was named, for reports.</summary>
    public string? Name(ParseResult parsed) => parsed.GetValue(_merge);

    /// <summary>The strategy that was asked for, or null; it belongs to the caller.</summary>
    public BoostedDepth? Load(ParseResult parsed, Accelerator device, CancellationToken cancel) => Name(parsed) is { } merge
        ? BoostedDepth.Load(merge, device, new() { MaximumPatches = parsed.GetValue(_patches) }, cancel)
        : null;
}
