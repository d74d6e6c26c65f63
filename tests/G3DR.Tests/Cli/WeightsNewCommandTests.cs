using G3DR.Core.Reconstruction;
using G3DR.Tests.Support;

namespace G3DR.Tests.Cli;

public sealed class WeightsNewCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_tiny_checkpoint_is_made_described_and_loaded()
    {
        string path = _folder.PathOf("tiny.safetensors");
        CommandRun run = (await CommandRun.Of("weights", "new", "--network", "unet", "--size", "tiny", "--seed", "5", "--dtype", "BF16", "--out", path)).Succeeded();
        Assert.StartsWith(path, run.Output, StringComparison.Ordinal);
        string listing = (await CommandRun.Of("weights", "inspect", path)).Succeeded().Output;
        Assert.Contains("license: MIT", listing, StringComparison.Ordinal);
        Assert.Contains("source: untrained", listing, StringComparison.Ordinal);
        Assert.Contains("seed: 5", listing, StringComparison.Ordinal);
        Assert.Equal(32, G3drPipeline.ReadSizes(path).ImageSize);
    }

    [Theory]
    [InlineData("--size", "huge")]
    [InlineData("--dtype", "f64")]
    [InlineData("--dtype", "f8")]
    [InlineData("--network", "resnet")]
    [InlineData("--init", "zeros")]
    [InlineData("--seed", "many")]
    [InlineData("--init", "hash", "--seed", "1")]
    public async Task Wrong_arguments_are_refused(params string[] options)
    {
        (await CommandRun.Of(["weights", "new", "--out", _folder.PathOf("tiny.safetensors"), .. options])).Refused(2);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task Targets_that_cannot_be_written_are_refused()
    {
        (await CommandRun.Of("weights", "new")).Refused(2);
        (await CommandRun.Of("weights", "new", "--size", "tiny", "--out", _folder.PathOf("tiny.pt"))).Refused(2);
        (await CommandRun.Of("weights", "new", "--size", "tiny", "--out", _folder.PathOf("nowhere/tiny.safetensors"))).Refused(1);
    }
}
