using System.Text.Json;
using G3DR.Core.Rendering;
using G3DR.Core.Tensors;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>render/decoder: features to density and colour.</summary>
internal sealed class DecoderVerifier() : TensorVerifier("decoder", "cases")
{
    /// <summary>A decoder of the parameters stored under a prefix, as leaves.</summary>
    public static TriplaneDecoder Load(VectorRun run, string prefix, double learningRateMultiplier = 1, bool usesDirections = false) => new(
        VectorRun.Leaf(run.Get(prefix + "net.0.weight")),
        VectorRun.Leaf(run.Get(prefix + "net.0.bias")),
        VectorRun.Leaf(run.Get(prefix + "net.2.weight")),
        VectorRun.Leaf(run.Get(prefix + "net.2.bias")),
        usesDirections,
        learningRateMultiplier);

    protected override IEnumerable<VectorCheck> Verify(VectorRun run)
    {
        int index = 0;
        foreach (JsonElement config in run.Config.Items("cases"))
        {
            string prefix = $"d{index++}.";
            using TriplaneDecoder decoder = Load(run, prefix, config.Number("lr_mul"));
            Tensor features = VectorRun.Leaf(run.Get(prefix + "features"));

            // The file has the features of every plane; their mean is what the decoder reads.
            (Tensor density, Tensor color) = decoder.Decode(features.Mean([1]));
            yield return run.Check(prefix + "sigma", density);
            yield return run.Check(prefix + "rgb", color);
            Tensor[] gradients = Autograd.Gradients(
                [density, color],
                [run.GetSamples(prefix + "cot_sigma"), run.Get(prefix + "cot_rgb")],
                [features, .. decoder.Parameters.Values]);
            yield return run.Check(prefix + "grad_features", gradients[0]);
            int parameter = 1;
            foreach (string name in decoder.Parameters.Keys)
            {
                yield return run.Check($"{prefix}grad_{name}", gradients[parameter++]);
            }
        }
    }
}
