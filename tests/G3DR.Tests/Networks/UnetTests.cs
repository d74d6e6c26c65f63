using G3DR.Core.Verification;
using G3DR.Tests.Support;

namespace G3DR.Tests.Networks;

public class UnetTests
{
    [SkippableFact]
    public void Four_levels_give_the_reference_s_planes_and_gradients()
    {
        string file = Vectors.DataPath("oracles/unet/unet_small.safetensors");
        using var device = new TestDevice();
        VerificationReport report = VectorVerification.Run(device, file);
        Assert.True(report.Ok, string.Join('\n', report.Files.SelectMany(verified => verified.Failures)));
    }

    [Fact]
    public void Two_levels_give_the_reference_s_planes_and_gradients()
    {
        using var device = new TestDevice();
        VerificationReport report = VectorVerification.Run(device, Vectors.PathOf("unet/unet_tiny.safetensors"));
        Assert.True(report.Ok, string.Join('\n', report.Files.SelectMany(verified => verified.Failures)));
    }
}
