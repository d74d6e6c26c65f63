using G3DR.Core.Imaging;
using G3DR.Tests.Support;

namespace G3DR.Tests.Imaging;

public sealed class RgbdPictureTests
{
    [SkippableTheory]
    [InlineData("p0")]
    [InlineData("p1")]
    [InlineData("p2")]
    public void Loads_a_sample_as_the_authors_do(string key)
    {
        Skip.If(Vectors.DataFolder is null, Vectors.NoData);
        SampleVectors samples = SampleVectors.Open();
        int size = samples.Size(key);
        RgbdPicture picture = RgbdPicture.Load(samples.PhotoPath(key), samples.DepthPath(key), size);
        float[] image = samples.File.Read<float>($"{key}.image");
        float[] depth = samples.File.Read<float>($"{key}.depth");
        float[] flippedRow = samples.File.Read<float>($"{key}.image_flipped_row0");
        RgbdPicture flipped = picture.FlipHorizontal();
        double colorTolerance = samples.Tolerance($"{key}.image");
        double depthTolerance = samples.Tolerance($"{key}.depth");
        double meanTolerance = samples.Tolerances.GetProperty($"{key}.image").GetProperty("mean_atol").GetDouble();
        double sum = 0;
        for (int i = 0; i < size * size; i++)
        {
            Assert.InRange(Math.Abs(depth[i] - picture.Depth[i]), 0, depthTolerance);
            for (int c = 0; c < 3; c++)
            {
                double error = Math.Abs(image[c * size * size + i] - picture.Color[3 * i + c]);
                Assert.InRange(error, 0, colorTolerance);
                sum += error;
                if (i < size)
                    Assert.InRange(Math.Abs(flippedRow[c * size + i] - flipped.Color[3 * i + c]), 0, colorTolerance);
            }
        }
        Assert.InRange(sum / (3 * size * size), 0, meanTolerance);
    }

    [Fact]
    public void Depth_zero_is_near_and_full_scale_is_far()
    {
        var photo = new Image(2, 2, 3);
        var near = RgbdPicture.FromImages(photo, new Image(2, 2, 1, 16), 2);
        Assert.All(near.Depth, depth => Assert.Equal(4f, depth));
        var far = RgbdPicture.FromImages(photo, new Image(2, 2, 1, new ushort[] { 65535, 65535, 65535, 65535 }), 2);
        Assert.All(far.Depth, depth => Assert.Equal(65535f / 65536f * 2f + 4f, depth));
    }

    [Fact]
    public void An_8_bit_depth_map_covers_the_same_range()
    {
        var depth = new Image(2, 1, 1, new byte[] { 0, 255 });
        float[] values = RgbdPicture.PrepareDepth(ImageResize.Resize(depth, 2, 2, ResizeFilter.Box), 2);
        Assert.Equal(4f, values[0]);
        Assert.Equal(65535f / 65536f * 2f + 4f, values[1]);
    }

    [Fact]
    public void The_middle_of_a_wide_picture_is_taken_in_both_parts()
    {
        // 8 x 4, brightness and depth by column; the middle 4 columns are 2..5.
        byte[] pixels = new byte[8 * 4 * 3];
        ushort[] depths = new ushort[8 * 4];
        for (int i = 0; i < depths.Length; i++)
        {
            depths[i] = (ushort)(i % 8 * 8192);
            pixels.AsSpan(3 * i, 3).Fill((byte)(i % 8 * 30));
        }
        var picture = RgbdPicture.FromImages(new Image(8, 4, 3, pixels), new Image(8, 4, 1, depths), 4);
        for (int x = 0; x < 4; x++)
        {
            Assert.Equal((x + 2) * 30 / 255f, picture.Color[3 * x]);
            Assert.Equal(4f + (x + 2) * 0.25f, picture.Depth[x]);
        }
    }

    [Theory]
    [InlineData(64, 64, 64, 63)]
    [InlineData(500, 333, 256, 256)]
    [InlineData(333, 500, 500, 333)]
    public void Photo_and_depth_map_of_different_aspect_are_refused(int width, int height, int depthWidth, int depthHeight)
    {
        var error = Assert.Throws<ImageFormatException>(() => RgbdPicture.FromImages(new Image(width, height, 3), new Image(depthWidth, depthHeight, 1, 16), 16));
        Assert.Contains($"{width} x {height}", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{depthWidth} x {depthHeight}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500, 333, 384, 256)]
    [InlineData(384, 256, 500, 333)]
    [InlineData(640, 480, 64, 48)]
    public void A_depth_map_of_another_resolution_is_accepted(int width, int height, int depthWidth, int depthHeight)
    {
        var picture = RgbdPicture.FromImages(new Image(width, height, 3), new Image(depthWidth, depthHeight, 1, 16), 16);
        Assert.Equal(16 * 16, picture.Depth.Length);
        Assert.Equal(16 * 16 * 3, picture.Color.Length);
    }

    [Fact]
    public void A_painted_depth_map_is_refused_but_grey_stored_as_RGB_is_not()
    {
        var photo = new Image(1, 1, 3);
        var grey = new Image(1, 1, 3, new byte[] { 128, 128, 128 });
        Assert.Equal(RgbdPicture.FromImages(photo, new Image(1, 1, 1, new byte[] { 128 }), 1).Depth, RgbdPicture.FromImages(photo, grey, 1).Depth);
        var error = Assert.Throws<ImageFormatException>(() => RgbdPicture.FromImages(photo, new Image(1, 1, 3, new byte[] { 1, 2, 3 }), 1));
        Assert.Contains("coloured", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Checks_the_lengths_of_its_arrays()
    {
        Assert.Throws<ArgumentException>(() => new RgbdPicture(2, new float[11], new float[4]));
        Assert.Throws<ArgumentException>(() => new RgbdPicture(2, new float[12], new float[3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RgbdPicture(0, [], []));
    }
}
