using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Kernels.Rendering;

namespace G3DR.Core.Rendering;

/// <summary>
/// Coarser copies of tri-planes (G3DR, section 3.2): each level half the size of the one before, by an antialiased bilinear filter. A point reads all of them, so
/// that gradients reach many texels and the volume does not fall apart.
/// </summary>
public static class FeaturePyramid
{
    /// <summary>Builds the levels.</summary>
    /// <param name="planes">Finest level (N, 3, H, W, C).</param>
    /// <param name="kind">Whether a level comes from the finest (released code) or from the one before (paper).</param>
    /// <param name="levels">Number of levels, the finest included.</param>
    /// <returns>Levels, finest first; the first is <paramref name="planes"/> itself. Level l has floor(H / 2^l) x floor(W / 2^l) texels.</returns>
    /// <exception cref="ArgumentException">The planes have another shape or are too small for that many levels.</exception>
    public static IReadOnlyList<Tensor> Build(Tensor planes, PyramidKind kind, int levels)
    {
        Triplane.RequirePlanes(planes, "planes");
        ArgumentOutOfRangeException.ThrowIfLessThan(levels, 1);
        if (levels > 31 || Math.Min(planes.Shape[2], planes.Shape[3]) >> (levels - 1) < 1)
        {
            throw new ArgumentException($"Planes of {planes.Shape[2]} x {planes.Shape[3]} texels have no {levels} pyramid levels.", nameof(levels));
        }

        var pyramid = new Tensor[levels];
        pyramid[0] = planes;
        for (int level = 1; level < levels; level++)
        {
            pyramid[level] = kind == PyramidKind.Direct ? Reduce(planes, 1 << level) : Reduce(pyramid[level - 1], 2);
        }

        return pyramid;
    }

    // All planes as one batch of pictures.
    private static Tensor Reduce(Tensor planes, int scale)
    {
        int count = planes.Shape[0], height = planes.Shape[2], width = planes.Shape[3], channels = planes.Shape[4];
        using Tensor pictures = planes.Reshape(count * 3, height, width, channels);
        using Tensor reduced = Functional.Resize2d(
            pictures, height / scale, width / scale, ResizeMode2d.Bilinear, antialias: true, scale: (1.0 / scale, 1.0 / scale));
        return reduced.Reshape(count, 3, height / scale, width / scale, channels);
    }
}
