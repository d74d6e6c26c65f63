using System.CommandLine;
using System.Globalization;
using System.IO.Enumeration;
using System.Text.Json;
using G3DR.Cli.Terminal;
using G3DR.Core.Networks;
using G3DR.Core.Weights;

namespace G3DR.Cli.Commands;

/// <summary>g3dr weights inspect: what a weights file holds.</summary>
internal static class WeightsInspectCommand
{
    private sealed record Row(string Name, string Dtype, long[] Shape, long Elements, WeightStatistics? Values);

    public static Command Create()
    {
        Argument<string> path = WeightsOptions.File("file", "Weights: .safetensors, .pt, .pth, .ckpt, an index of a set, or a folder.");
        Option<string?> key = WeightsOptions.Key();
        var filter = new Option<string>("--filter") { Description = "Only tensors of such names, with * and ?.", DefaultValueFactory = _ => "*", HelpName = "pattern" };
        var values = new Option<bool>("--values") { Description = "Read the data too: smallest, largest, mean, standard deviation, and values that are not finite." };
        Option<bool> json = WeightsOptions.Json();
        var command = new Command("inspect", "List the tensors of a file, and what it says about itself.") { path, key, filter, values, json };
        command.WithExamples(
            "g3dr weights inspect model.safetensors",
            "g3dr weights inspect checkpoint.pt --key model --filter \"*.weight\"",
            "g3dr weights inspect model.safetensors --values --json");
        command.SetComputation((parsed, cancel) =>
        {
            using WeightFile file = WeightFile.Open(parsed.GetRequiredValue(path), new() { Key = parsed.GetValue(key) ?? string.Empty });
            string pattern = parsed.GetValue(filter)!;
            WeightTensor[] chosen = [.. file.Tensors.Values.Where(tensor => FileSystemName.MatchesSimpleExpression(pattern, tensor.Name, ignoreCase: false))];
            bool asJson = parsed.GetValue(json);
            Row[] rows = parsed.GetValue(values) ? ReadRows(chosen, asJson, cancel) : [.. chosen.Select(tensor => RowOf(tensor, null))];
            string[] networks = [.. NetworkLoader.Identify(new NetworkFile(file)).Select(found => found.Value.Description)];
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (asJson)
            {
                output.WriteLine(ToJson(file, networks, rows, chosen));
            }
            else
            {
                Print(output, file, networks, rows, chosen);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static Row[] ReadRows(WeightTensor[] tensors, bool silent, CancellationToken cancel) =>
        WeightsOptions.WithProgress(silent, "inspect", progress =>
        {
            var rows = new Row[tensors.Length];
            for (int i = 0; i < rows.Length; i++)
            {
                rows[i] = RowOf(tensors[i], WeightStatistics.Of(tensors[i], cancel));
                progress.Report(new(i + 1, rows.Length, tensors[i].Name));
            }

            return rows;
        });

    private static Row RowOf(WeightTensor tensor, WeightStatistics? statistics) =>
        new(tensor.Name, tensor.Dtype.SafetensorsName(), tensor.Shape, tensor.ElementCount, statistics);

    private static void Print(TextWriter output, WeightFile file, string[] networks, Row[] rows, WeightTensor[] chosen)
    {
        int nameWidth = rows.Select(row => row.Name.Length).DefaultIfEmpty(0).Max();
        int shapeWidth = rows.Select(row => WeightsOptions.Shape(row.Shape).Length).DefaultIfEmpty(0).Max();
        foreach (Row row in rows)
        {
            string line = $"{row.Name.PadRight(nameWidth)}  {row.Dtype,-7}  {WeightsOptions.Shape(row.Shape).PadRight(shapeWidth)}";
            output.WriteLine((row.Values is { } v ? $"{line}  {Describe(v)}" : line).TrimEnd());
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{rows.Length} of {file.Tensors.Count} tensors, {chosen.Sum(tensor => tensor.ElementCount)} elements, {chosen.Sum(tensor => tensor.ByteCount)} bytes."));
        output.WriteLine(networks.Length > 0 ? $"Looks like {string.Join(", or ", networks)}." : "Looks like no network that is known.");
        foreach ((string name, string value) in file.Metadata)
        {
            output.WriteLine($"{name}: {value}");
        }
    }

    private static string Describe(WeightStatistics values) => string.Create(
        CultureInfo.InvariantCulture,
        $"{values.Minimum:g4} to {values.Maximum:g4}, mean {values.Mean:g4}, deviation {values.Deviation:g4}{(values.NotFinite > 0 ? $", {values.NotFinite} not finite" : string.Empty)}");

    private static string ToJson(WeightFile file, string[] networks, Row[] rows, WeightTensor[] chosen) => JsonSerializer.Serialize(
        new
        {
            source = file.Source,
            key = file.Key,
            networks,
            metadata = file.Metadata,
            elements = chosen.Sum(tensor => tensor.ElementCount),
            bytes = chosen.Sum(tensor => tensor.ByteCount),
            tensors = rows.Select(row => new
            {
                row.Name,
                row.Dtype,
                row.Shape,
                minimum = Finite(row.Values?.Minimum),
                maximum = Finite(row.Values?.Maximum),
                mean = Finite(row.Values?.Mean),
                deviation = Finite(row.Values?.Deviation),
                notFinite = row.Values?.NotFinite,
            }),
        },
        JsonOutput.Options);

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
