namespace G3DR.Kernels.Rendering.Fused;

/// <summary>Where the forward pass writes; pointers that are null are not written.</summary>
public readonly unsafe struct FusedRenderOutputs
{
    /// <summary>Colours (B, R, 3).</summary>
    public float* Color { get; init; }

    /// <summary>Depths (B, R).</summary>
    public float* Depth { get; init; }

    /// <summary>Sums of weights (B, R).</summary>
    public float* Opacity { get; init; }

    /// <summary>Distances of all samples, rising (B, R, T). The backward pass needs them.</summary>
    public float* Distances { get; init; }

    /// <summary>Weights (B, R, T - 1 or T).</summary>
    public float* Weights { get; init; }
}

/// <summary>Cotangents that the backward pass reads; null means zero. Shapes as in <see cref="FusedRenderOutputs"/>.</summary>
public readonly unsafe struct FusedRenderCotangents
{
    /// <summary>Cotangent of the colours.</summary>
    public float* Color { get; init; }

    /// <summary>Cotangent of the depths.</summary>
    public float* Depth { get; init; }

    /// <summary>Cotangent of the opacities.</summary>
    public float* Opacity { get; init; }

    /// <summary>Cotangent of the weights.</summary>
    public float* Weights { get; init; }

    /// <summary>The distances that the forward pass wrote.</summary>
    public float* Distances { get; init; }
}

/// <summary>Where the backward pass writes (it overwrites). Shapes as in <see cref="FusedRenderProblem"/>; gradients are of the stored parameters.</summary>
public readonly unsafe struct FusedRenderGradients
{
    /// <summary>Gradient of the planes.</summary>
    public float* Planes { get; init; }

    /// <summary>Gradient of the first weights.</summary>
    public float* Weight0 { get; init; }

    /// <summary>Gradient of the first biases.</summary>
    public float* Bias0 { get; init; }

    /// <summary>Gradient of the second weights.</summary>
    public float* Weight2 { get; init; }

    /// <summary>Gradient of the second biases.</summary>
    public float* Bias2 { get; init; }
}
