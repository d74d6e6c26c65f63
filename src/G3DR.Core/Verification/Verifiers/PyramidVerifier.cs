using G3DR.Core.Rendering;
using G3DR.Core.Tensors;
using G3DR.Kernels.Rendering;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>render/pyramid: coarser levels of planes, straight from the finest and from level to level.</summary>
internal sealed class PyramidVerifier() : TensorVerifier("pyramid", "shapes")
{
    protected override IEnumerable<VectorCheck> Verify(VectorRun run)
    {
        for (int i = 0; i < run.Config.Items("shapes").Length; i++)
        {
            string prefix = $"s{i}.";
            foreach ((string name, PyramidKind kind) in new[] { ("direct", PyramidKind.Direct), ("cascade", PyramidKind.Cascade) })
            {
                // The pyramid works on (N, 3, H, W, C): all three planes show the picture, and only the second has cotangents, so that what one plane
                // gives to another would be seen in the gradient.
                Tensor x = VectorRun.Leaf(run.GetImages(prefix + "x")), plane = AsPlane(x);
                IReadOnlyList<Tensor> levels = FeaturePyramid.Build(Tensor.Concat([plane, plane, plane], axis: 1), kind, 3);
                Tensor half = OnSecondPlane(run, prefix + "cot_half"), quarter = OnSecondPlane(run, prefix + "cot_quarter");
                yield return run.CheckImages(prefix + "half", levels[1].Slice(1, 0, 1));
                yield return run.CheckImages($"{prefix}quarter_{name}", levels[2].Slice(1, 2, 1));
                yield return run.CheckImages(prefix + "grad_half", Autograd.Gradients([levels[1]], [half], [x], retainGraph: true)[0]);
                yield return run.CheckImages($"{prefix}grad_quarter_{name}", Autograd.Gradients([levels[2]], [quarter], [x], retainGraph: true)[0]);
                yield return run.CheckImages($"{prefix}grad_{name}_total", Autograd.Gradients([levels[1], levels[2]], [half, quarter], [x])[0]);
            }
        }
    }

    private static Tensor AsPlane(Tensor image) => image.Reshape([image.Shape[0], 1, .. image.Shape.AsSpan()[1..]]);

    private static Tensor OnSecondPlane(VectorRun run, string name)
    {
        Tensor own = AsPlane(run.GetImages(name)), none = Tensor.Zeros(run.Device, own.Shape, own.DType);
        return Tensor.Concat([none, own, none], axis: 1);
    }
}
