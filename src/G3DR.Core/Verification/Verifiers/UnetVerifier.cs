using G3DR.Core.Networks;
using G3DR.Core.Tensors;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>unet/unet_*: the released U-Net of small sizes, what lies on its way, and all gradients.</summary>
internal sealed class UnetVerifier() : TensorVerifier(Family, "dim", "dim_mults", "groups", "image_size", "channels", "out_dim", "pos_channels")
{
    private const string Family = "unet_", Stage = "stage.", Gradient = "grad.";

    public override bool KnowsName(string fileName) => fileName.StartsWith(Family, StringComparison.Ordinal);

    protected override IEnumerable<VectorCheck> Verify(VectorRun run)
    {
        UnetOptions options = UnetParameters.Options(run.Config, run.Config.Integer("out_dim"));
        UnetParameters.RequireSizes(run, options);
        using Unet unet = UnetParameters.Fill(run, new Unet(Initializer.Empty(run.Device, run.DType), options));
        Tensor input = VectorRun.Leaf(run.GetImages("input"));
        List<VectorCheck> stages = [];
        Tensor planes = unet.Forward(input, (name, output) =>
        {
            if (run.Contains(Stage + name))
            {
                // One embedding serves all pictures; the file repeats it for each.
                stages.Add(output.Rank == 2
                    ? run.Check(Stage + name, output.BroadcastTo([input.Shape[0], output.Shape[1]]))
                    : run.CheckImages(Stage + name, output));
            }
        });
        foreach (VectorCheck stage in stages)
        {
            yield return stage;
        }

        yield return run.CheckImages("planes", planes);
        (string[] names, Tensor[] parameters) = ([.. unet.Parameters.Keys], [.. unet.Parameters.Values]);
        Tensor[] gradients = Autograd.Gradients([planes], [run.GetImages("cot_planes")], [input, .. parameters]);
        yield return run.CheckImages(Gradient + "input", gradients[0]);
        for (int i = 0; i < names.Length; i++)
        {
            yield return run.Check(Gradient + names[i], gradients[i + 1]);
        }
    }
}
