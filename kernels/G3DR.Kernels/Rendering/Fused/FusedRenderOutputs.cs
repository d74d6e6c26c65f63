using G3DR.Compute;

namespace G3DR.Kernels.Rendering.Fused;

/// <summary>Where the forward pass writes; empty views are not written.</summary>
public readonly struct FusedRenderOutputs
{
    /// <summary>Colours (B, R, 3).</summary>
    public ArrayView<float> Color { get; init; }

    /// <summary>Depths (B, R).</summary>
    public ArrayView<float> Depth { get; init; }

    /// <summary>Sums of weights (B, R).</summary>
    public ArrayView<float> Opacity { get; init; }

    /// <summary>Distances of all samples, rising (B, R, T). The backward pass needs them.</summary>
    public ArrayView<float> Distances { get; init; }

    /// <summary>Weights (B, R, T - 1 or T).</summary>
    public ArrayView<float> Weights { get; init; }

    /// <summary>Refuses views of other sizes than <paramref name="problem"/> gives.</summary>
    internal void Validate(FusedRenderProblem problem)
    {
        long rays = (long)problem.Batch * problem.Rays;
        FusedRenderProblem.Require(Color, 3 * rays, nameof(Color));
        FusedRenderProblem.Require(Depth, rays, nameof(Depth));
        FusedRenderProblem.Require(Opacity, rays, nameof(Opacity));
        FusedRenderProblem.Require(Distances, rays * problem.Samples, nameof(Distances));
        FusedRenderProblem.Require(Weights, rays * problem.WeightsPerRay, nameof(Weights));
    }
}

/// <summary>Cotangents that the backward pass reads; empty means zero. Shapes as in <see cref="FusedRenderOutputs"/>.</summary>
public readonly struct FusedRenderCotangents
{
    /// <summary>Cotangent of the colours.</summary>
    public ArrayView<float> Color { get; init; }

    /// <summary>Cotangent of the depths.</summary>
    public ArrayView<float> Depth { get; init; }

    /// <summary>Cotangent of the opacities.</summary>
    public ArrayView<float> Opacity { get; init; }

    /// <summary>Cotangent of the weights.</summary>
    public ArrayView<float> Weights { get; init; }

    /// <summary>The distances that the forward pass wrote.</summary>
    public ArrayView<float> Distances { get; init; }

    /// <summary>Refuses views of other sizes than <paramref name="problem"/> gives.</summary>
    internal void Validate(FusedRenderProblem problem)
    {
        long rays = (long)problem.Batch * problem.Rays;
        FusedRenderProblem.Require(Color, 3 * rays, nameof(Color));
        FusedRenderProblem.Require(Depth, rays, nameof(Depth));
        FusedRenderProblem.Require(Opacity, rays, nameof(Opacity));
        FusedRenderProblem.Require(Weights, rays * problem.WeightsPerRay, nameof(Weights));
        FusedRenderProblem.Require(Distances, rays * problem.Samples, nameof(Distances), optional: false);
    }
}

/// <summary>Where the backward pass writes (it overwrites). Shapes as in <see cref="FusedRenderProblem"/>; gradients are of the stored parameters.</summary>
public readonly struct FusedRenderGradients
{
    /// <summary>Gradient of the planes.</summary>
    public ArrayView<float> Planes { get; init; }

    /// <summary>Gradient of the first weights.</summary>
    public ArrayView<float> Weight0 { get; init; }

    /// <summary>Gradient of the first biases.</summary>
    public ArrayView<float> Bias0 { get; init; }

    /// <summary>Gradient of the second weights.</summary>
    public ArrayView<float> Weight2 { get; init; }

    /// <summary>Gradient of the second biases.</summary>
    public ArrayView<float> Bias2 { get; init; }

    /// <summary>Refuses views of other sizes than <paramref name="problem"/> gives.</summary>
    internal void Validate(FusedRenderProblem problem)
    {
        FusedRenderProblem.Require(Planes, problem.Planes.Length, nameof(Planes), optional: false);
        FusedRenderProblem.Require(Weight0, problem.Weight0.Length, nameof(Weight0), optional: false);
        FusedRenderProblem.Require(Bias0, problem.Bias0.Length, nameof(Bias0), optional: false);
        FusedRenderProblem.Require(Weight2, problem.Weight2.Length, nameof(Weight2), optional: false);
        FusedRenderProblem.Require(Bias2, problem.Bias2.Length, nameof(Bias2), optional: false);
    }
}
