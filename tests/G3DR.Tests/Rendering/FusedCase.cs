using G3DR.Compute;
using G3DR.Core.Rendering;
using G3DR.Core.Tensors;
using G3DR.Kernels.Rendering;

namespace G3DR.Tests.Rendering;

/// <summary>One random problem that any renderer can be run on; the same numbers in every precision.</summary>
public sealed record FusedCase(RenderSettings Settings)
{
    /// <summary>Number of outputs; gradients follow them in what <see cref="Run"/> returns.</summary>
    public const int Outputs = 5;

    public static readonly IReadOnlyList<string> Names =
        ["color", "depth", "opacity", "weights", "distances", "grad planes", "grad weight 0", "grad bias 0", "grad weight 2", "grad bias 2"];

    public delegate RenderResult Renderer(
        Tensor planes, TriplaneDecoder decoder, RayBatch rays, RenderSettings settings, Tensor? surfaceDepth, RenderRandomness? randomness);

    public int Scenes { get; init; } = 2;

    public int Rays { get; init; } = 21;

    public int Height { get; init; } = 16;

    public int Width { get; init; } = 16;

    public int Channels { get; init; } = 8;

    public int Hidden { get; init; } = 64;

    public bool Directions { get; init; }

    public bool GivenNoise { get; init; } = true;

    /// <summary>First ray and number of rays of the part to run; all if <see cref="Count"/> is 0.</summary>
    public int FirstRay { get; init; }

    public int Count { get; init; }

    public double[][] Run(Accelerator device, DType dtype, Renderer render)
    {
        using var scope = TensorScope.Begin(device);
        int count = Count == 0 ? Rays : Count;
        Tensor Part(Tensor tensor) => tensor.Slice(1, FirstRay, count);
        Tensor Draw(Shape shape, uint stream, double scale = 1) => Tensor.Normal(device, shape, seed: 7, stream).ToType(dtype) * scale;
        Tensor planes = Draw([Scenes, 3, Height, Width, Channels], 0).Detach();
        planes.RequiresGrad = true;
        using TriplaneDecoder decoder = MakeDecoder(Draw);
        (Tensor origins, Tensor directions) = MakeRays(device, dtype);
        var randomness = new RenderRandomness { Seed = 5, FirstRay = FirstRay };
        if (GivenNoise)
        {
            randomness = randomness with
            {
                CoarseNoise = Tensor.Uniform(device, [Scenes, count, Settings.CoarseSamples], 3, 20).ToType(dtype),
                FineNoise = Settings.FineSampling == FineSampling.Importance ? Tensor.Uniform(device, [Scenes, count, Settings.FineSamples], 3, 21).ToType(dtype) : null,
            };
        }

        Tensor surface = Part((Tensor.Uniform(device, [Scenes, Rays], 3, 22).ToType(dtype) * 1.5) + 4.2);
        RenderResult result = render(planes, decoder, new RayBatch(Part(origins), Part(directions)), Settings, surface, randomness);
        Tensor[] outputs = [result.Color, result.Depth, result.Opacity, result.Weights];
        Tensor[] cotangents = [.. outputs.Select((output, i) => Part(Draw([Scenes, Rays, .. output.Shape.AsSpan()[2..]], (uint)(30 + i))))];
        Tensor[] gradients = Autograd.Gradients(outputs, cotangents, [planes, decoder.Weight0, decoder.Bias0, decoder.Weight2, decoder.Bias2]);
        return [.. outputs.Select(t => t.ToDoubles()), result.Distances.ToDoubles(), .. gradients.Select(t => t.ToDoubles())];
    }

    private TriplaneDecoder MakeDecoder(Func<Shape, uint, double, Tensor> draw)
    {
        Tensor Leaf(Shape shape, uint stream, double scale)
        {
            Tensor tensor = draw(shape, stream, scale).Detach();
            tensor.RequiresGrad = true;
            return tensor;
        }

        return new(
            Leaf([Hidden, Channels + (Directions ? 3 : 0)], 1, 1),
            Leaf([Hidden], 2, 0.1),
            Leaf([4, Hidden], 3, 1),
            Leaf([4], 4, 0.1),
            Directions,
            learningRateMultiplier: 1);
    }

    private (Tensor Origins, Tensor Directions) MakeRays(Accelerator device, DType dtype)
    {
        // A camera per scene, a little off the canonical one; some rays pass the box by.
        Camera[] cameras = [.. Enumerable.Range(0, Scenes).Select(n => Camera.Orbit(0.2 * n, -0.1 * n, fovDegrees: 24))];
        RayBatch batch = RayBatch.FromBundle(device, RayBundle.FromCameras(cameras, Rays, 1), dtype);
        return (batch.Origins, batch.Directions);
    }
}
