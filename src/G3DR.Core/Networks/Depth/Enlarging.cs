using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>Bilinear enlargement as a layer.</summary>
internal static class Enlarging
{
    /// <summary>Pictures (N, H, W, C) to (N, 2 H, 2 W, C).</summary>
    /// <param name="alignCorners">Whether the middles of the corner pixels stay in place.</param>
    public static FunctionLayer Twice(bool alignCorners) => new(
        x => Functional.Resize2d(x, 2 * x.Shape[1], 2 * x.Shape[2], ResizeMode2d.Bilinear, alignCorners: alignCorners),
        (Shape shape) => [shape[0], 2 * shape[1], 2 * shape[2], shape[3]]);
}
