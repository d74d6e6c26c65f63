using System.Text.Json;
using G3DR.Core.Networks;
using G3DR.Core.Rendering;
using G3DR.Core.Tensors;
using G3DR.Core.Weights;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>
/// unet/official_forward: the published network in full size with weights made from names, and a rendering of its planes. Computed once, on the fastest of the paths that
/// were asked for: it is 300 billion operations.
/// </summary>
internal sealed class OfficialForwardVerifier : RendererVerifier
{
    private const string First = "first8.";
    private const double ColorRange = 2, DepthRange = 2, MeanDepth = 5;

    // Sizes of the published decoder are those of the reference.
    private static readonly UnetOptions s_largest = UnetOptions.Official;

    public override bool KnowsName(string name) => name == "official_forward";

    public override bool KnowsConfig(JsonElement config) => config.HasAll("dim", "dim_mults", "groups", "image_size", "out_dim", "pos_channels", "stride", "S", "K");

    protected override IEnumerable<VerificationPath> PathsOf(VerificationContext context) => context.RendererPaths.Take(1);

    protected override IEnumerable<VectorCheck> Verify(VectorRun run)
    {
        UnetOptions options = UnetParameters.Options(run.Config, run.Config.Integer("out_dim"));
        RequireKnownSizes(options);
        using var generator = new TriplaneGenerator(Initializer.Empty(run.Device, run.DType), options);
        HashInit.Fill(generator.State, HashInitRules.OfficialUnet);
        foreach ((string name, Tensor parameter) in generator.State.Where(parameter => run.Contains(First + parameter.Key)))
        {
            RequireRecipe(run, First + name, parameter);
        }

        using IDisposable constant = run.Device.NoGrad();
        Tensor planes = generator.Forward(Input(run, options));
        foreach (VectorCheck check in CheckPlanes(run, planes))
        {
            yield return check;
        }

        var rays = new RayBatch(run.Get("rays_o"), run.Get("rays_d"));
        RenderSettings settings = RenderSettings.Official with
        {
            CoarseSamples = run.Config.Integer("S"),
            FineSamples = run.Config.Integer("K"),
            BoxSize = run.Config.Number("box_warp"),
        };
        using RenderResult view = Render(run, planes, generator.Decoder, rays, settings, surface: null, new()
        {
            CoarseNoise = run.GetSamples("noise"),
            FineNoise = run.Get("u", rays.Origins.Shape[0], rays.Origins.Shape[1], settings.FineSamples),
        });
        yield return run.Check("rgb", view.Color);
        yield return run.Check("depth", view.Depth);
        yield return run.Check("weight_total", view.Opacity);
    }

    // The weights are not in the file, so nothing in it bounds their sizes.
    private static void RequireKnownSizes(UnetOptions options)
    {
        bool known = options.Channels <= s_largest.Channels && options.PositionChannels <= s_largest.PositionChannels && options.ImageSize <= s_largest.ImageSize
            && options.OutputChannels <= s_largest.OutputChannels && options.Multipliers.Count <= s_largest.Multipliers.Count
            && options.Multipliers.Zip(s_largest.Multipliers).All(pair => pair.First <= pair.Second);
        if (!known)
        {
            throw new FormatException("The configuration asks for a network larger than the published one.");
        }
    }

    // The file lists channels, rows, columns; the hash counts them in this order.
    private static Tensor Input(VectorRun run, UnetOptions options)
    {
        int size = options.ImageSize;
        string prefix = run.Config.Text("name_prefix_of_inputs");
        Tensor color = Tensor.Zeros(run.Device, [3, size, size], run.DType), depth = Tensor.Zeros(run.Device, [1, size, size], run.DType);
        HashInit.Fill(color, prefix + "input.rgb", new(ColorRange));
        HashInit.Fill(depth, prefix + "input.depth", new(DepthRange, MeanDepth));
        RequireRecipe(run, "input_first8", Tensor.Concat([color.Reshape(-1).Slice(0, 0, 4), depth.Reshape(-1).Slice(0, 0, 4)]));
        return Tensor.Concat([color, depth]).Permute(1, 2, 0).Reshape(1, size, size, 4);
    }

    private static void RequireRecipe(VectorRun run, string name, Tensor made)
    {
        double[] expected = run.Get(name).ToDoubles(), found = made.Reshape(-1).Slice(0, 0, expected.Length).ToDoubles();
        if (!found.AsSpan().SequenceEqual(expected))
        {
            throw new FormatException($"The recipe gives {string.Join(", ", found)} for '{name}'; the file has {string.Join(", ", expected)}.");
        }
    }

    private static IEnumerable<VectorCheck> CheckPlanes(VectorRun run, Tensor planes)
    {
        int pixels = planes.Shape[2] * planes.Shape[3], stride = run.Config.Integer("stride");
        double[] values = planes.Permute(0, 1, 4, 2, 3).ToDoubles();
        double[][] channels = [.. values.Chunk(pixels)];
        (double Mean, double Deviation)[] statistics = [.. channels.Select(Statistics)];
        (double mean, double deviation) = Statistics(values);
        yield return run.Check("planes_strided", [.. values.Where((_, i) => i % stride == 0)]);
        yield return run.Check("planes_channel_mean", [.. statistics.Select(channel => channel.Mean)]);
        yield return run.Check("planes_channel_std", [.. statistics.Select(channel => channel.Deviation)]);
        yield return run.Check("planes_mean_std", [mean, deviation]);
    }

    private static (double Mean, double Deviation) Statistics(double[] values)
    {
        double mean = values.Average();
        return (mean, Math.Sqrt(values.Average(value => (value - mean) * (value - mean))));
    }
}
