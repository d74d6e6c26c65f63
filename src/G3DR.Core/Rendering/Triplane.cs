using G3DR.Core.Rendering.Operations;
using G3DR.Core.Tensors;
using G3DR.Kernels.Rendering;

namespace G3DR.Core.Rendering;

/// <summary>
/// Features of points in a volume that three axis-aligned planes of feature texels describe (Chan et al., EG3D, CVPR 2022). Bilinear between texels, zero outside
/// of the box. Gradients flow to the planes, not to the points.
/// </summary>
public static class Triplane
{
    /// <summary>Mean over the three planes of the sum over the pyramid levels: what the decoder reads.</summary>
    /// <param name="levels">Levels (N, 3, H, W, C), each of its own size; see <see cref="FeaturePyramid"/>.</param>
    /// <param name="points">World positions (N, M, 3).</param>
    /// <param name="axes">What the planes read.</param>
    /// <param name="boxSize">Side of the cube that the planes span.</param>
    /// <returns>Features (N, M, C).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Sample(IReadOnlyList<Tensor> levels, Tensor points, PlaneAxes axes, double boxSize = 2)
    {
        using var scope = TensorScope.Begin(points.Accelerator);
        return scope.Keep(Features(levels, points, axes, boxSize).Mean([1]));
    }

    /// <summary>Sum over the pyramid levels of the features that each plane has for each point.</summary>
    /// <param name="levels">Levels (N, 3, H, W, C), each of its own size.</param>
    /// <param name="points">World positions (N, M, 3).</param>
    /// <param name="axes">What the planes read.</param>
    /// <param name="boxSize">Side of the cube that the planes span.</param>
    /// <returns>Features (N, 3, M, C).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Features(IReadOnlyList<Tensor> levels, Tensor points, PlaneAxes axes, double boxSize = 2)
    {
        RaySampler.RequireBox(boxSize);
        if (levels.Count == 0)
        {
            throw new ArgumentException("Sampling needs at least one level of planes.", nameof(levels));
        }

        foreach (Tensor level in levels)
        {
            RequirePlanes(level, "planes of a level");
            if (level.Shape[0] != levels[0].Shape[0] || level.Shape[4] != levels[0].Shape[4])
            {
                throw new ArgumentException($"All levels need the same number of scenes and channels; got {levels[0].Shape} and {level.Shape}.");
            }
        }

        ShapeGuard.Require(points, "points", $"({levels[0].Shape[0]}, M, 3)", levels[0].Shape[0], -1, 3);
        var op = new PlaneSampleOp(axes, boxSize);
        Tensor sum = op.Apply(levels[0], points);
        for (int level = 1; level < levels.Count; level++)
        {
            using Tensor before = sum, next = op.Apply(levels[level], points);
            sum = before + next;
        }

        return sum;
    }

    /// <summary>Plane coordinates (u along W, v along H) of points, in [-1, 1] inside the box.</summary>
    /// <param name="points">World positions (N, M, 3).</param>
    /// <param name="axes">What the planes read.</param>
    /// <param name="boxSize">Side of the cube that the planes span.</param>
    /// <returns>Coordinates (N, 3, M, 2), a constant for gradients.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Coordinates(Tensor points, PlaneAxes axes, double boxSize = 2)
    {
        RaySampler.RequireBox(boxSize);
        ShapeGuard.Require(points, "points", "(N, M, 3)", -1, -1, 3);
        return new PlaneCoordinatesOp(axes, boxSize).Apply(points);
    }

    internal static void RequirePlanes(Tensor planes, string what) => ShapeGuard.Require(planes, what, "(N, 3, H, W, C)", -1, 3, -1, -1, -1);
}
