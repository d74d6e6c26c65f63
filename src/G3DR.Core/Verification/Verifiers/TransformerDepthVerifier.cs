using System.Globalization;
using System.Text.Json;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>pretrained/depth_anything_*, midas_dpt_*: depth networks with transformers, what lies on their way, and their maps.</summary>
internal sealed class TransformerDepthVerifier() : PretrainedVerifier(DepthAnythingFiles, LargeFiles, HybridFiles)
{
    private const string DepthAnythingFiles = "depth_anything_", LargeFiles = "midas_dpt_large_", HybridFiles = "midas_dpt_hybrid_";

    // Files of a network of a size of its own state it.
    protected override bool IsLarge(ReferenceVectors vectors) => vectors.Config.Optional("config") is null;

    protected override IEnumerable<VectorCheck> Verify(VectorRun run)
    {
        List<VectorCheck> rows = [];
        var initializer = Initializer.Empty(run.Device, run.DType);
        string name = Path.GetFileName(run.FilePath);
        using IDisposable constant = run.Device.NoGrad();
        Tensor input = run.MadeImages("input");
        if (name.StartsWith(DepthAnythingFiles, StringComparison.Ordinal))
        {
            DepthAnythingOptions options = Options(run.Config);

            // Positions on another grid than their own are interpolated in single precision by the reference, whatever the network computes in.
            run.ReferenceIsSingle = input.Shape[1] != options.Grid * options.Patch || input.Shape[2] != options.Grid * options.Patch;
            using DepthAnything network = run.Fill(initializer.Build(made => new DepthAnything(made, options)));
            rows.Add(run.Check("output", network.Forward(input, run.Observe(rows))));
        }
        else if (name.StartsWith(LargeFiles, StringComparison.Ordinal))
        {
            using DptLarge network = run.Fill(initializer.Build(made => new DptLarge(made)));
            rows.Add(run.Check("output", network.Forward(input, run.Observe(rows))));
        }
        else
        {
            using DptHybrid network = run.Fill(initializer.Build(made => new DptHybrid(made)));
            rows.Add(run.Check("output", network.Forward(input, run.Observe(rows))));
        }

        return rows;
    }

    private static DepthAnythingOptions Options(JsonElement config)
    {
        if (config.Optional("config") is not { } sizes)
        {
            return DepthAnythingOptions.Small;
        }

        int[] Numbers(string name) => [.. sizes.Items(name).Select(item => item.GetInt32())];
        return new()
        {
            Width = sizes.Integer("embed_dim"),
            Depth = sizes.Integer("depth"),
            Heads = sizes.Integer("heads"),
            Taps = Numbers("taps"),
            Channels = Numbers("out_channels"),
            Features = sizes.Integer("features"),
            Patch = sizes.Integer("patch"),

            // A text that begins with rows x columns.
            Grid = int.Parse(sizes.Text("pos_grid").Split('x')[0], CultureInfo.InvariantCulture),
        };
    }
}
