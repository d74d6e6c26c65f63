using System.Text.Json;
using G3DR.Core.Imaging;
using G3DR.Tests.Docs;
using G3DR.Tests.Reconstruction;
using G3DR.Tests.Support;

namespace G3DR.Tests.Cli;

/// <summary>g3dr reconstruct with a tiny untrained network and a picture that comes with the repository.</summary>
public sealed class ReconstructCommandTests : IDisposable
{
    private static readonly string s_photo = Path.Combine(Documents.Root, "samples", "toys.png"), s_depth = Path.Combine(Documents.Root, "samples", "toys-depth.png");

    private static readonly string[] s_stages = ["start", "device", "picture", "weights", "network", "scene file", "evaluation", "pictures"];

    private readonly TemporaryFolder _folder = new();

    private string Weights => _folder.PathOf("tiny.safetensors");

    private string Result => _folder.PathOf("result");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_writes_what_fit_writes_and_render_reads_the_scene()
    {
        await MakeWeights();
        CommandRun run = (await Reconstruct("--device", "cpu")).Succeeded();
        Assert.Contains("licence of the weights: MIT", run.Output, StringComparison.Ordinal);
        Assert.Contains("source of the weights: untrained", run.Output, StringComparison.Ordinal);
        Assert.Contains($"written to {Result}", run.Output, StringComparison.Ordinal);
        Assert.Equal(
            ["report.json", "scene.safetensors", "sheet.png", "turntable.gif"],
            Directory.GetFiles(Result).Select(file => Path.GetFileName(file)!).Where(name => name != "turntable.mp4").Order(StringComparer.Ordinal));
        Assert.Equal(3, Image.Load(Path.Combine(Result, "sheet.png")).Channels);
        using JsonDocument report = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Result, "report.json")));
        Assert.Equal((32, s_photo), (report.RootElement.GetProperty("size").GetInt32(), report.RootElement.GetProperty("photo").GetString()));
        string view = _folder.PathOf("view.png");
        (await CommandRun.Of("render", Path.Combine(Result, "scene.safetensors"), "--size", "16", "--out", view)).Succeeded();
        Assert.Equal(16, Image.Load(view).Width);
    }

    [Fact]
    public async Task Json_is_the_report_and_its_stages_add_up()
    {
        await MakeWeights();
        CommandRun run = (await Reconstruct("--no-pictures", "--json")).Succeeded();
        Assert.Equal(["report.json", "scene.safetensors"], Directory.GetFiles(Result).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal));
        Assert.Equal(run.Output.Trim(), (await File.ReadAllTextAsync(Path.Combine(Result, "report.json"))).Trim());
        using JsonDocument json = JsonDocument.Parse(run.Output);
        JsonElement report = json.RootElement;
        Assert.Equal(s_stages, report.GetProperty("seconds").EnumerateObject().Select(stage => stage.Name));
        double[] seconds = [.. report.GetProperty("seconds").EnumerateObject().Select(stage => stage.Value.GetDouble())];
        Assert.All(seconds, value => Assert.True(value >= 0));
        Assert.Equal(seconds.Sum(), report.GetProperty("totalSeconds").GetDouble(), 1e-9);
        Assert.Equal("MIT", report.GetProperty("license").GetString());
        Assert.True(report.GetProperty("parameters").GetInt64() > 0);
        Assert.True(report.GetProperty("peakTensorBytes").GetInt64() >= report.GetProperty("parameters").GetInt64() * sizeof(float));
        Assert.True(double.IsFinite(report.GetProperty("result").GetProperty("psnr").GetDouble()));
    }

    [Theory]
    [InlineData("--threads", "-1")]
    [InlineData("--memory", "lots")]
    [InlineData("--device", "tpu")]
    [InlineData("--unknown")]
    public async Task Wrong_arguments_are_refused(params string[] options)
    {
        await MakeWeights();
        (await Reconstruct(options)).Refused(2);
        Assert.False(Directory.Exists(Result));
    }

    [Theory]
    [InlineData("reconstruct")]
    [InlineData("reconstruct", "photo.png", "--depth", "depth.png", "--out", "result")]
    [InlineData("reconstruct", "photo.png", "--weights", "w.safetensors", "--out", "result")]
    public async Task Arguments_that_are_missing_are_told(params string[] arguments) =>
        Assert.Contains("--help", (await CommandRun.Of(arguments)).Refused(2).Error, StringComparison.Ordinal);

    [Fact]
    public async Task Files_that_cannot_be_read_are_told_before_anything_is_written()
    {
        await MakeWeights();
        string none = _folder.PathOf("none.png");
        foreach ((string photo, string depth, string weights, string named) in ((string, string, string, string)[])
        [
            (none, s_depth, Weights, "none.png"),
            (s_photo, none, Weights, "none.png"),
            (Weights, s_depth, Weights, "tiny.safetensors"),
            (s_photo, s_photo, Weights, "depth map is coloured"),
            (s_photo, s_depth, _folder.PathOf("none.safetensors"), "none.safetensors"),
            (s_photo, s_depth, s_photo, "toys.png"),
            (s_photo, s_depth, Vectors.PathOf("malformed/ok_reference.safetensors"), "no tensor 'init_conv.weight'"),
        ])
        {
            CommandRun run = (await CommandRun.Of("reconstruct", photo, "--depth", depth, "--weights", weights, "--out", Result)).Refused(1);
            Assert.Contains(named, run.Error, StringComparison.Ordinal);
            Assert.False(Directory.Exists(Result));
        }
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_told_before_the_network_is_loaded()
    {
        // These weights lack a tensor, which only loading finds: what is told first was looked at first.
        string weights = SmallGenerator.Save(_folder, change: (name, shape) => name == "final_conv.bias" ? null : shape);
        Task<CommandRun> Reconstruct() => CommandRun.Of("reconstruct", s_photo, "--depth", s_depth, "--weights", weights, "--out", Result);
        await File.WriteAllTextAsync(Result, "a file where the folder should be");
        Assert.Contains("result", (await Reconstruct()).Refused(1).Error, StringComparison.Ordinal);
        File.Delete(Result);
        Directory.CreateDirectory(Path.Combine(Result, "scene.safetensors"));
        Assert.Contains("a folder of that name exists", (await Reconstruct()).Refused(1).Error, StringComparison.Ordinal);
        Directory.Delete(Result, recursive: true);
        Assert.Contains("final_conv.bias", (await Reconstruct()).Refused(1).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_little_memory_is_one_line()
    {
        await MakeWeights();
        (await Reconstruct("--memory", "100K")).Refused(1);
        Assert.Empty(Directory.GetFileSystemEntries(Result));
    }

    private async Task MakeWeights() => (await CommandRun.Of("weights", "new", "--size", "tiny", "--out", Weights)).Succeeded();

    private Task<CommandRun> Reconstruct(params string[] options) =>
        CommandRun.Of(["reconstruct", s_photo, "--depth", s_depth, "--weights", Weights, "--out", Result, .. options]);
}
