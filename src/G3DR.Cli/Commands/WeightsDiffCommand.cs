using System.CommandLine;
using System.Text.Json;
using G3DR.Cli.Terminal;
using G3DR.Core.Weights;

namespace G3DR.Cli.Commands;

/// <summary>g3dr weights diff: compares two weights files.</summary>
internal static class WeightsDiffCommand
{
    public static Command Create()
    {
        Argument<string> first = WeightsOptions.File("first", "Weights of any kind."), second = WeightsOptions.File("second", "Weights to compare with.");
        var tolerance = new Option<double>("--tolerance") { Description = "Largest absolute difference of values that counts as none.", HelpName = "x" };
        Option<string?> key = WeightsOptions.Key();
        Option<bool> json = WeightsOptions.Json();
        var command = new Command("diff", "Compare names, types, shapes and values of two files; fails if they differ.") { first, second, tolerance, key, json };
        command.WithExamples("g3dr weights diff checkpoint.pt model.safetensors", "g3dr weights diff model.safetensors half.safetensors --tolerance 1e-3 --json");
        command.SetComputation((parsed, cancel) =>
        {
            double most = parsed.GetValue(tolerance);
            if (!(most >= 0))
            {
                throw new ArgumentException($"--tolerance must be 0 or more; got {most}.");
            }

            var options = new WeightFileOptions { Key = parsed.GetValue(key) };
            using WeightFile a = WeightFile.Open(parsed.GetRequiredValue(first), options);
            using WeightFile b = WeightFile.Open(parsed.GetRequiredValue(second), options);
            bool asJson = parsed.GetValue(json);
            IReadOnlyList<WeightDifference> differences = WeightsOptions.WithProgress(
                asJson, "diff", progress => WeightDifference.Between(a, b, most, progress, cancel));
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (asJson)
            {
                output.WriteLine(JsonSerializer.Serialize(
                    new
                    {
                        equal = differences.Count == 0,
                        tensors = a.Tensors.Count,
                        differences = differences.Select(row => new { row.Name, row.First, row.Second, error = row.Error is { } error && double.IsFinite(error) ? row.Error : null }),
                    },
                    JsonOutput.Options));
            }
            else
            {
                foreach (WeightDifference difference in differences)
                {
                    output.WriteLine(difference);
                }

                output.WriteLine(differences.Count == 0 ? $"All {a.Tensors.Count} tensors are equal." : $"{differences.Count} tensors differ.");
            }

            return differences.Count == 0 ? ExitCodes.Success : ExitCodes.Failure;
        });
        return command;
    }
}
