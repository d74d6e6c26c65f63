using FsCheck;
using FsCheck.Fluent;
using G3DR.Core.Imaging;
using G3DR.Tests.Support;

namespace G3DR.Tests.Imaging;

public sealed class PngTests
{
    public static TheoryData<string> Cases => [.. VectorFile.Generated.Cases("png", "file")];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Decodes_the_same_pixels_as_libpng(string name)
    {
        VectorFile vectors = VectorFile.Generated;
        Image image = Image.Load(vectors.Read<byte>($"png.{name}.file"));
        Assert.Equal(vectors.Shape($"png.{name}.pixels"), new[] { image.Height, image.Width, image.Channels });
        if (image.BitDepth == 8)
            Assert.Equal(vectors.Read<byte>($"png.{name}.pixels"), image.Data8.ToArray());
        else
            Assert.Equal(vectors.Read<ushort>($"png.{name}.pixels"), image.Data16.ToArray());
    }

    [SkippableTheory]
    [InlineData("p0")]
    [InlineData("p1")]
    [InlineData("p2")]
    public void Decodes_real_depth_maps_exactly(string key)
    {
        Skip.If(Vectors.DataFolder is null, Vectors.NoData);
        SampleVectors samples = SampleVectors.Open();
        Image image = Image.Load(samples.DepthPath(key));
        Assert.Equal(16, image.BitDepth);
        Assert.Equal(samples.File.Read<int>($"{key}.png"), Array.ConvertAll(image.Data16.ToArray(), value => (int)value));
    }

