using G3DR.Core.Rendering;
using G3DR.Core.Tensors;

namespace G3DR.Tests.Rendering;

public class DecoderVectorTests
{
    public static TheoryData<string> Configurations => VectorCase.Configurations;

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Density_colour_and_gradients_match_the_released_code(string configuration)
    {
        using var vectors = new VectorCase("render/decoder.safetensors", configuration);
        int index = 0;
        foreach (System.Text.Json.JsonElement config in vectors.Config.GetProperty("cases").EnumerateArray())
        {
            string prefix = $"d{index++}.";
            using TriplaneDecoder decoder = Load(vectors, prefix, config.GetProperty("lr_mul").GetDouble());
            Tensor features = vectors.Leaf(vectors.Get(prefix + "features"));
            (Tensor density, Tensor color) = decoder.Decode(features.Mean([1]));
            vectors.Check(prefix + "sigma", density);
            vectors.Check(prefix + "rgb", color);
            string[] names = [.. decoder.Parameters.Keys];
            Tensor[] gradients = Autograd.Gradients(
                [density, color],
                [vectors.GetSamples(prefix + "cot_sigma"), vectors.Get(prefix + "cot_rgb")],
                [features, .. decoder.Parameters.Values]);
            vectors.Check(prefix + "grad_features", gradients[0]);
            for (int i = 0; i < names.Length; i++)
            {
                vectors.Check($"{prefix}grad_{names[i]}", gradients[i + 1]);
            }
        }

        vectors.CheckNothingForgotten();
    }

    internal static TriplaneDecoder Load(VectorCase vectors, string prefix, double learningRateMultiplier = 1, bool usesDirections = false) => new(
        vectors.Leaf(vectors.Get(prefix + "net.0.weight")),
        vectors.Leaf(vectors.Get(prefix + "net.0.bias")),
        vectors.Leaf(vectors.Get(prefix + "net.2.weight")),
        vectors.Leaf(vectors.Get(prefix + "net.2.bias")),
        usesDirections,
        learningRateMultiplier);
}
