using System.Text.Json;
using G3DR.Core.Imaging;
using G3DR.Core.Weights;
using G3DR.Tests.Docs;
using G3DR.Tests.Support;

namespace G3DR.Tests.Cli;

/// <summary>g3dr depth, and the commands that take its weights, with tiny untrained networks and a picture that comes with the repository.</summary>
public sealed class DepthCommandTests : IDisposable
{
    private static readonly string s_photo = Path.Combine(Documents.Root, "samples", "toys.png"), s_depth = Path.Combine(Documents.Root, "samples", "toys-depth.png");

    private readonly TemporaryFolder _folder = new();

    private string Weights => _folder.PathOf("depth.safetensors");

    private string Result => _folder.PathOf("maps");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_writes_a_map_and_a_coloured_one_of_each_photo()
    {
        await MakeWeights();
        string second = _folder.PathOf("second.png");
        Image.Load(s_photo).Crop(0, 0, 40, 30).SavePng(second);
        CommandRun run = (await CommandRun.Of("depth", s_photo, second, "--weights", Weights, "--out", Result, "--raw", "--json", "--device", "cpu")).Succeeded();
        Assert.Equal(
            ["second-depth-color.png", "second-depth.png", "second-depth.safetensors", "toys-depth-color.png", "toys-depth.png", "toys-depth.safetensors"],
            Directory.GetFiles(Result).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal));
        Image map = Image.Load(Path.Combine(Result, "second-depth.png"));
        Assert.Equal((40, 30, 1, 16), (map.Width, map.Height, map.Channels, map.BitDepth));
        Assert.Equal(3, Image.Load(Path.Combine(Result, "second-depth-color.png")).Channels);
        using JsonDocument json = JsonDocument.Parse(run.Output);
        Assert.Equal(("Depth Anything V2 Tiny", "InverseDepth"), (json.RootElement.GetProperty("network").GetString(), json.RootElement.GetProperty("meaning").GetString()));
        JsonElement row = json.RootElement.GetProperty("photos")[1];
        Assert.Equal((second, 40, 30), (row.GetProperty("photo").GetString(), row.GetProperty("width").GetInt32(), row.GetProperty("height").GetInt32()));
        using SafetensorsFile raw = SafetensorsFile.Open(Path.Combine(Result, "second-depth.safetensors"));
        Assert.Equal([30L, 40L], raw["depth"].Shape);
        Assert.Equal(row.GetProperty("maximum").GetSingle(), raw["depth"].ReadSingles().Max());
        Assert.Equal("InverseDepth", raw.Metadata["meaning"]);

