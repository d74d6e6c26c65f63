using G3DR.Core.Tensors;

namespace G3DR.Core.Losses;

/// <summary>Checks that losses share; messages say what was got and what is needed.</summary>
internal static class LossGuard
{
    public static void RequireAlike(Tensor actual, Tensor expected)
    {
        if (actual.Shape != expected.Shape || actual.Length == 0)
        {
            throw new ArgumentException($"Both operands of this loss need the same shape with at least one element; got {actual.Shape} and {expected.Shape}.");
        }
    }

    public static void RequireImages(Tensor images, int smallestSide)
    {
        if (images.Rank != 4 || images.Length == 0 || images.Shape[1] < smallestSide || images.Shape[2] < smallestSide)
        {
            throw new ArgumentException(
                $"Pictures must have shape (N, H, W, C) with at least {smallestSide} x {smallestSide} pixels; got {images.Shape}.", nameof(images));
        }
    }

    public static void RequireShape(Tensor tensor, string what, Shape shape)
    {
        if (tensor.Shape != shape)
        {
            throw new ArgumentException($"The {what} must have shape {shape}; got {tensor.Shape}.");
        }
    }

    public static void RequireWeight(double weight, string name)
    {
        if (!(weight >= 0 && double.IsFinite(weight)))
        {
            throw new ArgumentException($"{name} must be a finite number of at least 0; got {weight}.", name);
        }
    }

    public static void RequireVariance(double variance, string name)
    {
        if (!(variance > 0))
        {
            throw new ArgumentException($"The squared width of the depth uncertainty must be positive; got {variance}.", name);
        }
    }
}
