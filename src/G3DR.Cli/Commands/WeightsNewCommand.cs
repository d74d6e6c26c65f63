using System.CommandLine;
using G3DR.Cli.Terminal;
using G3DR.Compute;
using G3DR.Core.Networks;
using G3DR.Core.Weights;

namespace G3DR.Cli.Commands;

/// <summary>g3dr weights new: a checkpoint of a network that has learnt nothing.</summary>
internal static class WeightsNewCommand
{
    public static Command Create()
    {
        var network = new Option<string>("--network") { Description = "The network.", DefaultValueFactory = _ => TriplaneGenerator.Kind.Name, HelpName = "name" };
        network.AcceptOnlyFromAmong([.. NetworkKind.All.Select(kind => kind.Name)]);
        var output = new Option<string>("--out") { Description = "The safetensors file to write.", Required = true, HelpName = "file" };
        string sizes = string.Join("; ", NetworkKind.All.Select(kind => $"{string.Join(" or ", kind.Sizes)} of {kind.Name}"));
        var size = new Option<string?>("--size") { Description = $"Its size: {sizes}. The first is that of the published network.", HelpName = "name" };
        var values = new Option<string>("--init")
        {
            Description = "Values: random, as PyTorch initialises layers, or hash, made from names, so that other programs can make the same.",
            DefaultValueFactory = _ => "random",
            HelpName = "random|hash",
        };
        values.AcceptOnlyFromAmong("random", "hash");
        var seed = new Option<ulong?>("--seed") { Description = "Seed of random values; 0 by default.", HelpName = "n" };
        var dtype = new Option<string?>("--dtype") { Description = "Store f32, f16 or bf16; f32 by default.", HelpName = "type" };
        var command = new Command("new", "Make a checkpoint of a network that has learnt nothing: to try commands, to time them, to train from.")
        {
            network, output, size, values, seed, dtype,
        };
        command.WithExamples(
            "g3dr weights new --out untrained.safetensors",
            "g3dr weights new --network unet --size tiny --out tiny.safetensors",
            "g3dr weights new --network unet --init hash --dtype f16 --out hashed.safetensors");
        command.SetComputation((parsed, cancel) =>
        {
            string target = parsed.GetRequiredValue(output);
            WeightsOptions.RequireTarget(target);
            bool hashed = parsed.GetValue(values) == "hash";
            if (hashed && parsed.GetValue(seed) is not null)
            {
                throw new ArgumentException("--seed belongs to random values; --init hash makes the same ones always.");
            }

            var options = new UntrainedOptions
            {
                Network = NetworkKind.Find(parsed.GetValue(network)!),
                Size = parsed.GetValue(size),
                Values = hashed ? UntrainedValues.Hash : UntrainedValues.Random,
                Seed = parsed.GetValue(seed) ?? 0,
                Dtype = WeightsOptions.ParseDtype(parsed.GetValue(dtype)) ?? WeightDtype.F32,
            };
            using var device = Accelerator.Create("cpu");
            WeightSaveResult result = WeightsOptions.WithProgress(
                silent: false, "new", progress => UntrainedWeights.Save(target, device, options, progress, cancel));
            WeightsOptions.Print(result, parsed.InvocationConfiguration.Output);
            return ExitCodes.Success;
        });
        return command;
    }
}
