using System.Text.Json;
using G3DR.Cli;
using G3DR.Core.Imaging;
using G3DR.Core.Networks;
using G3DR.Core.Scenes;
using G3DR.Tests.Support;

namespace G3DR.Tests.Cli;

/// <summary>classify, similarity, and fit with networks, with a small network that has learnt nothing.</summary>
public sealed class JudgingCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _weights, _photo, _depth;

    public JudgingCommandTests()
    {
        _weights = _folder.PathOf("squeezenet.safetensors");
        using var device = new TestDevice();
        using var network = new SqueezeNet(Initializer.Random(device, seed: 1), classes: 12);
        network.Save(_weights);
        (_photo, _depth) = SyntheticScene.WriteSample(_folder.Path, "toys", 32);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Classify_tells_the_best_classes_by_name_and_number()
    {
        await File.WriteAllLinesAsync(_folder.PathOf("labels.txt"), Enumerable.Range(0, 11).Select(n => $"thing {n}"));
        CommandRun run = (await CommandRun.Of("classify", _photo, _photo, "--weights", _weights, "--top", "12", "--json")).Succeeded();
        JsonElement json = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal("SqueezeNet 1.1", json.GetProperty("network").GetString());
        JsonElement[] photos = [.. json.GetProperty("photos").EnumerateArray()];
        JsonElement[] classes = [.. photos[1].GetProperty("classes").EnumerateArray()];
        Assert.Equal(2, photos.Length);
        Assert.Equal(1, classes.Sum(found => found.GetProperty("probability").GetDouble()), 1e-5);
        Assert.All(classes, found => Assert.Equal(
            found.GetProperty("index").GetInt32() is var index and < 11 ? $"thing {index}" : null, found.GetProperty("label").GetString()));
        run = (await CommandRun.Of("classify", _photo, "--weights", _weights, "--top", "1")).Succeeded();
        Assert.Equal(2, run.Output.Trim().Split('\n').Length);
        Assert.Contains(" %  ", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Similarity_tells_the_distance_of_each_picture_and_level()
    {
        string other = _folder.PathOf("other.png"), large = _folder.PathOf("large.png");
        Image photo = Image.Load(_photo);
        photo.FlipHorizontal().SavePng(other);
        ImageResize.Resize(photo, 48, 48).SavePng(large);
        CommandRun run = (await CommandRun.Of("similarity", _photo, _photo, other, "--weights", _weights, "--json")).Succeeded();
        JsonElement json = JsonDocument.Parse(run.Output).RootElement;
        Assert.False(json.GetProperty("heads").GetBoolean());
        JsonElement[] others = [.. json.GetProperty("others").EnumerateArray()];
        Assert.Equal(0, others[0].GetProperty("distance").GetDouble());
        Assert.Equal(others[1].GetProperty("perLevel").EnumerateArray().Sum(level => level.GetDouble()), others[1].GetProperty("distance").GetDouble(), 1e-9);
        Assert.Equal(7, others[1].GetProperty("perLevel").GetArrayLength());
        Assert.Equal(7, json.GetProperty("levels").GetArrayLength());

        run = (await CommandRun.Of("similarity", _photo, large, "--weights", _weights)).Refused(ExitCodes.WrongArguments);
        Assert.Contains("32 x 32", run.Error, StringComparison.Ordinal);
        Assert.Contains("--resize", run.Error, StringComparison.Ordinal);
        run = (await CommandRun.Of("similarity", _photo, large, "--weights", _weights, "--resize", "32")).Succeeded();
        Assert.Contains(large, run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ExitCodes.WrongArguments, "--top", "classify", "PHOTO", "--weights", "WEIGHTS", "--top", "0")]
    [InlineData(ExitCodes.WrongArguments, "--resize", "similarity", "PHOTO", "PHOTO", "--weights", "WEIGHTS", "--resize", "0")]
    [InlineData(ExitCodes.Failure, "nowhere.png", "similarity", "PHOTO", "nowhere.png", "--weights", "WEIGHTS")]
    [InlineData(ExitCodes.Failure, "looks like", "classify", "PHOTO", "--weights", "SCENE")]
    [InlineData(ExitCodes.WrongArguments, "--perceptual-weight needs a network", "fit", "PHOTO", "--depth", "DEPTH", "--out", "OUT", "--perceptual-weight", "1")]
    [InlineData(ExitCodes.WrongArguments, "--lpips-heads needs a network", "fit", "PHOTO", "--depth", "DEPTH", "--out", "OUT", "--lpips-heads", "WEIGHTS")]
    [InlineData(ExitCodes.WrongArguments, "--semantic-weight needs a network", "fit", "PHOTO", "--depth", "DEPTH", "--out", "OUT", "--vgg-weights", "WEIGHTS", "--semantic-weight", "1")]
    [InlineData(ExitCodes.WrongArguments, "nothing to do for --squeeze-weights", "fit", "PHOTO", "--depth", "DEPTH", "--out", "OUT", "--vgg-weights", "W", "--clip-weights", "W", "--squeeze-weights", "W")]
    [InlineData(ExitCodes.WrongArguments, "no loss schedule 'daily'", "fit", "PHOTO", "--depth", "DEPTH", "--out", "OUT", "--loss-schedule", "daily")]
    public async Task What_cannot_be_is_told_in_one_line(int code, string message, params string[] arguments)
    {
        string scene = _folder.PathOf("scene.safetensors");
        new G3DR.Core.Weights.SafetensorsWriter().Save(scene);
        CommandRun run = (await CommandRun.Of([.. arguments.Select(argument => argument switch
        {
            "PHOTO" => _photo,
            "DEPTH" => _depth,
            "WEIGHTS" => _weights,
            "SCENE" => scene,
            "OUT" => _folder.PathOf("out"),
            _ => argument,
        })])).Refused(code);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fit_with_networks_reports_their_losses()
    {
        string output = _folder.PathOf("out");
        CommandRun run = (await CommandRun.Of(
            "fit", _photo, "--depth", _depth, "--out", output, "--steps", "8", "--size", "32", "--planes", "16", "--channels", "4", "--samples", "8", "--rays", "64",
            "--squeeze-weights", _weights, "--semantic-weight", "0.2", "--tv-weight", "0.3", "--color-weight", "2", "--depth-weight", "0.7", "--novel-perceptual-weight", "0.4",
            "--perceptual-interval", "1", "--view-size", "28", "--no-pictures", "--json")).Succeeded();
        Dictionary<string, JsonElement> losses = JsonDocument.Parse(run.Output).RootElement.GetProperty("losses").EnumerateArray()
            .ToDictionary(loss => loss.GetProperty("name").GetString()!);
        Assert.Equal([0.2, 0.3, 2, 0.7, 0.4, 0.01], ((string[])["novelSemantic", "novelTotalVariation", "color", "depth", "novelPerceptual", "perceptual"])
            .Select(name => losses[name].GetProperty("weight").GetDouble()));
        Assert.Equal("SqueezeNet 1.1", losses["perceptual"].GetProperty("network").GetString());
        Assert.True(losses["perceptual"].GetProperty("last").GetDouble() > 0);
    }
}
