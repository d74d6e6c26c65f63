using System.Text.Json;
using G3DR.Core.Losses;
using G3DR.Core.Tensors;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>train/losses: losses on pictures and on rays, DS-NeRF's among them, with their gradients.</summary>
internal sealed class LossVerifier() : TensorVerifier("losses", "resize_to", "kl_s2", "ds_err")
{
    protected override IEnumerable<VectorCheck> Verify(VectorRun run) => Pictures(run).Concat(Resize(run)).Concat(Rays(run)).Concat(Sigma(run));

    private static IEnumerable<VectorCheck> Pictures(VectorRun run)
    {
        Tensor depth = VectorRun.Leaf(run.GetImages("tv.depth"));
        Tensor variation = PictureLosses.TotalVariation(depth);
        yield return run.Check("tv", variation);
        yield return run.CheckImages("grad_tv", GradientOf(variation, depth));

        Tensor actual = VectorRun.Leaf(run.GetImages("img.pred")), expected = run.GetImages("img.target");
        Tensor l1 = PictureLosses.L1(actual, expected), l2 = PictureLosses.L2(actual, expected);
        yield return run.Check("l1", l1);
        yield return run.CheckImages("grad_l1", GradientOf(l1, actual));
        yield return run.Check("l2", l2);
        yield return run.CheckImages("grad_l2", GradientOf(l2, actual));
    }

    private static IEnumerable<VectorCheck> Resize(VectorRun run)
    {
        int size = run.Config.Integer("resize_to");
        Tensor image = VectorRun.Leaf(run.GetImages("resize.x")), cotangent = run.GetImages("resize.cot");
        if (cotangent.Shape[1] != size || cotangent.Shape[2] != size)
        {
            throw new FormatException($"The configuration asks for pictures of {size} x {size}; 'resize.cot' has shape {cotangent.Shape}.");
        }

        Tensor resized = ImageResize.Bilinear(image, size, size);
        yield return run.CheckImages("resize", resized);
        yield return run.CheckImages("grad_resize", Autograd.Gradients([resized], [cotangent], [image])[0]);
    }

    private static IEnumerable<VectorCheck> Rays(VectorRun run)
    {
        Tensor opacity = VectorRun.Leaf(run.Get("w.weight_total"));
        Tensor transparency = RayLosses.Transparency(opacity);
        yield return run.Check("weight", transparency);
        yield return run.Check("grad_weight", GradientOf(transparency, opacity));

        Tensor weights = VectorRun.Leaf(run.GetSamples("kl.weights"));
        Tensor loss = RayLosses.KlDepth(
            weights, run.GetSamples("kl.depths"), run.GetSamples("kl.deltas"), run.GetPerRay("kl.target", weights), run.Config.Number("kl_s2"));
        yield return run.Check("kl_depth", loss);
        yield return run.Check("grad_kl_depth", GradientOf(loss, weights));
    }

    private static IEnumerable<VectorCheck> Sigma(VectorRun run)
    {
        Tensor raw = VectorRun.Leaf(run.Get("ds.sigma_raw"));
        Tensor near = run.GetSamples("ds.near"), far = run.GetSamples("ds.far");
        int variant = 0;
        foreach (JsonElement error in run.Config.Items("ds_err"))
        {
            foreach ((string suffix, Tensor? noise) in new[] { (string.Empty, null), ("_perturbed", run.Get("ds.noise")) })
            {
                Tensor distances = SigmaLoss.Distances(near, far, raw.Shape[1], noise);
                Tensor losses = SigmaLoss.PerRay(raw, run.Get("ds.rays_d"), distances, run.Get("ds.depth"), error.AsNumber("ds_err"));
                yield return run.Check($"ds{variant}{suffix}", losses);
                yield return run.Check($"grad_ds{variant}{suffix}", Autograd.Gradients([losses], [run.Get("ds.cot")], [raw])[0]);
            }

            variant++;
        }
    }

    private static Tensor GradientOf(Tensor loss, Tensor input) =>
        Autograd.Gradients([loss], [Tensor.Ones(loss.Accelerator, loss.Shape, loss.DType)], [input])[0];
}
