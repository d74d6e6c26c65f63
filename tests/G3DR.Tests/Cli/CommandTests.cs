using System.Text.Json;
using G3DR.Cli;
using G3DR.Core.Imaging;
using G3DR.Core.Scenes;
using G3DR.Tests.Support;

namespace G3DR.Tests.Cli;

/// <summary>The command as a user runs it, in this process.</summary>
public class CommandTests
{
    private static async Task<(int Code, string Output, string Error)> Run(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = await Program.RunAsync(args, output, error);
        return (code, output.ToString(), error.ToString());
    }

    private static (string Photo, string Depth) WriteSample(TemporaryFolder folder) => SyntheticScene.WriteSample(folder.Path, "toys", 32);

    private static readonly string[] s_small = ["--size", "16", "--planes", "16", "--channels", "4", "--samples", "8", "--rays", "64"];

    [Fact]
    public async Task Fit_writes_scene_turntable_sheet_and_report_and_render_reads_the_scene()
    {
        using var folder = new TemporaryFolder();
        (string photo, string depth) = WriteSample(folder);
        string result = Path.Combine(folder.Path, "result");
        (int code, string output, string error) = await Run(["fit", photo, "--depth", depth, "--out", result, "--steps", "12", "--json", .. s_small]);
        Assert.True(code == 0, error);
        JsonElement report = JsonDocument.Parse(output).RootElement;
        Assert.Equal(12, report.GetProperty("steps").GetInt32());
        Assert.True(report.GetProperty("result").GetProperty("psnr").GetDouble() > 5);
        Assert.True(report.GetProperty("result").GetProperty("raySpread").GetDouble() > 0);
        Assert.True(report.GetProperty("result").GetProperty("novelDepthError").GetDouble() > 0);
        Assert.Equal(output.Trim(), (await File.ReadAllTextAsync(Path.Combine(result, "report.json"))).Trim());
        Assert.Equal("GIF89a", System.Text.Encoding.ASCII.GetString((await File.ReadAllBytesAsync(Path.Combine(result, "turntable.gif")))[..6]));
        Assert.Equal(3, Image.Load(Path.Combine(result, "sheet.png")).Channels);
        Assert.False(File.Exists(Path.Combine(result, "checkpoint.safetensors")));

        string view = Path.Combine(folder.Path, "view.png"), viewDepth = Path.Combine(folder.Path, "depth.png");
        string scene = Path.Combine(result, "scene.safetensors");
        (code, _, error) = await Run("render", scene, "--yaw", "10", "--pitch", "-5", "--size", "20", "--level", "1", "--out", view, "--depth-out", viewDepth);
        Assert.True(code == 0, error);
        Assert.Equal((20, 3), (Image.Load(view).Width, Image.Load(view).Channels));
        Assert.Equal(16, Image.Load(viewDepth).BitDepth);
    }

