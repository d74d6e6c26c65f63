using FsCheck;
using FsCheck.Fluent;
using G3DR.Core.Verification;
using G3DR.Tests.Support;

namespace G3DR.Tests.Verification;

public class HostileVectorTests
{
    [Theory]
    [InlineData("render/camera", "\"frames\": ", "\"frames\": 200000000")]
    [InlineData("render/camera", "\"res\": [", "\"res\": [2000000000, 2000000000, ")]
    [InlineData("render/camera", "\"res\": [", "\"res\": [20000, 20000], \"old\": [")]
    [InlineData("render/renderer_plain", "\"K\": ", "\"K\": 200000000")]
    [InlineData("render/renderer_depth_guided", "\"K\": ", "\"K\": 200000000")]
    [InlineData("render/renderer_plain", "\"S\": ", "\"S\": 200000000")]
    [InlineData("render/renderer_plain", "\"clamp_mode\": \"", "\"clamp_mode\": \"relu_or_")]
    [InlineData("render/paper_levels3", "\"levels\": ", "\"levels\": 100000000")]
    [InlineData("render/paper_levels3", "\"levels\": 3", "\"levels\": 34")]
    [InlineData("render/paper_levels3", "\"s2_rule\": ", "\"s2_rule\": 1")]
    [InlineData("render/triplane", "\"box_warp\": ", "\"box_warp\": -")]
    [InlineData("train/losses", "\"resize_to\": ", "\"resize_to\": 100000")]
    [InlineData("train/metrics", "\"num_bins\": ", "\"num_bins\": 100000000")]
    [InlineData("train/metrics", "\"num_bins\": ", "\"num_bins\": \"many\", \"old\": ")]
    [InlineData("train/optim", "\"betas\": [", "\"betas\": [0.5, ")]
    [InlineData("render/marcher", "\"cases\": [", "\"cases\": [{}, {}, {}, {}, ")]
    public void A_configuration_that_contradicts_the_file_fails_it(string file, string from, string to)
    {
        using var folder = new TemporaryFolder();
        using var device = new TestDevice(new() { Threads = 2, MemoryLimit = 1 << 26 });
        string source = Vectors.PathOf(file + ".safetensors"), copy = folder.PathOf(Path.GetFileName(source));
        new VectorEditor { Metadata = (key, text) => key == "config" ? ReplaceFirst(text, from, to) : text }.Copy(source, copy);
        FileVerification result = Assert.Single(VectorVerification.Run(device, copy).Files);
        VectorResult last = result.Checks[^1].Result;
        Assert.False(last.Ok);
        Assert.Equal("(file)", last.Tensor);
        Assert.NotEmpty(last.Failure!);
    }

    // Whatever a byte is changed to, a verification ends with a report; most changes are noticed, the report may also be good where nothing depends on the byte.
    [Theory]
    [InlineData("render/renderer_depth_guided")]
    [InlineData("render/camera")]
    [InlineData("train/metrics")]
    public void Any_changed_byte_ends_in_a_report(string file)
    {
        using var folder = new TemporaryFolder();
        string copy = folder.PathOf(Path.GetFileName(file) + ".safetensors");
        byte[] bytes = File.ReadAllBytes(Vectors.PathOf(file + ".safetensors"));
        int header = (int)BitConverter.ToInt64(bytes) + 8;
        Gen<(int Position, byte Value)> changes =
            from position in Gen.Frequency((4, Gen.Choose(0, header - 1)), (1, Gen.Choose(0, bytes.Length - 1)))
            from value in Gen.Choose(0, 255)
            select (position, (byte)value);
        Prop.ForAll(Arb.From(changes), change =>
        {
            byte[] changed = [.. bytes];
            changed[change.Position] = change.Value;
            File.WriteAllBytes(copy, changed);
            using var device = new TestDevice(new() { Threads = 1, MemoryLimit = 1 << 26 });
            VerificationReport report = VectorVerification.Run(device, copy, new() { Paths = [VerificationPath.Composed] });
            return report.Complete && report.Files.Count + report.Unknown.Count == 1 && report.ToJson().Length > 0;
        }).QuickCheckThrowOnFailure();
    }

    // What follows stays: a number that is put before another makes one long number.
    private static string ReplaceFirst(string text, string from, string to)
    {
        int at = text.IndexOf(from, StringComparison.Ordinal);
        Assert.True(at >= 0, $"{from} is not in {text}");
        return text[..at] + to + text[(at + from.Length)..];
    }
}
