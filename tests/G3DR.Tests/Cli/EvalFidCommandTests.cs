using System.Text.Json;
using G3DR.Core.Networks;
using G3DR.Core.Weights;
using G3DR.Tests.Networks;
using G3DR.Tests.Support;

namespace G3DR.Tests.Cli;

/// <summary>g3dr eval fid with a network that has learnt nothing.</summary>
public sealed class EvalFidCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Weights => _folder.PathOf("inception.safetensors");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Folders_are_compared_and_statistics_stand_for_one_of_them()
    {
        MakeWeights();
        (string real, string generated) = (MakePictures("real", 3, firstSide: 20), MakePictures("generated", 2, firstSide: 40));
        await File.WriteAllTextAsync(Path.Combine(real, "notes.txt"), "no picture");
        string statistics = _folder.PathOf("real.safetensors");
        CommandRun run = (await Fid(real, generated, "--kid", "--score", "--batch", "2", "--save-statistics", statistics, "--json")).Succeeded();
        Assert.Contains("1 files of", run.Error, StringComparison.Ordinal);
        Assert.Contains("3 pictures, fewer than the 2048 features", run.Error, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(run.Output);
        double fid = json.RootElement.GetProperty("fid").GetDouble();
        Assert.True(fid > 0);
        Assert.Equal((3, 1), (json.RootElement.GetProperty("first").GetProperty("pictures").GetInt32(), json.RootElement.GetProperty("first").GetProperty("skipped").GetInt32()));
        Assert.Equal(100, json.RootElement.GetProperty("kid").GetProperty("subsets").GetInt32());
        Assert.InRange(json.RootElement.GetProperty("inceptionScore").GetProperty("mean").GetDouble(), 1 - 1e-9, FidInception.ClassCount);

        run = (await Fid(statistics, generated)).Succeeded();
        Assert.StartsWith(FormattableString.Invariant($"fid {fid:F4} of 3 and 2 pictures"), run.Output, StringComparison.Ordinal);
        Assert.StartsWith("fid ", (await Fid(generated, generated)).Succeeded().Output.Replace("fid -0.0000", "fid 0.0000", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_wrong_is_told_in_one_line()
    {
        MakeWeights();
        (string one, string two) = (MakePictures("one", 1, firstSide: 9), MakePictures("two", 2, firstSide: 9));
        Assert.Contains("at least 2 are needed", (await Fid(two, one)).Refused(1).Error, StringComparison.Ordinal);
        Assert.Contains("There is no folder", (await Fid(_folder.PathOf("none"), two)).Refused(1).Error, StringComparison.Ordinal);
        Assert.Contains("no statistics", (await Fid(Weights, two)).Refused(1).Error, StringComparison.Ordinal);
        Assert.Contains("--kid", (await Fid("a.safetensors", two, "--kid")).Refused(2).Error, StringComparison.Ordinal);
        Assert.Contains("--score", (await Fid(two, "a.safetensors", "--score")).Refused(2).Error, StringComparison.Ordinal);
        Assert.Contains("--batch", (await Fid(two, two, "--batch", "0")).Refused(2).Error, StringComparison.Ordinal);
        Assert.Contains(
            "needed is Inception", (await CommandRun.Of("eval", "fid", two, two, "--weights", Vectors.PathOf("malformed/ok_reference.safetensors"))).Refused(1).Error, StringComparison.Ordinal);
    }

    private Task<CommandRun> Fid(string first, string second, params string[] options) =>
        CommandRun.Of(["eval", "fid", first, second, "--weights", Weights, "--device", "cpu", .. options]);

    private void MakeWeights()
    {
        using var device = new TestDevice();
        using var network = new FidInception(Initializer.Random(device, seed: 1));
        network.Save(Weights, dtype: WeightDtype.F16);
    }

    private string MakePictures(string name, int count, int firstSide)
    {
        string folder = Path.Combine(_folder.PathOf(name), "inside");
        Directory.CreateDirectory(folder);
        for (int i = 0; i < count; i++)
        {
            UpscalerTests.Picture(firstSide + i, firstSide, channels: 1 + i, bits: 8).SavePng(Path.Combine(folder, $"{i}.png"));
        }

        return _folder.PathOf(name);
    }
}
