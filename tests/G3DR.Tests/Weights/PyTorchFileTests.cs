using System.Text.Json;
using G3DR.Core.Weights;
using G3DR.Tests.Support;

namespace G3DR.Tests.Weights;

public class PyTorchFileTests
{
    [Theory]
    [InlineData("pt_nested_zip.pt", "pt_nested")]
    [InlineData("pt_nested_zip_protocol4.pt", "pt_nested")]
    [InlineData("pt_nested_legacy.pt", "pt_nested")]
    [InlineData("pt_plain_state_dict.pth", "pt_plain_state_dict")]
    [InlineData("pt_module_state_dict.pth", "pt_module_state_dict")]
    [InlineData("pt_torchscript_clip_tiny.pt", "pt_torchscript_clip_tiny")]
    [InlineData("pt_g3dr_checkpoint.pt", "pt_g3dr_checkpoint")]
    [InlineData("pt_g3dr_checkpoint_legacy.pt", "pt_g3dr_checkpoint")]
    public void A_checkpoint_has_the_expected_names_types_shapes_and_values(string file, string expected)
    {
        using WeightFile actual = WeightFile.Open(PathOf(file), new() { Key = string.Empty });
        using SafetensorsFile reference = SafetensorsFile.Open(PathOf($"{expected}_expected.safetensors"));
        Assert.Equal(reference.Entries.Select(entry => entry.Name).Order(StringComparer.Ordinal), actual.Tensors.Keys.Order(StringComparer.Ordinal));
        foreach (WeightTensor needed in reference.Entries)
        {
            WeightTensor tensor = actual.Tensors[needed.Name];
            Assert.Equal((needed.Name, needed.Dtype), (tensor.Name, tensor.Dtype));
            Assert.Equal(needed.Shape, tensor.Shape);
            Assert.Equal(needed.ReadDoubles(), tensor.ReadDoubles());
            Assert.Equal(BytesOf(needed), BytesOf(tensor));
        }
    }

    [Theory]
    [InlineData("pt_nested_zip.pt")]
    [InlineData("pt_nested_zip_protocol4.pt")]
    [InlineData("pt_nested_legacy.pt")]
    public void Plain_values_are_metadata(string file)
    {
        using WeightFile actual = WeightFile.Open(PathOf(file));
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllText(PathOf("pt_nested_expected.json")));
        foreach (JsonProperty scalar in expected.RootElement.GetProperty("scalars").EnumerateObject())
        {
            string value = actual.Metadata[scalar.Name];
            if (scalar.Value.ValueKind == JsonValueKind.String)
            {
                Assert.Equal(scalar.Value.GetString(), value);
            }
            else
            {
                Assert.True(JsonElement.DeepEquals(scalar.Value, JsonDocument.Parse(value).RootElement), $"{scalar.Name}: {value}");
            }
        }
    }

    [Fact]
    public void Parts_of_a_strided_tensor_are_read_in_order()
    {
        using WeightFile file = WeightFile.Open(PathOf("pt_nested_zip.pt"));
        foreach (string name in (string[])["module.transposed", "module.row_slice", "module.expanded", "module.channels_last"])
        {
            WeightTensor tensor = file.Tensors[name];
            Assert.False(tensor.IsInPlace);
            Assert.Throws<InvalidOperationException>(() => tensor.GetBytes(0, 1).Length);
            Assert.Throws<ArgumentException>(() => tensor.CopyBytesTo(1, new byte[4]));
            float[] whole = tensor.ReadSingles(), part = new float[5];
            tensor.CopyTo(4, part);
            Assert.Equal(whole[4..9], part);
        }
    }

    [Fact]
    public void The_only_state_dictionary_near_the_top_is_chosen()
    {
        using WeightFile checkpoint = WeightFile.Open(PathOf("pt_g3dr_checkpoint.pt"));
        Assert.Equal("model", checkpoint.Key);
        Assert.Equal(["module.0.weight", "module.0.bias", "module.1.weight", "module.1.bias", "module.2.weight", "module.2.bias"], checkpoint.Tensors.Keys);
        Assert.Equal("123", checkpoint.Metadata["step"]);
        using WeightFile averaged = WeightFile.Open(PathOf("pt_nested_zip.pt"), new() { Key = "ema/shadow" });
        Assert.Equal(["conv.weight"], averaged.Tensors.Keys);
        using WeightFile plain = WeightFile.Open(PathOf("pt_plain_state_dict.pth"));
        Assert.Equal(string.Empty, plain.Key);
    }

    [Fact]
    public void A_key_that_is_not_there_is_refused_with_those_that_are()
    {
        WeightsFormatException error = Assert.Throws<WeightsFormatException>(() => WeightFile.Open(PathOf("pt_g3dr_checkpoint.pt"), new() { Key = "net" }));
        Assert.Contains("has no state dictionary 'net'; it has model, opt/state/0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_state_dictionaries_need_a_key()
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("two.pt");
        PickleText first = PickleText.Tensor("0", 1), second = PickleText.Tensor("1", 1);
        CheckpointZip.Write(
            path,
            PickleText.Dictionary(("params", PickleText.Dictionary(("w", first))), ("params_ema", PickleText.Dictionary(("w", second)))),
            ("data/0", BitConverter.GetBytes(1f)),
            ("data/1", BitConverter.GetBytes(2f)));
        WeightsFormatException error = Assert.Throws<WeightsFormatException>(() => WeightFile.Open(path));
        Assert.Contains("2 state dictionaries: params (1 tensors), params_ema (1 tensors)", error.Message, StringComparison.Ordinal);
        using WeightFile file = WeightFile.Open(path, new() { Key = "params_ema" });
        Assert.Equal([2], file.Tensors["w"].ReadSingles());
    }

    [Fact]
    public void Typed_tensors_over_bytes_are_read()
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("f8.pt");
        CheckpointZip.Write(path, PickleText.Dictionary(("w", PickleText.TypedTensor("0", 3, "float8_e4m3fn"))), ("data/0", [0x38, 0xB8, 0x7E]));
        using WeightFile file = WeightFile.Open(path);
        Assert.Equal(WeightDtype.F8E4M3, file.Tensors["w"].Dtype);
        Assert.Equal([1, -1, 448], file.Tensors["w"].ReadSingles());
    }

    [Fact]
    public void Reading_after_disposal_throws()
    {
        WeightFile file = WeightFile.Open(PathOf("pt_plain_state_dict.pth"));
        file.Dispose();
        Assert.All(file.Tensors.Values, tensor => Assert.Throws<ObjectDisposedException>(() => tensor.ReadSingles()));
    }

    private static string PathOf(string file) => Vectors.PathOf(Path.Combine("pretrained", file));

    private static byte[] BytesOf(WeightTensor tensor)
    {
        byte[] bytes = new byte[tensor.ByteCount];
        tensor.CopyBytesTo(0, bytes);
        return bytes;
    }
}
