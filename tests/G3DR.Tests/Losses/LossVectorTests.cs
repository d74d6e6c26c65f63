using G3DR.Core.Losses;
using G3DR.Core.Tensors;
using G3DR.Tests.Rendering;

namespace G3DR.Tests.Losses;

public class LossVectorTests
{
    public static TheoryData<string> Configurations => VectorCase.Configurations;

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Losses_and_gradients_match_the_reference(string configuration)
    {
        using var vectors = new VectorCase("train/losses.safetensors", configuration);
        CheckPictures(vectors);
        CheckRays(vectors);
        CheckSigma(vectors);
        vectors.CheckNothingForgotten();
    }

    private static void CheckPictures(VectorCase vectors)
    {
        Tensor depth = vectors.Leaf(vectors.GetImages("tv.depth"));
        Tensor variation = PictureLosses.TotalVariation(depth);
        vectors.Check("tv", variation);
        vectors.CheckImages("grad_tv", GradientOf(variation, depth));

        Tensor actual = vectors.Leaf(vectors.GetImages("img.pred")), expected = vectors.GetImages("img.target");
        Tensor l1 = PictureLosses.L1(actual, expected), l2 = PictureLosses.L2(actual, expected);
        vectors.Check("l1", l1);
        vectors.CheckImages("grad_l1", GradientOf(l1, actual));
        vectors.Check("l2", l2);
        vectors.CheckImages("grad_l2", GradientOf(l2, actual));

        Tensor image = vectors.Leaf(vectors.GetImages("resize.x"));
        int size = vectors.Config.GetProperty("resize_to").GetInt32();
        Tensor resized = ImageResize.Bilinear(image, size, size);
        vectors.CheckImages("resize", resized);
        vectors.CheckImages("grad_resize", Autograd.Gradients([resized], [vectors.GetImages("resize.cot")], [image])[0]);
    }

    private static void CheckRays(VectorCase vectors)
    {
        Tensor opacity = vectors.Leaf(vectors.Get("w.weight_total"));
        Tensor transparency = RayLosses.Transparency(opacity);
        vectors.Check("weight", transparency);
        vectors.Check("grad_weight", GradientOf(transparency, opacity));

        Tensor weights = vectors.Leaf(vectors.GetSamples("kl.weights"));
        Tensor loss = RayLosses.KlDepth(
            weights,
            vectors.GetSamples("kl.depths"),
            vectors.GetSamples("kl.deltas"),
            vectors.Get("kl.target", [.. weights.Shape.AsSpan()[..^1]]),
            vectors.Config.GetProperty("kl_s2").GetDouble());
        vectors.Check("kl_depth", loss);
        vectors.Check("grad_kl_depth", GradientOf(loss, weights));
    }

    private static void CheckSigma(VectorCase vectors)
    {
        Tensor raw = vectors.Leaf(vectors.Get("ds.sigma_raw"));
        Tensor near = vectors.GetSamples("ds.near"), far = vectors.GetSamples("ds.far");
        int variant = 0;
        foreach (System.Text.Json.JsonElement error in vectors.Config.GetProperty("ds_err").EnumerateArray())
        {
            foreach ((string suffix, Tensor? noise) in new[] { (string.Empty, null), ("_perturbed", vectors.Get("ds.noise")) })
            {
                Tensor distances = SigmaLoss.Distances(near, far, raw.Shape[1], noise);
                Tensor losses = SigmaLoss.PerRay(raw, vectors.Get("ds.rays_d"), distances, vectors.Get("ds.depth"), error.GetDouble());
                vectors.Check($"ds{variant}{suffix}", losses);
                vectors.Check($"grad_ds{variant}{suffix}", Autograd.Gradients([losses], [vectors.Get("ds.cot")], [raw])[0]);
            }

            variant++;
        }
    }

    private static Tensor GradientOf(Tensor loss, Tensor input) =>
        Autograd.Gradients([loss], [Tensor.Ones(loss.Accelerator, loss.Shape, loss.DType)], [input])[0];
}
