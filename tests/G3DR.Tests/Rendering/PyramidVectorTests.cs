using G3DR.Core.Rendering;
using G3DR.Core.Tensors;
using G3DR.Kernels.Rendering;

namespace G3DR.Tests.Rendering;

public class PyramidVectorTests
{
    public static TheoryData<string> Configurations => VectorCase.Configurations;

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Levels_and_gradients_match_the_reference(string configuration)
    {
        using var vectors = new VectorCase("render/pyramid.safetensors", configuration);
        for (int i = 0; i < vectors.Config.GetProperty("shapes").GetArrayLength(); i++)
        {
            string prefix = $"s{i}.";
            foreach ((string name, PyramidKind kind) in new[] { ("direct", PyramidKind.Direct), ("cascade", PyramidKind.Cascade) })
            {
                Tensor image = vectors.GetImages(prefix + "x");

                // The pyramid works on (N, 3, H, W, C); here every one of the three planes is the picture.
                Tensor x = vectors.Leaf(Tensor.Concat([Plane(image), Plane(image), Plane(image)], axis: 1));
                IReadOnlyList<Tensor> levels = FeaturePyramid.Build(x, kind, 3);
                Tensor halfCotangent = OnPlane(vectors, vectors.GetImages(prefix + "cot_half"), plane: 1);
                Tensor quarterCotangent = OnPlane(vectors, vectors.GetImages(prefix + "cot_quarter"), plane: 1);
                vectors.CheckImages(prefix + "half", PlaneOf(levels[1], 0));
                vectors.CheckImages($"{prefix}quarter_{name}", PlaneOf(levels[2], 2));

                Tensor half = Autograd.Gradients([levels[1]], [halfCotangent], [x], retainGraph: true)[0];
                Tensor quarter = Autograd.Gradients([levels[2]], [quarterCotangent], [x], retainGraph: true)[0];
                Tensor total = Autograd.Gradients([levels[1], levels[2]], [halfCotangent, quarterCotangent], [x])[0];
                vectors.CheckImages(prefix + "grad_half", PlaneOf(half, 1));
                vectors.CheckImages($"{prefix}grad_quarter_{name}", PlaneOf(quarter, 1));
                vectors.CheckImages($"{prefix}grad_{name}_total", PlaneOf(total, 1));
                Assert.All(PlaneOf(total, 0).ToDoubles(), g => Assert.Equal(0, g));
            }
        }

        vectors.CheckNothingForgotten();
    }

    private static Tensor Plane(Tensor image) => image.Reshape([image.Shape[0], 1, .. image.Shape.AsSpan()[1..]]);

    private static Tensor OnPlane(VectorCase vectors, Tensor image, int plane)
    {
        Tensor own = Plane(image), none = Tensor.Zeros(vectors.Device, own.Shape, own.DType);
        return Tensor.Concat([.. Enumerable.Range(0, 3).Select(i => i == plane ? own : none)], axis: 1);
    }

    private static Tensor PlaneOf(Tensor planes, int plane) => planes.Slice(1, plane, 1);
}
