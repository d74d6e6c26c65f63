using G3DR.Core.Tensors;

namespace G3DR.Core.Losses;

/// <summary>Differences between pictures, as scalars. Pictures, depth maps or any other tensors of the same shape.</summary>
public static class PictureLosses
{
    /// <summary>Mean absolute difference; the gradient is 0 where both are equal.</summary>
    /// <param name="actual">What was computed.</param>
    /// <param name="expected">What it should be, of the same shape.</param>
    /// <exception cref="ArgumentException">The shapes differ or there are no elements.</exception>
    public static Tensor L1(Tensor actual, Tensor expected)
    {
        LossGuard.RequireAlike(actual, expected);
        using var scope = TensorScope.Begin(actual.Accelerator);
        return scope.Keep((actual - expected).Abs().Mean());
    }

    /// <summary>Mean squared difference.</summary>
    /// <inheritdoc cref="L1"/>
    public static Tensor L2(Tensor actual, Tensor expected)
    {
        LossGuard.RequireAlike(actual, expected);
        using var scope = TensorScope.Begin(actual.Accelerator);
        return scope.Keep((actual - expected).Square().Mean());
    }

    /// <summary>Mean squared difference of horizontal neighbours plus mean squared difference of vertical neighbours: small for smooth depth maps.</summary>
    /// <param name="images">Pictures (N, H, W, C) of at least 2 x 2 pixels.</param>
    /// <exception cref="ArgumentException">The pictures have another rank or no neighbours.</exception>
    public static Tensor TotalVariation(Tensor images)
    {
        LossGuard.RequireImages(images, smallestSide: 2);
        using var scope = TensorScope.Begin(images.Accelerator);
        int height = images.Shape[1], width = images.Shape[2];
        Tensor across = images.Slice(2, 1, width - 1) - images.Slice(2, 0, width - 1);
        Tensor down = images.Slice(1, 1, height - 1) - images.Slice(1, 0, height - 1);
        return scope.Keep(across.Square().Mean() + down.Square().Mean());
    }
}
