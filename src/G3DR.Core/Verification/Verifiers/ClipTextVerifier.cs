using System.Globalization;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Core.Weights;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>
/// pretrained/clip_vit_l14_text: the text encoder of latent diffusion, whose weights are made from Hugging Face's names: queries, keys and values have names of their own.
/// </summary>
internal sealed class ClipTextVerifier() : PretrainedVerifier("clip_vit_l14_text")
{
    private const string Joined = ".attn.in_proj_";

    protected override bool IsLarge(ReferenceVectors vectors) => true;

    protected override IEnumerable<VectorCheck> Verify(VectorRun run)
    {
        using var encoder = new ClipTextEncoder(Initializer.Empty(run.Device, run.DType), ClipOptions.VitL14.Text with { EmbeddingWidth = null });
        Fill(run, encoder);
        List<VectorCheck> rows = [];
        Action<string, Tensor> observe = run.Observe(rows);
        encoder.Forward(ClipVerifier.Rows(run, "input_ids"), (name, tensor) => observe(Theirs(name), tensor));
        return rows;
    }

    // State K is what block K - 1 gives.
    private static string Theirs(string name) => name.StartsWith("block", StringComparison.Ordinal)
        ? string.Create(CultureInfo.InvariantCulture, $"hidden_state_{int.Parse(name.AsSpan("block".Length), CultureInfo.InvariantCulture) + 1}")
        : name;

    private static void Fill(VectorRun run, ClipTextEncoder encoder)
    {
        var names = new WeightNameMap(ClipNames.Text.Where(rule => rule.From.Count == 1)).Inverse();
        HashInitOptions recipe = run.Recipe();
        encoder.Freeze();
        foreach ((string name, Tensor tensor) in encoder.State)
        {
            if (!name.Contains(Joined, StringComparison.Ordinal))
            {
                Fill(tensor, names.Apply(name), recipe);
                continue;
            }

            // The name of a neighbour, which is a tensor of its own.
            string output = names.Apply(name.Replace(Joined, ".attn.out_proj.", StringComparison.Ordinal));
            using var scope = TensorScope.Begin(run.Device);
            Tensor[] parts = [.. "qkv".Select(part =>
            {
                Tensor rows = tensor.Slice(0, 0, tensor.Shape[0] / 3).Clone();
                Fill(rows, output.Replace("out_proj", $"{part}_proj", StringComparison.Ordinal), recipe);
                return rows;
            })];
            tensor.CopyFrom(Tensor.Concat(parts));
        }
    }

    private static void Fill(Tensor tensor, string name, HashInitOptions recipe) => HashInit.Fill(new Dictionary<string, Tensor> { [name] = tensor }, HashInitRules.Pretrained, recipe);
}
