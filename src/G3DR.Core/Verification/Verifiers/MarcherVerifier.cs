using System.Text.Json;
using G3DR.Core.Rendering;
using G3DR.Core.Tensors;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>render/marcher: the released code's mid-point rule, with and without gradient scaling.</summary>
internal sealed class MarcherVerifier() : TensorVerifier("marcher", "cases")
{
    protected override IEnumerable<VectorCheck> Verify(VectorRun run)
    {
        int index = 0;
        foreach (JsonElement config in run.Config.Items("cases"))
        {
            string prefix = $"m{index++}.";
            Tensor colors = VectorRun.Leaf(run.Get(prefix + "colors")), densities = VectorRun.Leaf(run.GetSamples(prefix + "densities"));
            Tensor depths = run.GetSamples(prefix + "depths"), surface = run.GetPerRay(prefix + "target_depth", depths);
            foreach ((string suffix, DepthKernel? kernel) in new[] { (string.Empty, null), ("_scaled", DepthKernel.Official) })
            {
                MarchingResult marched = VolumeMarching.MidPoint(
                    colors, densities, depths, config.Flag("white"), kernel, kernel is null ? null : surface);
                yield return run.Check(prefix + "rgb", marched.Color);
                yield return run.Check(prefix + "depth", marched.Depth);
                yield return run.Check(prefix + "weights", marched.Weights);
                yield return run.Check(prefix + "weight_total", marched.Opacity);
                if (kernel is not null)
                {
                    yield return run.Check(prefix + "kernel", kernel.Values(marched.Centers, surface));
                }

                Tensor[] gradients = Autograd.Gradients(
                    [marched.Color, marched.Depth, marched.Weights, marched.Opacity],
                    [
                        run.Get(prefix + "cot_rgb"),
                        run.GetSamples(prefix + "cot_depth"),
                        run.GetSamples(prefix + "cot_weights"),
                        run.GetSamples(prefix + "cot_weight_total"),
                    ],
                    [colors, densities]);
                yield return run.Check($"{prefix}grad_colors{suffix}", gradients[0]);
                yield return run.Check($"{prefix}grad_densities{suffix}", gradients[1]);
            }
        }
    }
}
