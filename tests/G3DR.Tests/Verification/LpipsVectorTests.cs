using G3DR.Core.Verification;
using G3DR.Tests.Support;

namespace G3DR.Tests.Verification;

public class LpipsVectorTests
{
    public static TheoryData<string, string> Small => TestDevice.OnConfigurations(["alex_67x96", "squeeze_67x96"]);

    [SkippableTheory]
    [MemberData(nameof(Small))]
    public void Small_backbones_pass_on_every_path(string file, string configuration)
    {
        Vectors.DataPath("data/lpips");
        using TestDevice device = TestDevice.Create(configuration);
        FileVerification result = Verify(device, file);
        Assert.Contains(result.Checks, check => check.Path == VerificationPath.Composed);
        Assert.Equal(device.HasFloat64, result.Checks.Any(check => check.Path == VerificationPath.Float64));
    }

    [SkippableTheory]
    [InlineData("vgg_77x53")]
    [InlineData("vgg_64x64")]
    public void Vgg_passes(string file)
    {
        Vectors.DataPath("data/lpips");
        using var device = new TestDevice();
        Assert.Equal(13, Verify(device, file).Checks.Count);
    }

    private static FileVerification Verify(TestDevice device, string file)
    {
        VerificationReport report = VectorVerification.Run(device, Vectors.PathOf($"pretrained/lpips_{file}.safetensors"));
        FileVerification result = Assert.Single(report.Files);
        Assert.True(report.Ok, string.Join('\n', result.Failures));
        return result;
    }
}
