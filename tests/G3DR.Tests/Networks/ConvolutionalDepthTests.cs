using G3DR.Core.Networks;
using G3DR.Core.Verification;
using G3DR.Tests.Support;

namespace G3DR.Tests.Networks;

public class ConvolutionalDepthTests
{
    public static TheoryData<string> Configurations => TestDevice.Configurations;

    [SkippableTheory]
    [MemberData(nameof(Configurations))]
    public void The_small_merge_network_gives_the_reference_on_every_device(string configuration)
    {
        using TestDevice device = TestDevice.Create(configuration);
        FileVerification file = PretrainedFiles.Verify(device, "boosting_merge_small");
        Assert.Equal(device.HasFloat64, file.Checks.Any(check => check.Path == VerificationPath.Float64));
        Assert.Equal(4, file.Checks.Count(check => check.Path == VerificationPath.Composed));
    }

    [SkippableTheory]
    [InlineData("default")]
    [InlineData(TestDevice.OpenCl)]
    public void Small_midas_gives_the_reference(string configuration)
    {
        using TestDevice device = configuration == TestDevice.OpenCl ? TestDevice.CreateOpenCl() : new();
        Assert.Equal(8, PretrainedFiles.Verify(device, "midas_small_128x192").Checks.Count(check => check.Path == VerificationPath.Composed));
    }

    [Theory]
    [InlineData("midas_v21_128x192", 7)]
    [InlineData("leres_resnet50_128x160", 8)]
    [InlineData("leres_resnext101_128x160", 8)]
    [InlineData("boosting_merge_full", 4)]
    public void Networks_in_full_size_give_the_reference(string name, int outputs)
    {
        using var device = new TestDevice();
        Assert.Equal(outputs, PretrainedFiles.Verify(device, name).Checks.Count);
    }

    [Theory]
    [InlineData("midas_v21", "midas-v21", "official")]
    [InlineData("midas_small", "midas-small", "official")]
    [InlineData("leres_res101", "leres", "resnext101")]
    [InlineData("boosting_merge", "boosting-merge", "official")]
    public void Names_and_shapes_are_those_of_the_published_files(string listing, string kind, string size)
    {
        using var device = new TestDevice();

        // Memory that nobody writes to is not taken from the system.
        using Module network = NetworkKind.Find(kind).Create(Initializer.Empty(device), size);
        Assert.Equal(PretrainedFiles.Describe(PretrainedFiles.Published(listing)), PretrainedFiles.Describe(network));
    }
}
