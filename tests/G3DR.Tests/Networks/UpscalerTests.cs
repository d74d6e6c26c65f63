using FsCheck;
using FsCheck.Fluent;
using G3DR.Core.Imaging;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Tests.Support;

namespace G3DR.Tests.Networks;

public class UpscalerTests
{
    private static readonly UpscaleOptions s_tiles = new() { TileSize = 48, Overlap = 12 };

    // A network without weights gives the mean colour everywhere, so each pixel must get weights that add up to one, however tiles lie.
    [Fact]
    public void Tiles_cover_a_picture_and_their_weights_add_up_to_one()
    {
        using var device = new TestDevice();
        var network = new Rcan(Initializer.Random(device), new() { Groups = 1, Blocks = 1, Features = 1, Reduction = 1 });
        using var upscaler = new Upscaler(network);
        foreach (Tensor parameter in network.Parameters.Values)
        {
            using Tensor zeros = Tensor.Zeros(device, parameter.Shape);
            parameter.CopyFrom(zeros);
        }

        double[] mean = [0.4488, 0.4371, 0.4040];
        Prop.ForAll(
            (from tile in Gen.Choose(UpscaleOptions.SmallestTile, 60)
             from overlap in Gen.Choose(0, tile / 4)
             from width in Gen.Choose(1, 400)
             from height in Gen.Choose(1, 80)
             select (Width: width, Height: height, Options: new UpscaleOptions { TileSize = tile, Overlap = overlap })).ToArbitrary(),
            given =>
            {
                Image result = upscaler.Upscale(new(given.Width, given.Height, channels: 3, bitDepth: 16), given.Options);
                return result.Width == 2 * given.Width && result.Height == 2 * given.Height
                    && result.ToFloat().Select((value, i) => Math.Abs(value - mean[i % 3])).Max() < 2.0 / 65535;
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));
    }

