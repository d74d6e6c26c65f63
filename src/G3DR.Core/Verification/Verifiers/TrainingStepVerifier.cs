using System.Globalization;
using System.Text.Json;
using G3DR.Core.Losses;
using G3DR.Core.Networks;
using G3DR.Core.Rendering;
using G3DR.Core.Tensors;
using G3DR.Core.Training;
using G3DR.Kernels.Rendering;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>train/step: U-Net, decoder, renderer, losses and Adam together, for some steps from the canonical and from novel views.</summary>
internal sealed class TrainingStepVerifier : RendererVerifier
{
    private const string Novel = "novel", Guided = "guided";

    public override bool KnowsName(string name) => name == "step";

    public override bool KnowsConfig(JsonElement config) => config.HasAll("kinds", "dim", "dim_mults", "C", "S", "K", "lr", "betas");

    protected override IEnumerable<VectorCheck> Verify(VectorRun run)
    {
        using TriplaneGenerator generator = Load(run);
        var batch = new Batch(run.GetImages("images"), run.GetImages("depth"));
        JsonElement[] betas = run.Config.Items("betas");
        using var adam = new Adam(generator.Parameters, new()
        {
            LearningRate = run.Config.Number("lr"),
            Beta1 = betas[0].AsNumber("betas"),
            Beta2 = betas[1].AsNumber("betas"),
        });
        string[] kinds = [.. run.Config.Items("kinds").Select(kind => kind.GetString() ?? string.Empty)];
        List<double> losses = [];
        for (int step = 0; step < kinds.Length; step++)
        {
            using var scope = TensorScope.Begin(run.Device);
            Tensor planes = generator.Forward(TriplaneGenerator.Input(batch.Color, batch.Depth));
            using RenderResult view = Render(run, generator, planes, batch, kinds[step], step);
            Tensor[] terms = Losses(run.Config, kinds[step], view, batch);
            terms[0].Backward();
            losses.AddRange(terms.Select(term => term.Item()));
            if (step == 0)
            {
                foreach (VectorCheck check in CheckFirst(run, generator, planes, view, batch))
                {
                    yield return check;
                }
            }

            adam.Step();
            adam.ClearGradients();
        }

        yield return run.Check("losses", [.. losses]);
    }

    private static IEnumerable<VectorCheck> CheckFirst(VectorRun run, TriplaneGenerator generator, Tensor planes, RenderResult view, Batch batch)
    {
        yield return run.CheckImages("planes", planes);
        yield return run.CheckImages("rgb", view.Color.Reshape(batch.Color.Shape.AsSpan()));
        yield return run.CheckImages("depth_out", view.Depth.Reshape(batch.Depth.Shape.AsSpan()));
        yield return run.Check("weight_total", view.Opacity);
        foreach ((string name, Tensor parameter) in generator.Parameters)
        {
            yield return run.Check($"grad.{name}", parameter.Grad ?? throw new InvalidOperationException($"No gradient reached {name}."));
        }
    }

    private static TriplaneGenerator Load(VectorRun run)
    {
        UnetOptions options = UnetParameters.Options(run.Config, checked(3 * run.Config.Integer("C")));
        UnetParameters.RequireSizes(run, options);
        if (run.Shape("decoder.net.0.weight") is not [int hidden, _])
        {
            throw new FormatException("'decoder.net.0.weight' must be a matrix.");
        }

        return UnetParameters.Fill(run, new TriplaneGenerator(Initializer.Empty(run.Device, run.DType), options, hidden));
    }

    private static RenderResult Render(VectorRun run, TriplaneGenerator generator, Tensor planes, Batch batch, string kind, int step)
    {
        int pictures = batch.Color.Shape[0], size = batch.Color.Shape[1];
        RenderSettings settings = RenderSettings.Official with
        {
            CoarseSamples = run.Config.Integer("S"),
            FineSamples = run.Config.Integer("K"),
            FineSampling = kind == Guided ? FineSampling.SurfaceGuided : FineSampling.Importance,
            BoxSize = run.Config.Number("box_warp"),
        };
        string number = step.ToString(CultureInfo.InvariantCulture);
        var randomness = new RenderRandomness
        {
            CoarseNoise = run.GetSamples($"noise{number}"),
            FineNoise = kind == Guided ? null : run.Get($"u{number}", pictures, size * size, settings.FineSamples),
        };
        RayBatch rays = Rays([.. Cameras(run, kind, step, pictures)], size, planes);
        Tensor? surface = kind == Novel ? null : batch.Depth.Reshape(pictures, size * size);
        return Render(run, planes, generator.Decoder, rays, settings, surface, randomness);
    }

    private static IEnumerable<Camera> Cameras(VectorRun run, string kind, int step, int pictures)
    {
        double radius = run.Config.Number("radius"), fieldOfView = run.Config.Number("fov");
        if (kind != Novel)
        {
            return Enumerable.Repeat(Camera.Orbit(0, 0, radius, fieldOfView), pictures);
        }

        double[] angles = run.Get("angles").Slice(0, step, 1).ToDoubles();
        return Enumerable.Range(0, pictures).Select(picture => Camera.FromAngles(angles[2 * picture], angles[(2 * picture) + 1], radius, fieldOfView));
    }

    // In double precision, where a bundle has singles.
    private static RayBatch Rays(Camera[] cameras, int size, Tensor like)
    {
        List<double> origins = [], directions = [];
        foreach (Camera camera in cameras)
        {
            for (int pixel = 0; pixel < size * size; pixel++)
            {
                Vector3D direction = camera.Direction(pixel % size, pixel / size, size, size);
                origins.AddRange([camera.Position.X, camera.Position.Y, camera.Position.Z]);
                directions.AddRange([direction.X, direction.Y, direction.Z]);
            }
        }

        Shape shape = [cameras.Length, size * size, 3];
        Tensor Upload(List<double> values) => Tensor.FromArray(like.Accelerator, [.. values], shape, like.DType);
        return new(Upload(origins), Upload(directions));
    }

    // Total, colour, depth, variation of the depth, emptiness.
    private static Tensor[] Losses(JsonElement config, string kind, RenderResult view, Batch batch)
    {
        Tensor depth = view.Depth.Reshape(batch.Depth.Shape.AsSpan());
        Tensor color = PictureLosses.L1(view.Color.Reshape(batch.Color.Shape.AsSpan()), batch.Color.Affine(2, -1));
        Tensor depthError = PictureLosses.L1(depth, batch.Depth);
        Tensor variation = PictureLosses.TotalVariation(depth);
        Tensor emptiness = view.Opacity.Affine(-1, 1).Mean();
        Tensor total = kind == Novel
            ? (variation * config.Number("w_tv")) + (color * config.Number("w_proxy"))
            : (color * config.Number("w_rgb")) + (depthError * config.Number("w_depth"));
        return [total + (emptiness * config.Number("w_weight")), color, depthError, variation, emptiness];
    }

    // Colours (N, n, n, 3) in [0, 1], depths (N, n, n, 1).
    private sealed record Batch(Tensor Color, Tensor Depth);
}
