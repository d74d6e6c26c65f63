using G3DR.Core.Rendering;
using G3DR.Core.Tensors;
using G3DR.Kernels.Rendering;

namespace G3DR.Tests.Rendering;

public class TriplaneVectorTests
{
    private const string File = "render/triplane.safetensors";

    public static TheoryData<string> Configurations => VectorCase.Configurations;

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Features_and_gradients_match_the_released_code(string configuration)
    {
        using var vectors = new VectorCase(File, configuration);
        Tensor[] levels = [.. Enumerable.Range(0, vectors.Config.GetProperty("sizes").GetArrayLength())
            .Select(level => vectors.Leaf(vectors.GetImages($"hie.planes{level}")))];
        double box = vectors.Config.GetProperty("box_warp").GetDouble();
        Tensor points = vectors.Get("hie.coords");
        vectors.Check("hie.features", Triplane.Features(levels, points, PlaneAxes.Official, box));
        vectors.Check("hie.uv", Triplane.Coordinates(points, PlaneAxes.Official, box));
        Tensor mean = Triplane.Sample(levels, points, PlaneAxes.Official, box);
        vectors.Check("hie.mean", mean);
        Tensor[] gradients = Autograd.Gradients([mean], [vectors.Get("hie.cot")], levels);
        for (int level = 0; level < levels.Length; level++)
        {
            vectors.CheckImages($"hie.grad_planes{level}", gradients[level]);
        }

        double oddBox = vectors.Config.GetProperty("odd").GetProperty("box_warp").GetDouble();
        Tensor plane = vectors.Leaf(vectors.GetImages("single.planes"));
        points = vectors.Get("single.coords");
        vectors.Check("single.features", Triplane.Features([plane], points, PlaneAxes.Official, oddBox));
        mean = Triplane.Sample([plane], points, PlaneAxes.Official, oddBox);
        vectors.Check("single.mean", mean);
        vectors.CheckImages("single.grad_planes", Autograd.Gradients([mean], [vectors.Get("single.cot")], [plane])[0]);

        vectors.Check("plane_axes", PlaneAxesMatrices(vectors));
        vectors.CheckNothingForgotten();
    }

    // The reference gives the three matrices A_k of EG3D with uv = first two of p' inv(A_k); A_k is orthogonal, so row j of A_k is the unit vector
    // of coordinate j. The first two rows are read off by sampling plane coordinates of unit points; the third completes the permutation.
    private static double[] PlaneAxesMatrices(VectorCase vectors)
    {
        double[] units = [1, 0, 0, 0, 1, 0, 0, 0, 1];
        Tensor points = vectors.DType == DType.Float32
            ? Tensor.FromArray(vectors.Device, Array.ConvertAll(units, v => (float)v), [1, 3, 3])
            : Tensor.FromArray(vectors.Device, units, [1, 3, 3]);
        double[] uv = Triplane.Coordinates(points, PlaneAxes.Official, 2).ToDoubles();
        double[] matrices = new double[27];
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
