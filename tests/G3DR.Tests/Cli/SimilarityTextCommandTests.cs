using System.Text.Json;
using G3DR.Cli;
using G3DR.Core.Imaging;
using G3DR.Core.Networks;
using G3DR.Tests.Networks;
using G3DR.Tests.Support;

namespace G3DR.Tests.Cli;

/// <summary>similarity with the weights of CLIP, of a small network that has learnt nothing.</summary>
public sealed class SimilarityTextCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _weights, _photo, _other;

    public SimilarityTextCommandTests()
    {
        (_weights, _photo, _other) = (_folder.PathOf("clip.safetensors"), _folder.PathOf("photo.png"), _folder.PathOf("other.png"));
        using var device = new TestDevice();
        using Clip clip = ClipPreprocessingTests.SmallClip(device);
        clip.Save(_weights);
        Image photo = UpscalerTests.Picture(20, 16, 3, 8);
        photo.SavePng(_photo);
        photo.FlipHorizontal().Crop(0, 0, 9, 12).SavePng(_other);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Texts_and_pictures_are_compared()
    {
        ClipVocabularyFiles.WriteList(_folder, "c a");
        CommandRun run = (await CommandRun.Of("similarity", _photo, "a cat", _other, "a dog", "--weights", _weights, "--json")).Succeeded();
        JsonElement json = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal("CLIP ViT-64/8 for 16 pixels", json.GetProperty("network").GetString());
        JsonElement[] texts = [.. json.GetProperty("texts").EnumerateArray()];
        Assert.Equal(["a cat", "a dog"], texts.Select(text => text.GetProperty("text").GetString()));
        Assert.Equal(1, texts.Sum(text => text.GetProperty("probability").GetDouble()), 6);
        Assert.Equal(_other, Assert.Single(json.GetProperty("pictures").EnumerateArray()).GetProperty("photo").GetString());
        run = (await CommandRun.Of("similarity", _photo, _photo, "a cat", "--weights", _weights)).Succeeded();
        string[] lines = run.Output.Trim().Split('\n');
        Assert.EndsWith("a cat", lines[0].TrimEnd(), StringComparison.Ordinal);
        Assert.DoesNotContain("%", run.Output, StringComparison.Ordinal);
        Assert.StartsWith("1.0000", lines[1].Trim(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_missing_is_told()
    {
        CommandRun run = (await CommandRun.Of("similarity", _photo, "a cat", "--weights", _weights)).Refused(ExitCodes.Failure);
        Assert.Contains("--vocabulary", run.Error, StringComparison.Ordinal);
        run = (await CommandRun.Of("similarity", _photo, "nowhere.png", "--weights", _weights)).Refused(ExitCodes.Failure);
        Assert.Contains("There is no picture 'nowhere.png'.", run.Error, StringComparison.Ordinal);
        using var device = new TestDevice();
        using var network = new SqueezeNet(Initializer.Random(device, seed: 1), classes: 12);
        network.Save(_folder.PathOf("squeezenet.safetensors"));
        run = (await CommandRun.Of("similarity", _photo, "a cat", "--weights", _folder.PathOf("squeezenet.safetensors"))).Refused(ExitCodes.Failure);
        Assert.Contains("must name those of CLIP", run.Error, StringComparison.Ordinal);
    }
}
