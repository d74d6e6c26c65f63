using G3DR.Compute;
using G3DR.Core.Tensors;
using G3DR.Kernels.Rendering;
using G3DR.Kernels.Rendering.Fused;

namespace G3DR.Core.Rendering;

/// <summary>
/// The whole renderer as one operation. Inputs: planes, the decoder's four parameters, then what has no gradient: origins, directions, near, far and
/// those of surface depth, coarse noise, fine noise and coarse distances that are given. Outputs: colour, depth, opacity, weights, distances.
/// </summary>
internal sealed class FusedRenderOp(RenderSettings settings, TriplaneDecoder decoder, FusedRenderOp.Given given, RenderRandomness randomness) : TensorOp
{
    private const int Parameters = 5, Origins = 5, Directions = 6, Near = 7, Far = 8, Optional = 9, Distances = 4;

    /// <summary>Which optional inputs follow the fixed ones.</summary>
    public readonly record struct Given(bool SurfaceDepth, bool CoarseNoise, bool FineNoise, bool CoarseDistances);

    /// <inheritdoc/>
    public override string Name => "render";

    /// <inheritdoc/>
    public override bool InputHasGradient(int input) => input < Parameters;

    /// <inheritdoc/>
    public override bool OutputHasGradient(int output) => output != Distances;

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Forward(OpContext context, IReadOnlyList<Tensor> inputs)
    {
        FusedRenderProblem problem = Describe(inputs);
        int n = problem.Batch, r = problem.Rays;
        Accelerator device = context.Accelerator;
        Tensor color = New(device, [n, r, 3]), depth = New(device, [n, r]), opacity = New(device, [n, r]);
        Tensor weights = New(device, [n, r, problem.WeightsPerRay]), distances = New(device, [n, r, problem.Samples]);
        FusedRenderer.Forward(device, problem, new()
        {
            Color = View(color),
            Depth = View(depth),
            Opacity = View(opacity),
            Weights = View(weights),
            Distances = View(distances),
        });
        context.Save([.. inputs, distances]);
        return [color, depth, opacity, weights, distances];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor?> Backward(OpContext context, IReadOnlyList<Tensor?> gradients)
    {
        IReadOnlyList<Tensor> saved = context.Saved;
        FusedRenderProblem problem = Describe(saved);
        var results = new Tensor?[saved.Count - 1];
        for (int i = 0; i < Parameters; i++)
        {
            results[i] = New(context.Accelerator, saved[i].Shape);
        }

        FusedRenderer.Backward(
            context.Accelerator,
            problem,
            new()
            {
                Color = View(gradients[0]),
                Depth = View(gradients[1]),
                Opacity = View(gradients[2]),
                Weights = View(gradients[3]),
                Distances = View(saved[^1]),
            },
            new()
            {
                Planes = View(results[0]),
                Weight0 = View(results[1]),
                Bias0 = View(results[2]),
                Weight2 = View(results[3]),
                Bias2 = View(results[4]),
            });
        return results;
    }

    private static Tensor New(Accelerator device, Shape shape) => Tensor.Create(device, shape, DType.Float32, "render");

    private static ArrayView<float> View(Tensor? tensor) => tensor is null ? default : tensor.View<float>();

    private FusedRenderProblem Describe(IReadOnlyList<Tensor> inputs)
    {
        Shape planes = inputs[0].Shape;
        int next = Optional;
        ArrayView<float> Next(bool isGiven) => isGiven ? View(inputs[next++]) : default;
        return new()
        {
            Batch = planes[0],
            Rays = inputs[Origins].Shape[1],
            Height = planes[2],
            Width = planes[3],
            Channels = planes[4],
            Hidden = decoder.Hidden,
            UsesDirections = decoder.UsesDirections,
            Coarse = settings.CoarseSamples,
            Fine = settings.FineSampling == FineSampling.None ? 0 : settings.FineSamples,
            Levels = settings.Levels,
            FinestLevel = settings.FinestLevel,
            Pyramid = settings.Pyramid,
            Axes = settings.Axes,
            Marching = settings.Marching,
            CoarseSampling = given.CoarseDistances ? CoarseSampling.Given : settings.CoarseSampling,
            FineSampling = settings.FineSampling,
            BoxSize = (float)settings.BoxSize,
            WhiteBackground = settings.WhiteBackground,
            Kernel = settings.Kernel?.Parameters ?? DepthKernelParameters.None,
            FirstGain = (float)decoder.FirstGain,
            SecondGain = (float)decoder.SecondGain,
            BiasGain = (float)decoder.BiasGain,
            Seed = randomness.Seed,
            FirstRay = randomness.FirstRay,
            Planes = View(inputs[0]),
            Weight0 = View(inputs[1]),
            Bias0 = View(inputs[2]),
            Weight2 = View(inputs[3]),
            Bias2 = View(inputs[4]),
            Origins = View(inputs[Origins]),
            Directions = View(inputs[Directions]),
            Near = View(inputs[Near]),
            Far = View(inputs[Far]),
            SurfaceDepth = Next(given.SurfaceDepth),
            CoarseNoise = Next(given.CoarseNoise),
            FineNoise = Next(given.FineNoise),
            CoarseDistances = Next(given.CoarseDistances),
        };
    }
}