    [Theory]
    [InlineData(1, 8)]
    [InlineData(3, 8)]
    [InlineData(3, 16)]
    public void A_picture_that_fits_a_tile_is_what_the_network_makes_of_it(int channels, int bits)
    {
        using var device = new TestDevice();
        using var network = new Rcan(Initializer.Random(device, seed: 3), RcanTests.Small);
        Image picture = Picture(9, 7, channels, bits);
        using Tensor x = Tensor.FromArray(device, [.. Rgb(picture).Select(value => value * 255)], [1, 7, 9, 3]), y = network.Forward(x);
        float[] values = [.. y.ToSingles().Select(value => value / 255)];
        float[] expected = channels == 3 ? values : [.. values.Chunk(3).Select(pixel => (pixel[0] + pixel[1] + pixel[2]) / 3)];
        Image result = new Upscaler(network).Upscale(picture);
        Assert.Equal((18, 14, channels, bits), (result.Width, result.Height, result.Channels, result.BitDepth));
        float[] actual = result.ToFloat();
        double step = bits == 8 ? 1 / 255.0 : 1 / 65535.0;
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.InRange(actual[i] - Math.Clamp(expected[i], 0, 1), -0.51 * step, 0.51 * step);
        }
    }

    [Theory]
    [InlineData(2, 8)]
    [InlineData(4, 8)]
    [InlineData(4, 16)]
    public void Alpha_is_resized_beside_the_colours(int channels, int bits)
    {
        using var device = new TestDevice();
        using var upscaler = new Upscaler(new Rcan(Initializer.Random(device, seed: 3), RcanTests.Small));
        Image picture = Picture(8, 6, channels, bits), result = upscaler.Upscale(picture);
        Assert.Equal((16, 12, channels, bits), (result.Width, result.Height, result.Channels, result.BitDepth));
        Assert.Equal(upscaler.Upscale(picture.WithoutAlpha()).ToFloat(), result.WithoutAlpha().ToFloat());
        float[] alpha = [.. picture.ToFloat().Where((_, i) => i % channels == channels - 1)];
        Image lone = ImageResize.Resize(Image.FromFloat(alpha, 8, 6, 1, bits), 16, 12);
        Assert.Equal(lone.ToFloat(), result.ToFloat().Where((_, i) => i % channels == channels - 1));
    }

    // A network that sees a tile differs from one that sees the picture, because its channels are weighed by means over all it sees and its border is padded with zeros. Faded over the
    // overlap, the difference must change from pixel to pixel far less than the picture does; without overlap it jumps.
    [Fact]
    public void Tiles_leave_no_seams()
    {
        using var device = new TestDevice();
        using var upscaler = new Upscaler(new Rcan(Initializer.Random(device, seed: 5), RcanTests.Small));
        UpscaleOptions tiles = new() { TileSize = 64, Overlap = 16 };
        Image picture = Picture(110, 90, 3, 16);
        float[] whole = upscaler.Upscale(picture, new() { TileSize = 128 }).ToFloat();
        double faded = LargestJump(upscaler.Upscale(picture, tiles).ToFloat(), whole), cut = LargestJump(upscaler.Upscale(picture, tiles with { Overlap = 0 }).ToFloat(), whole);
        Assert.InRange(faded, 0, 0.05 * MeanStep(whole));
        Assert.True(cut > 20 * faded, $"{cut} without overlap, {faded} with");
    }

    [Fact]
    public void Memory_follows_from_the_tile_and_not_from_the_picture()
    {
        long Peak(int width, int height)
        {
            using var device = new TestDevice();
            using var upscaler = new Upscaler(new Rcan(Initializer.Random(device), RcanTests.Small));
            upscaler.Upscale(Picture(width, height, 3, 8), s_tiles);
            return device.Accelerator.Memory.PeakBytes;
        }

        Assert.InRange(Peak(150, 130), 1, Peak(48, 48));
    }

    [Fact]
    public void Progress_counts_up_to_the_total_and_can_be_stopped()
    {
        using var device = new TestDevice();
        using var upscaler = new Upscaler(new Rcan(Initializer.Random(device), RcanTests.Small));
        using var stop = new CancellationTokenSource();
        List<UpscaleProgress> reports = [];
        upscaler.Upscale(Picture(60, 40, 1, 8), s_tiles, new Told<UpscaleProgress>(reports.Add), stop.Token);
        Assert.Equal(Enumerable.Range(1, 2 * 3).Select(done => new UpscaleProgress(done, 2 * 3, 2)), reports);

        long before = device.Accelerator.Memory.BytesInUse;
        reports.Clear();
        var stopping = new Told<UpscaleProgress>(report =>
        {
            reports.Add(report);
            stop.Cancel();
        });
        Assert.Throws<OperationCanceledException>(() => upscaler.Upscale(Picture(60, 40, 1, 8), s_tiles, stopping, stop.Token));
        Assert.Single(reports);
        Assert.Equal(before, device.Accelerator.Memory.BytesInUse);
    }

    [Fact]
    public void Impossible_tiles_are_refused()
    {
        foreach (UpscaleOptions impossible in (UpscaleOptions[])[s_tiles with { TileSize = 31 }, s_tiles with { Overlap = -1 }, s_tiles with { Overlap = 13 }])
        {
            Assert.Throws<ArgumentException>(impossible.Validate);
        }
    }

    /// <summary>Waves of several lengths and a little noise.</summary>
    internal static Image Picture(int width, int height, int channels, int bits)
    {
        var random = new Random(11);
        float[] values = [.. Enumerable.Range(0, width * height * channels).Select(i =>
        {
            int x = i / channels % width, y = i / channels / width, c = i % channels;
            return (float)(0.5 + (0.2 * Math.Sin((0.9 * x) + c)) + (0.2 * Math.Cos((0.4 * y) - (0.1 * x))) + (0.05 * random.NextDouble()));
        })];
        return Image.FromFloat(values, width, height, channels, bits);
    }

    private static float[] Rgb(Image picture) =>
        picture.Channels == 3 ? picture.ToFloat() : [.. picture.ToFloat().SelectMany(value => (float[])[value, value, value])];

    // Of neighbours in rows and columns, in a picture of 220 x 180 pixels.
    private static IEnumerable<double> Steps(double[] values)
    {
        const int width = 220, channels = 3;
        for (int i = width * channels; i < values.Length; i++)
        {
            yield return Math.Abs(values[i] - values[i - (width * channels)]);
            yield return i % (width * channels) < channels ? 0 : Math.Abs(values[i] - values[i - channels]);
        }
    }

    private static double LargestJump(float[] tiled, float[] whole) => Steps([.. tiled.Zip(whole, (a, b) => (double)a - b)]).Max();

    private static double MeanStep(float[] whole) => Steps([.. whole.Select(value => (double)value)]).Average();
}
