using G3DR.Core.Rendering;
using G3DR.Core.Tensors;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>render/paper_eq1: the paper's Eq. 1 to 4 on samples, without a kernel and with each of several.</summary>
internal sealed class PaperEquationVerifier() : TensorVerifier("paper_eq1", "cases", "kernels")
{
    protected override IEnumerable<VectorCheck> Verify(VectorRun run)
    {
        DepthKernel?[] kernels = [null, .. run.Config.Items("kernels").Select(kernel => DepthKernelConfig.Read(kernel))];
        for (int i = 0; i < run.Config.Items("cases").Length; i++)
        {
            for (int j = 0; j < kernels.Length; j++)
            {
                foreach (VectorCheck check in Case(run, $"e{i}.", kernels[j], j == 0 ? string.Empty : $"k{j - 1}"))
                {
                    yield return check;
                }
            }
        }
    }

    private static IEnumerable<VectorCheck> Case(VectorRun run, string prefix, DepthKernel? kernel, string kernelName)
    {
        Tensor colors = VectorRun.Leaf(run.Get(prefix + "colors")), sigma = VectorRun.Leaf(run.GetSamples(prefix + "sigma"));
        Tensor t = run.GetSamples(prefix + "t"), delta = run.GetSamples(prefix + "delta"), surface = run.GetPerRay(prefix + "target_depth", t);
        (Tensor scaledSigma, Tensor scaledColors) = (sigma, colors);
        string suffix = string.Empty;
        if (kernel is not null)
        {
            suffix = "_" + kernelName;
            yield return run.Check(prefix + kernelName, kernel.Values(t, surface));
            (scaledSigma, scaledColors) = kernel.ScaleGradients(sigma, colors, t, surface);
        }

        MarchingResult marched = VolumeMarching.Composite(VolumeMarching.Weights(scaledSigma, delta), scaledColors, t);
        Tensor depth = (marched.Weights * t).Sum([-1]);
        yield return run.Check(prefix + "rgb", marched.Color);
        yield return run.Check(prefix + "depth", depth);
        yield return run.Check(prefix + "depth_normalised", marched.Depth);
        yield return run.Check(prefix + "weights", marched.Weights);
        yield return run.Check(prefix + "weight_total", marched.Opacity);
        Tensor[] gradients = Autograd.Gradients(
            [marched.Color, depth, marched.Weights, marched.Opacity],
            [
                run.Get(prefix + "cot_rgb"),
                run.GetSamples(prefix + "cot_depth"),
                run.GetSamples(prefix + "cot_weights"),
                run.GetSamples(prefix + "cot_weight_total"),
            ],
            [sigma, colors]);
        yield return run.Check($"{prefix}grad_sigma{suffix}", gradients[0]);
        yield return run.Check($"{prefix}grad_colors{suffix}", gradients[1]);
    }
}
