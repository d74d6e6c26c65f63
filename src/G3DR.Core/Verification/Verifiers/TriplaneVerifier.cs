using System.Text.Json;
using G3DR.Core.Rendering;
using G3DR.Core.Tensors;
using G3DR.Kernels.Rendering;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>render/triplane: features of points, on levels of independent content and on a single level of odd sizes.</summary>
internal sealed class TriplaneVerifier() : TensorVerifier("triplane", "sizes", "box_warp", "odd")
{
    protected override IEnumerable<VectorCheck> Verify(VectorRun run)
    {
        string[] planes = [.. Enumerable.Range(0, run.Config.Items("sizes").Length).Select(level => $"planes{level}")];
        return Sample(run, "hie.", planes, run.Config).Concat(Sample(run, "single.", ["planes"], run.Config.Entry("odd"))).Append(run.Check("plane_axes", Axes(run)));
    }

    private static IEnumerable<VectorCheck> Sample(VectorRun run, string prefix, string[] planes, JsonElement config)
    {
        double box = config.Number("box_warp");
        Tensor[] levels = [.. planes.Select(name => VectorRun.Leaf(run.GetImages(prefix + name)))];
        Tensor points = run.Get(prefix + "coords");
        yield return run.Check(prefix + "features", Triplane.Features(levels, points, PlaneAxes.Official, box));
        if (run.Contains(prefix + "uv"))
        {
            yield return run.Check(prefix + "uv", Triplane.Coordinates(points, PlaneAxes.Official, box));
        }

        Tensor mean = Triplane.Sample(levels, points, PlaneAxes.Official, box);
        yield return run.Check(prefix + "mean", mean);
        Tensor[] gradients = Autograd.Gradients([mean], [run.Get(prefix + "cot")], levels);
        for (int level = 0; level < levels.Length; level++)
        {
            yield return run.CheckImages($"{prefix}grad_{planes[level]}", gradients[level]);
        }
    }

    // The reference gives EG3D's three matrices A_k with uv = the first two of p' inv(A_k). A_k is orthogonal, so its row j is the unit vector of coordinate j: the
    // first two rows are the coordinates that the planes give unit points, and the third completes the permutation.
    private static double[] Axes(VectorRun run)
    {
        double[] units = [1, 0, 0, 0, 1, 0, 0, 0, 1];
        using Tensor points = Tensor.FromArray(run.Device, units, [1, 3, 3]).ToType(run.DType);
        double[] uv = Triplane.Coordinates(points, PlaneAxes.Official, 2).ToDoubles();
        var matrices = new double[3 * 3 * 3];
        for (int plane = 0; plane < 3; plane++)
        {
            for (int axis = 0; axis < 3; axis++)
            {
                double u = uv[(plane * 6) + (axis * 2)], v = uv[(plane * 6) + (axis * 2) + 1];
                matrices[(plane * 9) + axis] = u;
                matrices[(plane * 9) + 3 + axis] = v;
                matrices[(plane * 9) + 6 + axis] = 1 - u - v;
            }
        }

        return matrices;
    }
}
