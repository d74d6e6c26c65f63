using G3DR.Core.Imaging;

namespace G3DR.Tests.Imaging;

public sealed class GifTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(256)]
    public void Pictures_with_few_colours_are_kept_exactly(int colors)
    {
        // Random pixels make LZW run through all code widths and clear its table.
        var random = new Random(colors);
        Image[] frames = [.. Enumerable.Range(0, 2).Select(_ => FewColors(random, 120, 90, colors))];
        foreach (GifDither dither in Enum.GetValues<GifDither>())
        {
            GifDecoder decoded = Encode(frames, new GifOptions { Dither = dither });
            Assert.Equal(frames[0].Data8.ToArray(), decoded.Frames[0]);
            Assert.Equal(frames[1].Data8.ToArray(), decoded.Frames[1]);
        }
    }

    [Fact]
    public void Every_length_of_data_ends_correctly()
    {
        var random = new Random(4);
        for (int width = 1; width <= 300; width++)
        {
            Image image = FewColors(random, width, 1, 4);
            Assert.Equal(image.Data8.ToArray(), Encode([image], GifOptions.Default).Frames[0]);
        }
    }

    // Mean squared errors that Pillow 9.4 reaches on this picture: median cut with k-means 47.1, with error diffusion 78.2.
    [Theory]
    [InlineData(GifDither.None, 47.1)]
    [InlineData(GifDither.BlueNoise, 78.2)]
    [InlineData(GifDither.FloydSteinberg, 78.2)]
    public void Smooth_colours_are_reproduced_as_well_as_by_Pillow(GifDither dither, double bound)
    {
        Image smooth = Smooth(128, 128, 0);
        byte[] pixels = Encode([smooth], new GifOptions { Dither = dither }).Frames[0];
        Assert.InRange(MeanSquare(smooth.Data8, pixels), 0, bound);
    }

    [Fact]
    public void Dithering_lowers_the_error_seen_from_a_distance()
    {
        // The means of 8 x 8 pixels, with so few colours that bands show.
        Image smooth = Smooth(128, 128, 0);
        double Seen(GifDither dither) => MeanSquare(
            Shrink(smooth, 8), Shrink(new Image(128, 128, 3, Encode([smooth], new GifOptions { Dither = dither, Colors = 16 }).Frames[0]), 8));
        double none = Seen(GifDither.None);
        Assert.InRange(Seen(GifDither.BlueNoise), 0, 0.7 * none);
        Assert.InRange(Seen(GifDither.FloydSteinberg), 0, 0.6 * none);
    }

    [Fact]
    public void Still_parts_do_not_flicker()
    {
        // The left half stands still while the right half changes.
        Image[] frames = [.. Enumerable.Range(0, 3).Select(shift => Smooth(128, 64, shift))];
        GifDecoder decoded = Encode(frames, GifOptions.Default);
        for (int y = 0; y < 64; y++)
        {
            ReadOnlySpan<byte> first = decoded.Frames[0].AsSpan(3 * 128 * y, 3 * 64);
            Assert.True(first.SequenceEqual(decoded.Frames[1].AsSpan(3 * 128 * y, 3 * 64)));
            Assert.True(first.SequenceEqual(decoded.Frames[2].AsSpan(3 * 128 * y, 3 * 64)));
        }
        Assert.NotEqual(decoded.Frames[0], decoded.Frames[1]);
    }

    [Fact]
    public void Own_palettes_serve_frames_with_different_colours()
    {
        Image[] frames = [FewColors(new Random(1), 32, 32, 256), FewColors(new Random(2), 32, 32, 256)];
        GifDecoder own = Encode(frames, new GifOptions { PalettePerFrame = true });
        Assert.False(own.HasGlobalPalette);
        Assert.Equal(frames[0].Data8.ToArray(), own.Frames[0]);
        Assert.Equal(frames[1].Data8.ToArray(), own.Frames[1]);
    }

    [Fact]
    public void Delays_add_up_to_the_frame_rate()
    {
        Image[] frames = [.. Enumerable.Repeat(new Image(1, 1, 3), 30)];
        GifDecoder decoded = Encode(frames, new GifOptions { FramesPerSecond = 30, Loops = 3 });
        Assert.Equal(100, decoded.Delays.Sum());
        Assert.All(decoded.Delays, delay => Assert.InRange(delay, 3, 4));
        Assert.Equal(3, decoded.Loops);
        Assert.Equal(0, Encode(frames, GifOptions.Default).Loops);
    }

    [Fact]
    public void The_same_frames_give_the_same_bytes()
    {
        Image[] frames = [Smooth(64, 64, 0), Smooth(64, 64, 1)];
        Assert.Equal(Bytes(frames, GifOptions.Default), Bytes(frames, GifOptions.Default));
    }

    [Fact]
    public void Grey_and_transparent_frames_are_accepted()
    {
        GifDecoder decoded = Encode([new Image(2, 1, 1, new byte[] { 0, 200 }), new Image(2, 1, 4)], GifOptions.Default);
        Assert.Equal([0, 0, 0, 200, 200, 200], decoded.Frames[0]);
        Assert.Equal([255, 255, 255, 255, 255, 255], decoded.Frames[1]);
    }

    [Fact]
    public void Checks_frames_and_options()
    {
        Assert.Throws<ArgumentException>(() => Bytes([], GifOptions.Default));
        var error = Assert.Throws<ArgumentException>(() => Bytes([new Image(2, 2, 3), new Image(3, 2, 3)], GifOptions.Default));
        Assert.Contains("frame 1 has 3 x 2", error.Message, StringComparison.Ordinal);
        Image[] one = [new Image(1, 1, 3)];
        Assert.Throws<ArgumentException>(() => Bytes(one, new GifOptions { Colors = 1 }));
        Assert.Throws<ArgumentException>(() => Bytes(one, new GifOptions { FramesPerSecond = double.NaN }));
        Assert.Throws<ArgumentException>(() => Bytes(one, new GifOptions { Loops = -1 }));
        Assert.Throws<ArgumentException>(() => Bytes([new Image(65536, 1, 3)], GifOptions.Default));
    }

    [Fact]
    public void Cancelling_leaves_no_file()
    {
        string path = Path.Combine(Path.GetTempPath(), $"g3dr-{Guid.NewGuid():N}.gif");
        Assert.Throws<OperationCanceledException>(() => GifAnimation.Save(path, [new Image(1, 1, 3)], cancel: new CancellationToken(canceled: true)));
        Assert.False(File.Exists(path));
    }

    private static GifDecoder Encode(IReadOnlyList<Image> frames, GifOptions options)
    {
        GifDecoder decoded = GifDecoder.Decode(Bytes(frames, options));
        Assert.Equal((frames[0].Width, frames[0].Height, frames.Count), (decoded.Width, decoded.Height, decoded.Frames.Count));
        return decoded;
    }

    private static byte[] Bytes(IReadOnlyList<Image> frames, GifOptions options)
    {
        using var stream = new MemoryStream();
        GifAnimation.Save(stream, frames, options);
        return stream.ToArray();
    }

    private static Image FewColors(Random random, int width, int height, int colors)
    {
        byte[] data = new byte[3 * width * height];
        for (int i = 0; i < data.Length; i += 3)
        {
            int color = random.Next(colors);
            (data[i], data[i + 1], data[i + 2]) = ((byte)(color * 37), (byte)(255 - color), (byte)(color * 101));
        }
        return new Image(width, height, 3, data);
    }

    /// <summary>Gradients; the right half depends on <paramref name="shift"/>.</summary>
    private static Image Smooth(int width, int height, int shift)
    {
        byte[] data = new byte[3 * width * height];
        for (int i = 0; i < width * height; i++)
        {
            int x = i % width;
            int y = i / width;
            int moved = x < width / 2 ? x : x + 9 * shift;
            data[3 * i] = (byte)(127 + 120 * Math.Sin(moved * 0.04));
            data[3 * i + 1] = (byte)(127 + 120 * Math.Sin(y * 0.05 + 1));
            data[3 * i + 2] = (byte)(127 + 100 * Math.Sin((moved + y) * 0.03 + 2));
        }
        return new Image(width, height, 3, data);
    }

    private static byte[] Shrink(Image image, int factor) =>
        ImageResize.Resize(image, image.Width / factor, image.Height / factor, ResizeFilter.Box).Data8.ToArray();

    private static double MeanSquare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        return sum / a.Length;
    }
}
