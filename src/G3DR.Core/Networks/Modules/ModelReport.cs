using System.Globalization;
using System.Text;
using System.Text.Json;
using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>One module of a <see cref="ModelReport"/>, its parts included.</summary>
/// <param name="Name">Name in the network; empty for the network itself.</param>
/// <param name="Kind">Class of the module.</param>
/// <param name="Depth">Modules around it.</param>
/// <param name="Parameters">Elements of its parameters.</param>
/// <param name="Flops">Floating-point operations of one forward pass.</param>
/// <param name="Output">Shape of its output.</param>
public sealed record ModelReportRow(string Name, string Kind, int Depth, long Parameters, long Flops, Shape Output);

/// <summary>
/// Parameters and cost of a network for one shape of input. Counted are the products of convolutions, linear layers and attention, two operations for each
/// multiplication and addition, as defined (a fast algorithm may need fewer); normalisation, activations and sums are not.
/// </summary>
public sealed record ModelReport
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private ModelReport(Shape input, IReadOnlyList<ModelReportRow> modules) => (Input, Modules) = (input, modules);

    /// <summary>Shape of the input.</summary>
    public Shape Input { get; }

    /// <summary>All modules that the input passes, outer ones before their parts.</summary>
    public IReadOnlyList<ModelReportRow> Modules { get; }

    /// <summary>Elements of all parameters.</summary>
    public long Parameters => Modules[0].Parameters;

    /// <summary>Floating-point operations of one forward pass.</summary>
    public long Flops => Modules[0].Flops;

    /// <summary>Makes the report; nothing is computed on the device.</summary>
    /// <param name="network">The network.</param>
    /// <param name="input">Shape of its input.</param>
    /// <exception cref="ArgumentException">The shape does not fit.</exception>
    public static ModelReport Of(Layer network, Shape input)
    {
        var trace = new ModelTrace();
        trace.Run(network, input);
        return new(input, trace.Rows);
    }

    /// <summary>The report as a table of text.</summary>
    /// <param name="depth">Deepest modules to show; 0 shows the network alone.</param>
    public string ToTable(int depth = int.MaxValue)
    {
        string[][] rows =
        [
            ["module", "kind", "output", "parameters", "GFLOP"],
            .. Modules.Where(row => row.Depth <= depth).Select(row => (string[])
            [
                row.Name.Length == 0 ? "(all)" : row.Name,
                row.Kind,
                row.Output.ToString(),
                row.Parameters.ToString("N0", CultureInfo.InvariantCulture),
                (row.Flops / 1e9).ToString("N3", CultureInfo.InvariantCulture),
            ]),
        ];
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        var text = new StringBuilder();
        foreach (string[] row in rows)
        {
            text.AppendLine(string.Join("  ", row.Select((cell, column) => column < 3 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))));
        }

        return text.ToString();
    }

    /// <summary>The report as JSON: <c>{ input, parameters, flops, modules: [{ name, kind, depth, parameters, flops, output }] }</c>.</summary>
    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            Input = Input.ToArray(),
            Parameters,
            Flops,
            Modules = Modules.Select(row => new { row.Name, row.Kind, row.Depth, row.Parameters, row.Flops, Output = row.Output.ToArray() }),
        },
        s_json);
}
