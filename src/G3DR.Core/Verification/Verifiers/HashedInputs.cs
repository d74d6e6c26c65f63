using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Core.Weights;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>Makes what files of pretrained networks do not store: weights and inputs from names, by the recipes of their metadata.</summary>
internal static partial class HashedInputs
{
    // The largest input of any file has 2 million elements.
    private const long LargestInput = 1 << 24;

    /// <summary>Fills a network with weights made from its names; scalars are the caller's to set.</summary>
    /// <returns>The network.</returns>
    public static T Fill<T>(this VectorRun run, T network)
        where T : Module
    {
        HashInit.Fill(network.State, HashInitRules.Pretrained, run.Recipe());
        network.Eval();
        network.Freeze();
        return network;
    }

    /// <summary>Prefix, gain and shifts of a file.</summary>
    public static HashInitOptions Recipe(this VectorRun run)
    {
        JsonElement config = run.Config;
        Dictionary<string, float> shift = [];
        if (config.Optional("shift_bias") is { } pair)
        {
            shift.Add(pair[0].GetString()!, pair[1].GetSingle());
        }

        return new() { Prefix = config.Text("hash_prefix"), Gain = Gain(config.Optional("gain")?.GetString() ?? "1"), Shift = shift };
    }

    /// <summary>An input by its recipe, in the layout of the file.</summary>
    public static Tensor Made(this VectorRun run, string name)
    {
        JsonElement recipe = run.Config.Entry("inputs").Entry(name);
        Match value = Recipes().Match(recipe.Text("value"));
        if (!value.Success || value.Groups["name"].Value != name)
        {
            throw new FormatException($"The recipe of '{name}' is unknown: {recipe.Text("value")}");
        }

        double shift = value.Groups["shift"].Success ? double.Parse(value.Groups["shift"].Value, CultureInfo.InvariantCulture) : 0;
        return run.Made(name, [.. recipe.Items("shape").Select(size => size.GetInt32())], new(Factor(value.Groups["scale"].Value), shift));
    }

    /// <summary>A tensor of hashed numbers.</summary>
    public static Tensor Made(this VectorRun run, string name, Shape shape, HashInitScale scale)
    {
        if (shape.Aggregate(1L, (product, size) => checked(product * size)) > LargestInput)
        {
            throw new FormatException($"The input '{name}' of shape {shape} is larger than that of any network.");
        }

        Tensor made = Tensor.Zeros(run.Device, shape, run.DType);
        HashInit.Fill(made, run.Config.Text("hash_prefix") + name, scale);
        return made;
    }

    /// <summary>An input (N, C, H, W) by its recipe, as (N, H, W, C).</summary>
    public static Tensor MadeImages(this VectorRun run, string name) => run.Made(name).Permute(0, 2, 3, 1).Clone();

    private static Func<string, double> Gain(string text)
    {
        Match part = PartialGains().Match(text);
        return part.Success
            ? name => name.StartsWith(part.Groups["prefix"].Value, StringComparison.Ordinal) ? Factor(part.Groups["gain"].Value) : 1
            : _ => Factor(text);
    }

    private static double Factor(string text) => text switch
    {
        "sqrt(2)" => Math.Sqrt(2),
        "2*sqrt(3)" => 2 * Math.Sqrt(3),
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    [GeneratedRegex(@"^u\((?<name>\w+)\)\*(?<scale>2\*sqrt\(3\)|[0-9.]+)(?: \+ (?<shift>[0-9.]+))?(?: |$)")]
    private static partial Regex Recipes();

    [GeneratedRegex(@"^(?<gain>[0-9.]+) for every weight whose name starts with '(?<prefix>[^']+)', 1 elsewhere")]
    private static partial Regex PartialGains();
}
