using System.Text.Json;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>pretrained/rcan_*: the released RCAN of several sizes, what lies on its way, and gradients. The weights of one lie beside it, the others' are hashed.</summary>
internal sealed class RcanVerifier() : PretrainedVerifier("rcan_")
{
    private const string Gradient = "grad_param.", InputGradient = "grad_input", Output = "output";

    // What the released code's residual groups have at most in the small sizes.
    private const int LargeGroups = 4;

    protected override bool IsLarge(ReferenceVectors vectors) => vectors.Config.Entry("config").Integer("n_resgroups") > LargeGroups;

    protected override IEnumerable<VectorCheck> Verify(VectorRun run)
    {
        JsonElement config = run.Config.Entry("config");
        using Rcan network = new(Initializer.Empty(run.Device, run.DType), new()
        {
            Scale = config.Items("scale")[0].GetInt32(),
            Groups = config.Integer("n_resgroups"),
            Blocks = config.Integer("n_resblocks"),
            Features = config.Integer("n_feats"),
            Reduction = config.Integer("reduction"),
        });
        Fill(run, network);
        network.Unfreeze();
        Tensor input = VectorRun.Leaf(run.MadeImages("input"));
        List<VectorCheck> stages = [];
        Tensor output = network.Forward(input, run.Observe(stages));
        foreach (VectorCheck stage in stages)
        {
            yield return stage;
        }

        yield return run.CheckImages(Output, output);

        // The reference's loss is sum(output * cotangent) / 255.
        (string Name, Tensor Tensor)[] wanted = [.. network.Parameters.Where(parameter => run.Contains(Gradient + parameter.Key)).Select(pair => (pair.Key, pair.Value))];
        Tensor cotangent = run.MadeImages("cotangent") / Rcan.Range;
        Tensor[] gradients = Autograd.Gradients([output], [cotangent], [input, .. wanted.Select(parameter => parameter.Tensor)]);
        yield return run.CheckImageGradient(InputGradient, gradients[0]);
        for (int i = 0; i < wanted.Length; i++)
        {
            yield return run.CheckGradient(Gradient + wanted[i].Name, gradients[i + 1]);
        }
    }

    private static void Fill(VectorRun run, Rcan network)
    {
        string weights = run.Config.Text("weights");
        if (weights.EndsWith(".safetensors", StringComparison.Ordinal) && Path.GetFileName(weights) == weights)
        {
            network.Load(Path.Combine(Path.GetDirectoryName(run.FilePath)!, weights));
            return;
        }

        run.Fill(network);
        network.ResetMeans();
    }
}
