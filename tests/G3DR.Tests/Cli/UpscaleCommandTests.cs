using System.Text.Json;
using G3DR.Core.Imaging;
using G3DR.Core.Networks;
using G3DR.Tests.Docs;
using G3DR.Tests.Networks;
using G3DR.Tests.Support;

namespace G3DR.Tests.Cli;

public sealed class UpscaleCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public UpscaleCommandTests()
    {
        using var device = new TestDevice();
        using var network = new Rcan(Initializer.Random(device), RcanTests.Small with { Scale = 3 });
        network.Save(Weights);
        UpscalerTests.Picture(20, 10, 3, 8).SavePng(Photo);
    }

    private string Weights => _folder.PathOf("rcan.safetensors");

    private string Photo => _folder.PathOf("photo.png");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Results_lie_beside_the_pictures_in_a_folder_or_in_a_file()
    {
        (await CommandRun.Of("upscale", Photo, "--weights", Weights)).Succeeded();
        Assert.Equal((60, 30), SizeOf(_folder.PathOf("photo-x3.png")));
        File.Copy(Photo, _folder.PathOf("other.png"));
        CommandRun run = (await CommandRun.Of("upscale", Photo, _folder.PathOf("other.png"), "--weights", Weights, "--out", _folder.PathOf("deep/large"), "--json")).Succeeded();
        Assert.Equal((60, 30), SizeOf(_folder.PathOf("deep/large/other-x3.png")));
        using JsonDocument json = JsonDocument.Parse(run.Output);
        Assert.Equal(3, json.RootElement.GetProperty("scale").GetInt32());
        Assert.Equal(
            [_folder.PathOf("deep/large/photo-x3.png"), _folder.PathOf("deep/large/other-x3.png")],
            json.RootElement.GetProperty("pictures").EnumerateArray().Select(picture => picture.GetProperty("target").GetString()));
        run = (await CommandRun.Of("upscale", Photo, "--weights", Weights, "--out", _folder.PathOf("one.png"), "--tile", "32", "--overlap", "4")).Succeeded();
        Assert.StartsWith($"{_folder.PathOf("one.png")}: 60 x 30 RGB, 8 bits", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_wrong_is_told_in_one_line_before_anything_is_written()
    {
        Directory.CreateDirectory(_folder.PathOf("sub"));
        File.Copy(Photo, _folder.PathOf("sub/photo.png"));
        string[] files = Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories);
        foreach ((int code, string told, string[] arguments) in ((int, string, string[])[])
        [
            (1, "none.png", [_folder.PathOf("none.png"), "--weights", Weights]),
            (1, "photo.png", [Photo, "--weights", Photo]),
            (1, "needed is RCAN", [Photo, "--weights", Vectors.PathOf("malformed/ok_reference.safetensors")]),
            (1, "rcan.safetensors", [Weights, "--weights", Weights]),
            (2, "must be a folder", [Photo, _folder.PathOf("sub/photo.png"), "--weights", Weights, "--out", _folder.PathOf("one.png")]),
            (2, "separate runs", [Photo, _folder.PathOf("sub/photo.png"), "--weights", Weights, "--out", _folder.PathOf("large")]),
            (2, "at least 32", [Photo, "--weights", Weights, "--tile", "8"]),
            (2, "quarter", [Photo, "--weights", Weights, "--overlap", "100"]),
        ])
        {
            Assert.Contains(told, (await CommandRun.Of(["upscale", .. arguments])).Refused(code).Error, StringComparison.Ordinal);
            Assert.Equal(files, Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories));
        }
    }

    [Fact]
    public async Task Commands_that_render_enlarge_what_they_write()
    {
        string samples = Path.Combine(Documents.Root, "samples"), result = _folder.PathOf("result");
        (await CommandRun.Of(
            "fit", Path.Combine(samples, "toys.png"), "--depth", Path.Combine(samples, "toys-depth.png"), "--out", result, "--device", "cpu",
            "--size", "8", "--steps", "1", "--samples", "8", "--planes", "16", "--channels", "4", "--rays", "16", "--upscale", Weights, "--json")).Succeeded();
        string scene = Path.Combine(result, "scene.safetensors"), view = _folder.PathOf("view.png"), depth = _folder.PathOf("depth.png");
        (await CommandRun.Of("render", scene, "--size", "8", "--out", view, "--depth-out", depth, "--upscale", Weights)).Succeeded();
        Assert.Equal((24, 24), SizeOf(view));
        Assert.Equal((8, 8), SizeOf(depth));

        // Seven columns of pictures three times as large.
        Assert.InRange(SizeOf(Path.Combine(result, "sheet.png")).Width, 7 * 24, 12 * 24);
        byte[] gif = await File.ReadAllBytesAsync(Path.Combine(result, "turntable.gif"));
        Assert.Equal((24, 24), (gif[6] + (256 * gif[7]), gif[8] + (256 * gif[9])));
    }

    private static (int Width, int Height) SizeOf(string path)
    {
        Image image = Image.Load(path);
        return (image.Width, image.Height);
    }
}
