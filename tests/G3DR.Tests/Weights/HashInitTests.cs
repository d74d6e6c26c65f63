using System.Text.Json;
using G3DR.Core.Tensors;
using G3DR.Core.Weights;
using G3DR.Tests.Support;

namespace G3DR.Tests.Weights;

public class HashInitTests
{
    [Theory]
    [InlineData("features.0.weight", 0xebe83bf6, 0, "64,3,3,3", 1.4142135623730951, 0.156346112f)]
    [InlineData("visual.ln_pre.weight", 0x4ba5cb59, 5, "768", 1, 1.01968145f)]
    [InlineData("token_embedding.weight", 0x73bdd89e, 25_000_000, "49408,512", 1, 0.0594371557f)]
    [InlineData("Mixed_5b.branch1x1.bn.running_var", 0x2ac468ad, 3, "64", 1, 1.01867449f)]
    [InlineData("pretrained.pos_embed", 0xe4552cfb, 7, "1,1370,384", 1, -0.322511345f)]
    public void Rules_of_the_pretrained_networks_give_the_worked_examples(string name, uint hash, long index, string shape, double gain, float expected)
    {
        Assert.Equal(hash, HashInit.Hash(name));
        HashInitScale scale = HashInitRules.Pretrained.ScaleOf(name, Parse(shape), gain)!.Value;
        float[] value = new float[1];
        HashInit.Fill(name, index, scale, value);
        Assert.Equal(expected, value[0]);
    }

    [Fact]
    public void Inputs_give_the_worked_example()
    {
        float[] values = new float[3];
        HashInit.Fill("input0", 0, new(2), values);
        Assert.Equal(0x9ab73311, HashInit.Hash("input0"));
        Assert.Equal(-0.887172699f, values[2]);
    }

    [Theory]
    [InlineData("logit_scale", "")]
    [InlineData("bn.num_batches_tracked", "")]
    public void Scalars_are_not_hashed(string name, string shape) => Assert.Null(HashInitRules.Pretrained.ScaleOf(name, Parse(shape)));

    [Theory]
    [InlineData("ls1.gamma", 0.1, 1)]
    [InlineData("conv.bias", 0.1, 0)]
    [InlineData("bn.running_mean", 0.1, 0)]
    [InlineData("class_embedding", 0.1, 0)]
    public void Vectors_have_their_rule(string name, double scale, double offset) =>
        Assert.Equal(new HashInitScale(scale, offset), HashInitRules.Pretrained.ScaleOf(name, [7]));

    [Fact]
    public void Rules_of_the_official_network_give_its_first_values()
    {
        using SafetensorsFile file = SafetensorsFile.Open(Vectors.PathOf("unet/official_forward.safetensors"));
        Dictionary<string, long[]> shapes = OfficialShapes();
        int checkedTensors = 0;
        foreach (WeightTensor first in file.Entries.Where(entry => entry.Name.StartsWith("first8.", StringComparison.Ordinal)))
        {
            string name = first.Name["first8.".Length..];
            float[] values = new float[8];
            HashInit.Fill(name, 0, HashInitRules.OfficialUnet.ScaleOf(name, shapes[name])!.Value, values);
            Assert.Equal(first.ReadSingles(), values);
            checkedTensors++;
        }

        Assert.Equal(6, checkedTensors);
        float[] input = new float[8];
        HashInit.Fill("input.rgb", 0, new(2), input.AsSpan(0, 4));
        HashInit.Fill("input.depth", 0, new(2, 5), input.AsSpan(4));
        Assert.Equal(file["input_first8"].ReadSingles(), input);
    }

    [SkippableTheory]
    [MemberData(nameof(TestDevice.Configurations), MemberType = typeof(TestDevice))]
    public void Tensors_are_filled_alike_on_every_device(string configuration)
    {
        using TestDevice device = TestDevice.Create(configuration);
        using Tensor weight = Tensor.Zeros(device, [5, 200, 301]), scalar = Tensor.Full(device, [], 3), bias = Tensor.Zeros(device, [4]);
        HashInit.Fill(
            new Dictionary<string, Tensor> { ["a.weight"] = weight, ["logit_scale"] = scalar, ["a.bias"] = bias },
            HashInitRules.Pretrained,
            new() { Prefix = "run2.", Gain = name => name == "a.weight" ? 0.5 : 1, Shift = new Dictionary<string, float> { ["a.bias"] = 17 } });
        float[] expected = new float[weight.Length], expectedBias = new float[4];
        HashInit.Fill("run2.a.weight", 0, new(Math.Sqrt(3) / Math.Sqrt(200 * 301)), expected);
        HashInit.Fill("run2.a.bias", 0, new(0.1), expectedBias);
        Assert.Equal(expected, weight.ToSingles());
        Assert.Equal(Array.ConvertAll(expectedBias, value => value + 17), bias.ToSingles());
        Assert.Equal(3, scalar.Item());
    }

    [Fact]
    public void Double_precision_gets_the_values_of_single()
    {
        using var device = new TestDevice();
        using Tensor tensor = Tensor.Zeros(device, [3, 100], DType.Float64);
        HashInit.Fill(tensor, "x", new(2, 5));
        float[] expected = new float[300];
        HashInit.Fill("x", 0, new(2, 5), expected);
        Assert.Equal(expected.Select(value => (double)value), tensor.ToDoubles());
    }

    internal static Dictionary<string, long[]> OfficialShapes()
    {
        using JsonDocument listing = JsonDocument.Parse(File.ReadAllText(Vectors.PathOf("unet/official_state_dict.json")));
        return listing.RootElement.GetProperty("state_dict").EnumerateObject()
            .ToDictionary(entry => entry.Name, entry => entry.Value.EnumerateArray().Select(size => size.GetInt64()).ToArray());
    }

    private static long[] Parse(string shape) => [.. shape.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse)];
}
