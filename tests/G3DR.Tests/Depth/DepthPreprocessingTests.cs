using G3DR.Core.Depth;
using G3DR.Core.Imaging;
using G3DR.Core.Networks;
using G3DR.Tests.Support;

namespace G3DR.Tests.Depth;

/// <summary>Photos as depth networks want them.</summary>
public class DepthPreprocessingTests
{
    private static readonly DepthInput s_depthAnything = Input(518, 14, DepthResize.LowerBound), s_midas = Input(256, 32, DepthResize.UpperBound);

    [Fact]
    public void Photos_and_sizes_are_those_of_the_reference()
    {
        using var device = new TestDevice();
        Assert.Equal(21 + 3, PretrainedFiles.Verify(device, "preprocess").Checks.Count);
    }

    [Theory]
    [InlineData(1, 1000, "518 x 518000")]
    [InlineData(1000, 1, "518000 x 518")]
    public void A_photo_that_would_become_too_large_is_refused(int width, int height, string named)
    {
        string message = Assert.Throws<ArgumentException>(() => DepthPreprocessing.Prepare(new Image(width, height, 3), s_depthAnything)).Message;
        Assert.Contains(named, message, StringComparison.Ordinal);
        Assert.Contains("crop it", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_photo_that_nothing_would_be_left_of_is_refused()
    {
        string message = Assert.Throws<ArgumentException>(() => DepthPreprocessing.Prepare(new Image(1, 1000, 3), s_midas)).Message;
        Assert.Contains("0 x 256", message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => DepthPreprocessing.SizeOf(0, 10, s_midas));
    }

    [Fact]
    public void The_largest_photo_does_not_overflow() =>
        Assert.Equal((518, 518L * int.MaxValue), DepthPreprocessing.SizeOf(1, int.MaxValue, s_depthAnything));

    [Theory]
    [InlineData(OpenCvFilter.Linear)]
    [InlineData(OpenCvFilter.Cubic)]
    public void Resizing_to_the_same_size_changes_nothing_and_constants_stay(OpenCvFilter filter)
    {
        var random = new Random(1);
        float[] values = [.. Enumerable.Range(0, 5 * 4 * 2).Select(_ => random.NextSingle())];
        Assert.Equal(values, OpenCvResize.Resize(values, 5, 4, 2, 5, 4, filter));
        float[] constant = OpenCvResize.Resize([3f, 3f, 3f, 3f], 2, 2, 1, 7, 1, filter);
        Assert.All(constant, value => Assert.Equal(3f, value, 1e-6f));
        Assert.Equal(7, constant.Length);
        Assert.Throws<ArgumentException>(() => OpenCvResize.Resize(values, 5, 5, 2, 3, 3, filter));
        Assert.Throws<ArgumentOutOfRangeException>(() => OpenCvResize.Resize(values, 5, 4, 2, 0, 3, filter));
    }

    [Fact]
    public void Halving_takes_the_mean_of_two_pixels_and_enlarging_repeats_the_border()
    {
        Assert.Equal([1.5f, 3.5f], OpenCvResize.Resize([1f, 2f, 3f, 4f], 4, 1, 1, 2, 1, OpenCvFilter.Linear));
        Assert.Equal([1f, 1.25f, 1.75f, 2f], OpenCvResize.Resize([1f, 2f], 2, 1, 1, 4, 1, OpenCvFilter.Linear));
    }

    private static DepthInput Input(int size, int multiple, DepthResize resize) => new()
    {
        Size = size,
        Multiple = multiple,
        Resize = resize,
        Interpolation = DepthInterpolation.Cubic,
        Mean = ImageNet.Mean,
        Deviation = ImageNet.Deviation,
    };
}