    [Fact]
    public void What_is_written_reads_back_unchanged()
    {
        Gen<Image> images = from width in Gen.Choose(1, 40)
                            from height in Gen.Choose(1, 30)
                            from channels in Gen.Choose(1, 4)
                            from deep in Gen.Elements(true, false)
                            from smooth in Gen.Elements(true, false)
                            from seed in Gen.Choose(0, int.MaxValue - 1)
                            select Make(width, height, channels, deep, smooth, seed);
        Prop.ForAll(images.ToArbitrary(), image =>
        {
            Image back = RoundTrip(image);
            return (back.Width, back.Height, back.Channels, back.BitDepth) == (image.Width, image.Height, image.Channels, image.BitDepth)
                && (image.BitDepth == 8 ? back.Data8.SequenceEqual(image.Data8) : back.Data16.SequenceEqual(image.Data16));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Writes_more_than_one_data_chunk_for_large_pictures()
    {
        Image noise = Make(300, 300, 3, deep: false, smooth: false, seed: 3);
        Assert.True(RoundTrip(noise).Data8.SequenceEqual(noise.Data8));
    }

    [Fact]
    public void Smooth_pictures_are_compressed_by_filtering()
    {
        Image smooth = Make(200, 200, 3, deep: false, smooth: true, seed: 1);
        using var stream = new MemoryStream();
        smooth.SavePng(stream);
        Assert.InRange(stream.Length, 100, 200 * 200 * 3 / 10);
    }

    [Fact]
    public void All_filter_types_are_undone()
    {
        // One 2-byte-per-pixel (grey+alpha) picture of 2 x 5, one filter type per row; expected values worked out by hand.
        byte[] file = new PngBuilder().Header(2, 5, 8, 4).Data(
            0, 10, 20, 30, 40,
            1, 1, 2, 3, 4,
            2, 5, 6, 7, 8,
            3, 10, 10, 10, 10,
            4, 1, 1, 1, 1).End();
        byte[] expected =
        [
            10, 20, 30, 40,
            1, 2, 4, 6,                  // left + value
            6, 8, 11, 14,                // above + value
            13, 14, 22, 24,              // (left + above) / 2 + value: 10+3, 10+4, 10+(13+11)/2, 10+(14+14)/2
            14, 15, 23, 25,              // Paeth: above for the first pixel; then 14+22-13 is nearest to 22, 15+24-14 to 24
        ];
        Assert.Equal(expected, Image.Load(file).Data8.ToArray());
    }

    [Fact]
    public void A_16_bit_colour_with_transparency_gets_an_alpha_channel()
    {
        byte[] file = new PngBuilder().Header(2, 1, 16, 2)
            .Chunk("tRNS", [1, 2, 3, 4, 5, 6])
            .Data(0, 1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 7).End();
        Assert.Equal(new ushort[] { 0x102, 0x304, 0x506, 0, 0x102, 0x304, 0x507, 65535 }, Image.Load(file).Data16.ToArray());
    }

    public static TheoryData<string, byte[], string> Damaged => new()
    {
        { "no data", new PngBuilder().Header(1, 1, 8, 0).End(), "no IDAT" },
        { "checksum", new PngBuilder().Header(1, 1, 8, 0).Chunk("IDAT", PngBuilder.Deflate([0, 1]), crcError: 1).End(), "checksum of chunk 'IDAT'" },
        { "zero width", new PngBuilder().Header(0, 1, 8, 0).Data(0).End(), "0 x 1" },
        { "size over limit", new PngBuilder().Header(1 << 30, 1 << 30, 8, 6).Data(0).End(), "MaxPixels" },
        { "size that data cannot fill", new PngBuilder().Header(9000, 9000, 8, 6).Data(0).End(), "cannot hold" },
        { "depth", new PngBuilder().Header(1, 1, 3, 0).Data(0, 1).End(), "bit depth 3" },
        { "colour type", new PngBuilder().Header(1, 1, 8, 5).Data(0, 1).End(), "colour type 5" },
        { "interlace", new PngBuilder().Header(1, 1, 8, 0, 2).Data(0, 1).End(), "interlace 2" },
        { "filter", new PngBuilder().Header(1, 1, 8, 0).Data(5, 1).End(), "filter type 5" },
        { "missing palette", new PngBuilder().Header(1, 1, 8, 3).Data(0, 1).End(), "palette" },
        { "palette length", new PngBuilder().Header(1, 1, 8, 3).Chunk("PLTE", [1, 2]).Data(0, 0).End(), "palette has 2 bytes" },
        { "palette index", new PngBuilder().Header(1, 1, 8, 3).Chunk("PLTE", [1, 2, 3]).Data(0, 1).End(), "colour number 1" },
        { "tRNS length", new PngBuilder().Header(1, 1, 8, 2).Chunk("tRNS", [1]).Data(0, 1, 2, 3).End(), "tRNS has 1 bytes" },
        { "data ends early", new PngBuilder().Header(4, 4, 8, 0).Data(0, 1, 2).End(), "ends before" },
        { "not deflate", new PngBuilder().Header(4, 4, 8, 0).Chunk("IDAT", [1, 2, 3, 4, 5, 6, 7, 8]).End(), "compressed data" },
        { "two headers", new PngBuilder().Header(1, 1, 8, 0).Header(1, 1, 8, 0).Data(0, 1).End(), "two IHDR" },
        { "header not first", new PngBuilder().Chunk("gAMA", [0, 0, 0, 0]).Header(1, 1, 8, 0).Data(0, 1).End(), "'gAMA' instead of IHDR" },
        { "unknown critical chunk", new PngBuilder().Header(1, 1, 8, 0).Chunk("ABCD", []).Data(0, 1).End(), "critical chunk 'ABCD'" },
        { "chunk name", new PngBuilder().Header(1, 1, 8, 0).Chunk("A\0CD", []).Data(0, 1).End(), "no chunk name" },
    };

    [Theory]
    [MemberData(nameof(Damaged))]
    public void Says_what_is_wrong_with_a_damaged_file(string what, byte[] file, string message)
    {
        Assert.NotEmpty(what);
        var error = Assert.Throws<ImageFormatException>(() => Image.Load(file));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_data_than_the_header_declares_is_neither_kept_nor_inflated()
    {
        // 64 MiB of zeros behind a picture of one pixel: a bomb.
        byte[] file = new PngBuilder().Header(1, 1, 8, 0).Data(new byte[64 << 20]).End();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal([0], Image.Load(file).Data8.ToArray());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    [Fact]
    public void Skips_chunks_it_may_ignore()
    {
        byte[] file = new PngBuilder().Header(1, 1, 8, 0).Chunk("teXt", [1, 2, 3]).Data(0, 77).End();
        Assert.Equal([77], Image.Load(file).Data8.ToArray());
    }

    private static Image RoundTrip(Image image)
    {
        using var stream = new MemoryStream();
        image.SavePng(stream);
        stream.Position = 0;
        return Image.Load(stream);
    }

    private static Image Make(int width, int height, int channels, bool deep, bool smooth, int seed)
    {
        var random = new Random(seed);
        int count = width * height * channels;
        int Value(int i) => smooth ? i / channels % width * 3 + i / channels / width : random.Next(65536);
        return deep
            ? new Image(width, height, channels, [.. Enumerable.Range(0, count).Select(i => (ushort)(Value(i) * (smooth ? 101 : 1)))])
            : new Image(width, height, channels, [.. Enumerable.Range(0, count).Select(i => (byte)Value(i))]);
    }
}
