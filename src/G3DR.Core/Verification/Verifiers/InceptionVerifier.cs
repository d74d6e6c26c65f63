using G3DR.Core.Networks;
using G3DR.Core.Tensors;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>pretrained/fid_inception: the Inception network of FID, its features and both kinds of logits.</summary>
internal sealed class InceptionVerifier() : PretrainedVerifier("fid_inception")
{
    protected override bool IsLarge(ReferenceVectors vectors) => true;

    protected override IEnumerable<VectorCheck> Verify(VectorRun run)
    {
        using IDisposable constant = run.Device.NoGrad();
        using FidInception network = run.Fill(new FidInception(Initializer.Empty(run.Device, run.DType)));
        List<VectorCheck> stages = [];
        Tensor features = network.Forward(run.MadeImages("input"), run.Observe(stages));
        return [
            .. stages,
            run.Check("pool3", features),
            run.Check("logits", network.Logits(features)),
            run.Check("logits_no_bias", network.Logits(features, bias: false)),
        ];
    }
}