        // The map is what the other commands read.
        Assert.Equal(16, RgbdPicture.Load(second, Path.Combine(Result, "second-depth.png"), 16).Size);
    }

    [Fact]
    public async Task One_photo_may_name_its_file_and_the_size()
    {
        await MakeWeights();
        string file = Path.Combine(Result, "mine.png");
        CommandRun run = (await CommandRun.Of("depth", s_photo, "--weights", Weights, "--out", file, "--size", "42", "--map", "grey")).Succeeded();
        Assert.Equal(["mine-color.png", "mine.png"], Directory.GetFiles(Result).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
        Assert.Contains(file, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_is_told_in_one_line_before_anything_is_written()
    {
        await MakeWeights();
        string none = _folder.PathOf("none.jpg"), unet = _folder.PathOf("unet.safetensors");
        (await CommandRun.Of("weights", "new", "--size", "tiny", "--out", unet)).Succeeded();
        foreach ((string[] arguments, int code, string named) in ((string[], int, string)[])
        [
            ([none, "--weights", Weights], 1, "none.jpg"),
            ([s_photo, "--weights", none], 1, "none.jpg"),
            ([s_photo, "--weights", unet], 1, "looks like U-Net"),
            ([s_photo, s_photo, "--weights", Weights], 2, "Two photos"),
            ([s_photo, s_depth, "--weights", Weights, "--out", "one.png"], 2, "names one file"),
            ([s_photo, "--weights", Weights, "--size", "3"], 2, "at least 14"),
            ([s_photo, "--weights", Weights, "--map", "pink"], 2, "pink"),
            ([s_photo], 2, "--help"),
            (["--weights", Weights], 2, "--help"),
        ])
        {
            string[] all = arguments.Contains("--out") ? arguments : [.. arguments, "--out", Result];
            CommandRun run = (await CommandRun.Of(["depth", .. all])).Refused(code);
            Assert.Contains(named, run.Error, StringComparison.Ordinal);
            Assert.Empty(Directory.Exists(Result) ? Directory.GetFileSystemEntries(Result) : []);
        }
    }

    [Fact]
    public async Task One_photo_is_enough_for_fit_and_reconstruct()
    {
        await MakeWeights();
        string network = _folder.PathOf("tiny.safetensors"), fitted = _folder.PathOf("fitted"), made = _folder.PathOf("made");
        (await CommandRun.Of("weights", "new", "--size", "tiny", "--out", network)).Succeeded();
        CommandRun run = (await CommandRun.Of("reconstruct", s_photo, "--depth-weights", Weights, "--weights", network, "--out", made, "--no-pictures", "--json")).Succeeded();
        Assert.Equal(Weights, JsonDocument.Parse(run.Output).RootElement.GetProperty("depth").GetString());
        Assert.Equal(16, Image.Load(Path.Combine(made, "depth.png")).BitDepth);
        (await CommandRun.Of(
            "fit", s_photo, "--depth-weights", Weights, "--out", fitted, "--no-pictures", "--json", "--steps", "2", "--size", "16", "--planes", "16", "--channels", "4", "--samples", "8",
            "--rays", "64")).Succeeded();
        Assert.True(File.Exists(Path.Combine(fitted, "scene.safetensors")));
        Assert.Equal(Image.Load(Path.Combine(made, "depth.png")).Data16.ToArray(), Image.Load(Path.Combine(fitted, "depth.png")).Data16.ToArray());
    }

    [Theory]
    [InlineData("fit")]
    [InlineData("reconstruct")]
    public async Task Depth_comes_from_a_map_or_from_a_network(string command)
    {
        string[] more = command == "fit" ? [] : ["--weights", Weights];
        foreach (string[] depth in (string[][])[[], ["--depth", s_depth, "--depth-weights", Weights]])
        {
            CommandRun run = (await CommandRun.Of([command, s_photo, "--out", Result, .. more, .. depth])).Refused(2);
            Assert.Contains("either --depth", run.Error, StringComparison.Ordinal);
            Assert.Contains("--help", run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Depth_can_be_boosted()
    {
        await MakeWeights();
        string merge = _folder.PathOf("merge.safetensors"), plain = _folder.PathOf("plain.png"), boosted = _folder.PathOf("boosted.png");
        (await CommandRun.Of("weights", "new", "--network", "boosting-merge", "--size", "tiny", "--out", merge)).Succeeded();
        (await CommandRun.Of("depth", s_photo, "--weights", Weights, "--out", plain)).Succeeded();
        CommandRun run = (await CommandRun.Of(
            "depth", s_photo, "--weights", Weights, "--out", boosted, "--size", "70", "--boost", merge, "--boost-patches", "2", "--json")).Succeeded();
        Assert.Equal(merge, JsonDocument.Parse(run.Output).RootElement.GetProperty("boost").GetString());
        Assert.NotEqual(Image.Load(plain).Data16.ToArray(), Image.Load(boosted).Data16.ToArray());
        run = (await CommandRun.Of("depth", s_photo, "--weights", Weights, "--boost", Weights)).Refused(1);
        Assert.Contains("needed is merge network", run.Error, StringComparison.Ordinal);
        (await CommandRun.Of("depth", s_photo, "--weights", Weights, "--boost", merge, "--boost-patches", "-1")).Refused(2);
        run = (await CommandRun.Of("fit", s_photo, "--depth", s_depth, "--depth-boost", merge, "--out", _folder.PathOf("fit"))).Refused(2);
        Assert.Contains("goes with --depth-weights", run.Error, StringComparison.Ordinal);
    }

    private async Task MakeWeights() => (await CommandRun.Of("weights", "new", "--network", "depth-anything", "--size", "tiny", "--out", Weights)).Succeeded();
}
