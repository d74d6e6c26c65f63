using System.CommandLine;
using G3DR.Cli.Terminal;
using G3DR.Core.Diagnostics;
using G3DR.Core.Weights;

namespace G3DR.Cli.Commands;

/// <summary>g3dr weights convert: writes weights as safetensors.</summary>
internal static class WeightsConvertCommand
{
    public static Command Create()
    {
        Argument<string> path = WeightsOptions.File("in", "Weights: .safetensors, .pt, .pth, .ckpt, an index of a set, or a folder.");
        var output = new Argument<string>("out") { Description = "The safetensors file to write." };
        var dtype = new Option<string?>("--dtype") { Description = "Store floating-point tensors as f16, bf16, f32 or f64; whole numbers stay.", HelpName = "type" };
        Option<string?> key = WeightsOptions.Key();
        Option<string> prefix = WeightsOptions.Prefix();
        Option<string?> map = WeightsOptions.Map();
        Option<bool> reverse = WeightsOptions.ReverseMap();
        var shard = new Option<string?>("--shard-size") { Description = "Spread the tensors over files of at most this size, for example 500M or 2G, with an index.", HelpName = "size" };
        var metadata = new Option<string[]>("--metadata") { Description = "Say something about the weights, such as license=MIT; may be repeated.", HelpName = "name=text" };
        var command = new Command("convert", "Write weights as safetensors: a checkpoint as a safe file, other names, smaller types, several files.")
        {
            path, output, dtype, key, prefix, map, reverse, shard, metadata,
        };
        command.WithExamples(
            "g3dr weights convert checkpoint.pt model.safetensors",
            "g3dr weights convert checkpoint.pt half.safetensors --key model --prefix module. --dtype f16",
            "g3dr weights convert ldm.ckpt unet.safetensors --map ldm_compvis_to_diffusers.map.json#unet_sd15",
            "g3dr weights convert large.safetensors set/model.safetensors --shard-size 2G --metadata license=MIT");
        command.SetComputation((parsed, cancel) =>
        {
            string target = parsed.GetRequiredValue(output);
            WeightsOptions.RequireTarget(target);
            var options = new WeightSaveOptions
            {
                Dtype = WeightsOptions.ParseDtype(parsed.GetValue(dtype)),
                Prefix = parsed.GetValue(prefix)!,
                NameMap = WeightsOptions.ReadMap(parsed.GetValue(map), parsed.GetValue(reverse)),
                ShardBytes = ParseSize(parsed.GetValue(shard)),
                Metadata = ParseMetadata(parsed.GetValue(metadata) ?? []),
            };
            using WeightFile file = WeightFile.Open(parsed.GetRequiredValue(path), new() { Key = parsed.GetValue(key) });
            WeightSaveResult result = WeightsOptions.WithProgress(
                silent: false, "convert", progress => WeightSaver.Save(file, target, options, progress, cancel));
            InvocationConfiguration console = parsed.InvocationConfiguration;
            WeightsOptions.Print(result, console.Output);
            if (result.Overflowed.Count > 0)
            {
                console.Error.WriteLine($"g3dr: Values too large for the type became infinite in: {string.Join(", ", result.Overflowed)}.");
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static long? ParseSize(string? text)
    {
        try
        {
            return text is null ? null : ProcessMemory.ParseSize(text);
        }
        catch (FormatException error)
        {
            throw new ArgumentException($"--shard-size: {error.Message}", error);
        }
    }

    private static Dictionary<string, string> ParseMetadata(string[] entries)
    {
        Dictionary<string, string> metadata = new(StringComparer.Ordinal);
        foreach (string entry in entries)
        {
            int sign = entry.IndexOf('=', StringComparison.Ordinal);
            if (sign < 1)
            {
                throw new ArgumentException($"--metadata needs name=text; got '{entry}'.");
            }

            metadata[entry[..sign]] = entry[(sign + 1)..];
        }

        return metadata;
    }
}
