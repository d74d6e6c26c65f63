using System.CommandLine;
using G3DR.Cli.Terminal;
using G3DR.Core.IO;
using G3DR.Core.Weights;

namespace G3DR.Cli.Commands;

/// <summary>Arguments and options that the commands for weights share.</summary>
internal static class WeightsOptions
{
    public static Argument<string> File(string name, string description) => new(name) { Description = description };

    public static Option<string?> Key() => new("--key")
    {
        Description = "The state dictionary inside a checkpoint, for example model; an empty text for the whole file.",
        HelpName = "path",
    };

    public static Option<string> Prefix() => new("--prefix")
    {
        Description = "Take only tensors whose names begin so, and remove it.",
        DefaultValueFactory = _ => string.Empty,
        HelpName = "text",
    };

    public static Option<string?> Map() => new("--map")
    {
        Description = "New names, from a JSON file of rules; file#name for one of several maps in it.",
        HelpName = "file",
    };

    public static Option<bool> ReverseMap() => new("--reverse-map") { Description = "Use the map the other way round." };

    public static Option<bool> Json() => new("--json") { Description = "Print one JSON object." };

    /// <summary>The map that the options name, or none.</summary>
    public static WeightNameMap? ReadMap(string? text, bool reverse)
    {
        if (text is null)
        {
            return reverse ? throw new ArgumentException("--reverse-map needs --map.") : null;
        }

        int mark = text.LastIndexOf('#');
        WeightNameMap map = mark > 0 ? WeightNameMap.Load(text[..mark], text[(mark + 1)..]) : WeightNameMap.Load(text);
        return reverse ? map.Inverse() : map;
    }

    /// <summary>Refuses before any work a file that cannot be written.</summary>
    public static void RequireTarget(string path)
    {
        if (!path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"Only safetensors files are written; '{path}' needs a name that ends with .safetensors.");
        }

        AtomicFile.RequireTarget(path);
    }

    /// <summary>The element type that the option names, or none.</summary>
    public static WeightDtype? ParseDtype(string? text) => text?.ToUpperInvariant() switch
    {
        null => null,
        "F16" => WeightDtype.F16,
        "BF16" => WeightDtype.BF16,
        "F32" => WeightDtype.F32,
        "F64" => WeightDtype.F64,
        _ => throw new ArgumentException($"--dtype must be f16, bf16, f32 or f64; got '{text}'."),
    };

    /// <summary>Tells what was written.</summary>
    public static void Print(WeightSaveResult result, TextWriter output)
    {
        foreach (string written in result.Files)
        {
            output.WriteLine(written);
        }

        output.WriteLine($"{result.Tensors} tensors, {result.Bytes} bytes.");
    }

    /// <summary>Runs work with a display of its progress.</summary>
    public static T WithProgress<T>(bool silent, string title, Func<IProgress<WeightProgress>, T> work)
    {
        using var progress = new ProgressReporter<WeightProgress>(silent, title, state => (state.Done, state.Total, state.Name));
        return work(progress);
    }

    public static string Shape(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";
}
