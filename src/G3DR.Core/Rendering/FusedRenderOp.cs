using G3DR.Compute;
using G3DR.Core.Tensors;
using G3DR.Kernels.Rendering;
using G3DR.Kernels.Rendering.Fused;

namespace G3DR.Core.Rendering;

/// <summary>
/// The whole renderer as one operation. Inputs: planes, the decoder's four parameters, then what has no gradient: origins, directions, near, far and
/// those of surface depth, coarse noise, fine noise and coarse distances that are given. Outputs: colour, depth, opacity, weights, distances.
/// </summary>
internal sealed unsafe class FusedRenderOp(RenderSettings settings, TriplaneDecoder decoder, FusedRenderOp.Given given, RenderRandomness randomness) : TensorOp
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
        FusedRenderer.Forward((CpuAccelerator)device, problem, new()
        {
            Color = Pointer(color),
            Depth = Pointer(depth),
            Opacity = Pointer(opacity),
            Weights = Pointer(weights),
            Distances = Pointer(distances),
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
            (CpuAccelerator)context.Accelerator,
            problem,
            new()
            {
                Color = Pointer(gradients[0]),
                Depth = Pointer(gradients[1]),
                Opacity = Pointer(gradients[2]),
                Weights = Pointer(gradients[3]),
                Distances = Pointer(saved[^1]),
            },
            new()
            {
                Planes = Pointer(results[0]),
                Weight0 = Pointer(results[1]),
                Bias0 = Pointer(results[2]),
                Weight2 = Pointer(results[3]),
                Bias2 = Pointer(results[4]),
            });
        return results;
    }

    private static Tensor New(Accelerator device, Shape shape) => Tensor.Create(device, shape, DType.Float32, "render");

    private static float* Pointer(Tensor? tensor) => tensor is null ? null : tensor.View<float>().Pointer;

    private FusedRenderProblem Describe(IReadOnlyList<Tensor> inputs)
    {
        Shape planes = inputs[0].Shape;
        int next = Optional;
        float* Next(bool isGiven) => isGiven ? Pointer(inputs[next++]) : null;
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
            Planes = Pointer(inputs[0]),
            Weight0 = Pointer(inputs[1]),
            Bias0 = Pointer(inputs[2]),
            Weight2 = Pointer(inputs[3]),
            Bias2 = Pointer(inputs[4]),
            Origins = Pointer(inputs[Origins]),
            Directions = Pointer(inputs[Directions]),
            Near = Pointer(inputs[Near]),
            Far = Pointer(inputs[Far]),
            SurfaceDepth = Next(given.SurfaceDepth),
            CoarseNoise = Next(given.CoarseNoise),
            FineNoise = Next(given.FineNoise),
            CoarseDistances = Next(given.CoarseDistances),
        };
    }
}
