using System.Text.Json;
using G3DR.Core.Weights;
using G3DR.Tests.Support;

namespace G3DR.Tests.Cli;

public sealed class WeightsCommandTests : IDisposable
{
    private static readonly string s_checkpoint = Vectors.PathOf("pretrained/pt_g3dr_checkpoint.pt");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Inspect_lists_tensors_and_metadata()
    {
        CommandRun run = (await CommandRun.Of("weights", "inspect", s_checkpoint, "--filter", "model/*")).Succeeded();
        Assert.Contains("model/module.0.weight  F32      [4, 3, 3, 3]", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("opt/state", run.Output, StringComparison.Ordinal);
        Assert.Contains("6 of 24 tensors, 130 elements, 520 bytes.", run.Output, StringComparison.Ordinal);
        Assert.Contains("step: 123", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_prints_values_as_json()
    {
        CommandRun run = (await CommandRun.Of("weights", "inspect", Vectors.PathOf("malformed/ok_reference.safetensors"), "--values", "--json")).Succeeded();
        using JsonDocument json = JsonDocument.Parse(run.Output);
        JsonElement first = json.RootElement.GetProperty("tensors")[0];
        Assert.Equal("a", first.GetProperty("name").GetString());
        Assert.Equal(2.5, first.GetProperty("mean").GetDouble());
        Assert.Equal(5, first.GetProperty("maximum").GetDouble());
        Assert.Equal(0, first.GetProperty("notFinite").GetInt64());
    }

    [Fact]
    public async Task A_checkpoint_converts_and_compares_equal()
    {
        string path = _folder.PathOf("model.safetensors");
        CommandRun run = (await CommandRun.Of("weights", "convert", s_checkpoint, path, "--metadata", "license=MIT")).Succeeded();
        Assert.Equal($"{path}\n6 tensors, 520 bytes.\n", run.Output.ReplaceLineEndings("\n"));
        Assert.StartsWith("All 6 tensors are equal.", (await CommandRun.Of("weights", "diff", s_checkpoint, path)).Succeeded().Output, StringComparison.Ordinal);
        Assert.Contains("license: MIT", (await CommandRun.Of("weights", "inspect", path)).Succeeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Smaller_types_differ_within_a_tolerance()
    {
        string path = _folder.PathOf("half.safetensors");
        (await CommandRun.Of("weights", "convert", s_checkpoint, path, "--dtype", "bf16", "--prefix", "module.", "--shard-size", "150")).Succeeded();
        string index = $"{path}.index.json";
        using (WeightFile file = WeightFile.Open(index))
        {
            Assert.All(file.Tensors.Values, tensor => Assert.Equal(WeightDtype.BF16, tensor.Dtype));
            Assert.Contains("0.weight", file.Tensors.Keys);
        }

        CommandRun run = await CommandRun.Of("weights", "diff", index, index, "--json");
        Assert.True(JsonDocument.Parse(run.Succeeded().Output).RootElement.GetProperty("equal").GetBoolean());
        Assert.Equal(1, (await CommandRun.Of("weights", "diff", s_checkpoint, index)).Code);
    }

    [Fact]
    public async Task Check_says_what_a_network_lacks()
    {
        CommandRun run = await CommandRun.Of("weights", "check", s_checkpoint, "--names", Vectors.PathOf("unet/official_state_dict.json"));
        Assert.Equal(1, run.Code);
        Assert.Contains("0 of 279 tensors fit; 279 missing, 6 unexpected", run.Output, StringComparison.Ordinal);
        Assert.Contains("\n  pos_embed\n", run.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_against_other_weights_finds_the_same_network()
    {
        string path = _folder.PathOf("model.safetensors");
        (await CommandRun.Of("weights", "convert", s_checkpoint, path, "--prefix", "module.")).Succeeded();
        CommandRun run = (await CommandRun.Of("weights", "check", s_checkpoint, "--against", path, "--json")).Succeeded();
        Assert.True(JsonDocument.Parse(run.Output).RootElement.GetProperty("complete").GetBoolean());
    }

    [Fact]
    public async Task Check_chooses_the_naming_that_fits()
    {
        string names = Vectors.PathOf("pretrained/lpips_alex.names.json"), path = _folder.PathOf("lin.safetensors");
        var writer = new SafetensorsWriter();
        foreach ((string name, long[] shape) in NetworkListing.Load(names)[1].Shapes)
        {
            writer.Add(name, shape, new float[shape[1]]);
        }

        writer.Save(path);
        Assert.StartsWith("Naming: lpips_lin_file", (await CommandRun.Of("weights", "check", path, "--names", names)).Succeeded().Output, StringComparison.Ordinal);
        Assert.Equal(1, (await CommandRun.Of("weights", "check", path, "--names", names, "--naming", "torchvision")).Code);
        (await CommandRun.Of("weights", "check", path, "--names", names, "--naming", "other")).Refused(2);
    }

    [Fact]
    public async Task A_network_that_is_recognised_needs_no_listing()
    {
        string path = _folder.PathOf("tiny.safetensors");
        (await CommandRun.Of("weights", "new", "--network", "unet", "--size", "tiny", "--out", path)).Succeeded();
        Assert.StartsWith("Looks like U-Net and decoder of G3DR.", (await CommandRun.Of("weights", "check", path)).Succeeded().Output, StringComparison.Ordinal);
        Assert.Contains("Looks like U-Net and decoder of G3DR.", (await CommandRun.Of("weights", "inspect", path)).Succeeded().Output, StringComparison.Ordinal);
        Assert.Contains("looks like no network that is known", (await CommandRun.Of("weights", "check", s_checkpoint)).Refused(1).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_arguments_are_refused()
    {
        string output = _folder.PathOf("out.safetensors");
        (await CommandRun.Of("weights", "convert", s_checkpoint, _folder.PathOf("out.pt"))).Refused(2);
        (await CommandRun.Of("weights", "convert", s_checkpoint, output, "--dtype", "f8")).Refused(2);
        (await CommandRun.Of("weights", "convert", s_checkpoint, output, "--shard-size", "many")).Refused(2);
        (await CommandRun.Of("weights", "convert", s_checkpoint, output, "--metadata", "MIT")).Refused(2);
        (await CommandRun.Of("weights", "convert", s_checkpoint, output, "--reverse-map")).Refused(2);
        (await CommandRun.Of("weights", "check", s_checkpoint, "--prefix", "a.")).Refused(2);
        (await CommandRun.Of("weights", "diff", s_checkpoint, s_checkpoint, "--tolerance", "-1")).Refused(2);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData("malformed/evil_os_system.pt")]
    [InlineData("malformed/html_instead.pt")]
    [InlineData("malformed/nothing.pt")]
    public async Task Files_that_cannot_be_read_are_refused(string file) => (await CommandRun.Of("weights", "inspect", Vectors.PathOf(file))).Refused(1);
}