    [Fact]
    public async Task Resume_without_an_unfinished_fit_says_so()
    {
        using var folder = new TemporaryFolder();
        (string photo, string depth) = WriteSample(folder);
        (int code, _, string error) = await Run(["fit", photo, "--depth", depth, "--out", folder.Path, "--resume", .. s_small]);
        Assert.Equal(1, code);
        Assert.Contains("no unfinished fit", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--out")]
    [InlineData("--depth-out")]
    [InlineData("--turntable")]
    public async Task A_folder_that_does_not_exist_is_told_before_anything_is_rendered(string option)
    {
        using var folder = new TemporaryFolder();
        string target = Path.Combine(folder.Path, "nowhere", "view.gif");

        // The scene does not exist either: the message names what was looked at first.
        CommandRun run = (await CommandRun.Of("render", Path.Combine(folder.Path, "scene"), option, target)).Refused(ExitCodes.Failure);
        Assert.Contains("nowhere", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fit")]
    [InlineData("render")]
    [InlineData("frobnicate")]
    [InlineData("fit", "x.png", "--depth", "y.png", "--out", "z", "--steps", "many")]
    [InlineData("render", "scene", "--unknown")]
    public async Task Wrong_arguments_give_one_line_and_exit_code_2(params string[] args)
    {
        (int code, _, string error) = await Run(args);
        Assert.Equal(2, code);
        Assert.Single(error.Trim().Split('\n'));
        Assert.Contains("--help", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--steps", "0")]
    [InlineData("--size", "2")]
    [InlineData("--profile", "other")]
    [InlineData("--samples", "3")]
    [InlineData("--kernel", "other")]
    [InlineData("--kernel-min", "0")]
    [InlineData("--kernel-s2", "-1")]
    [InlineData("--kernel-max", "NaN")]
    [InlineData("--threads", "-1")]
    [InlineData("--memory", "lots")]
    [InlineData("--device", "tpu")]
    public async Task Values_out_of_range_are_named_with_exit_code_2(string option, string value)
    {
        using var folder = new TemporaryFolder();
        (string photo, string depth) = WriteSample(folder);
        (int code, _, string error) = await Run("fit", photo, "--depth", depth, "--out", folder.Path, option, value);
        Assert.Equal(2, code);
        Assert.Single(error.Trim().Split('\n'));
    }

    [Fact]
    public async Task Contradicting_kernel_options_are_refused()
    {
        (int code, _, string error) = await Run("fit", "a.png", "--depth", "b.png", "--out", "c", "--no-depth-kernel", "--kernel-s1", "2");
        Assert.Equal(2, code);
        Assert.Contains("contradict", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_corrupt_and_foreign_files_give_one_line_and_exit_code_1()
    {
        using var folder = new TemporaryFolder();
        (string photo, string depth) = WriteSample(folder);
        string broken = Path.Combine(folder.Path, "broken.png");
        byte[] bytes = await File.ReadAllBytesAsync(photo);
        await File.WriteAllBytesAsync(broken, bytes[..(bytes.Length / 2)]);
        foreach (string[] args in (string[][])
        [
            ["fit", Path.Combine(folder.Path, "none.png"), "--depth", depth, "--out", folder.Path],
            ["fit", broken, "--depth", depth, "--out", folder.Path],
            ["fit", photo, "--depth", depth, "--out", folder.Path, "--memory", "1M"],
            ["render", photo],
        ])
        {
            (int code, _, string error) = await Run(args);
            Assert.True(code == 1, $"{string.Join(' ', args)}: {code} {error}");
            Assert.Single(error.Trim().Split('\n'));
        }
    }

    [Theory]
    [InlineData("fit")]
    [InlineData("render")]
    [InlineData("verify")]
    [InlineData("dataset", "scenes")]
    [InlineData("bench")]
    [InlineData("doctor")]
    public async Task Help_shows_examples(params string[] command)
    {
        (int code, string output, _) = await Run([.. command, "--help"]);
        Assert.Equal(0, code);
        Assert.Contains("Examples:", output, StringComparison.Ordinal);
        Assert.Contains($"g3dr {string.Join(' ', command)}", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_tells_what_the_machine_has()
    {
        (int code, string output, _) = await Run("doctor", "--json");
        Assert.Equal(0, code);
        JsonElement report = JsonDocument.Parse(output).RootElement;
        Assert.True(report.GetProperty("peakGigaflopsPerSecond").GetDouble() > 0.1);
        Assert.True(report.GetProperty("peakGigabytesPerSecond").GetDouble() > 0.1);
        Assert.Contains("cpu", report.GetProperty("devices").EnumerateArray().Select(device => device.GetString()));
    }

    [Fact]
    public async Task Dataset_writes_a_scene()
    {
        using var folder = new TemporaryFolder();
        (int code, string output, string error) = await Run("dataset", "scenes", "--out", folder.Path, "--name", "toys", "--size", "16");
        Assert.True(code == 0, error);
        foreach (string path in output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            Assert.Equal(16, Image.Load(path).Width);
        }
    }
}
