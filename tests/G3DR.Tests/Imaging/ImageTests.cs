using System.Text;
using G3DR.Core.Imaging;
using G3DR.Core.IO;

namespace G3DR.Tests.Imaging;

public sealed class ImageTests
{
    public static TheoryData<byte[], string> Foreign => new()
    {
        { [], "an empty file" },
        { "GIF89a...."u8.ToArray(), "a GIF picture" },
        { "RIFF\0\0\0\0WEBPVP8 "u8.ToArray(), "a WebP picture" },
        { "<!DOCTYPE html><html>"u8.ToArray(), "an HTML page" },
        { "\n <HTML lang=en>"u8.ToArray(), "an HTML page" },
        { "<svg xmlns="u8.ToArray(), "an SVG drawing" },
        { "{\"error\": 404}"u8.ToArray(), "a JSON document" },
        { "version https://git-lfs.github.com/spec/v1\n"u8.ToArray(), "a Git LFS pointer" },
        { [0, 0, 0, 0x1C, .. "ftypavif"u8], "an AVIF picture" },
        { [1, 2, 3], "010203" },
    };

    [Theory]
    [MemberData(nameof(Foreign))]
    public void Says_what_a_file_looks_like_that_is_no_readable_picture(byte[] data, string description)
    {
        var error = Assert.Throws<ImageFormatException>(() => Image.Load(data));
        Assert.Contains(description, error.Message, StringComparison.Ordinal);
        Assert.Contains("PNG or JPEG", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_names_the_file()
    {
        string path = Path.Combine(Path.GetTempPath(), $"g3dr-{Guid.NewGuid():N}.png");
        File.WriteAllText(path, "hello");
        try
        {
            var error = Assert.Throws<ImageFormatException>(() => Image.Load(path));
            Assert.Contains(path, error.Message, StringComparison.Ordinal);
            Assert.Contains("a text file", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void File_size_is_limited_also_for_streams_of_unknown_length()
    {
        var options = new ImageLoadOptions { Limits = new ImageLimits { MaxFileBytes = 100 } };
        Assert.Throws<ImageFormatException>(() => Image.Load(new MemoryStream(new byte[101]), options));
        using var unseekable = new System.IO.Compression.DeflateStream(
            new MemoryStream(PngBuilder.Deflate(new byte[1000])[2..]), System.IO.Compression.CompressionMode.Decompress);
        var error = Assert.Throws<ImageFormatException>(() => Image.Load(unseekable, options));
        Assert.Contains("MaxFileBytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_codec_can_be_plugged_in()
    {
        var options = new ImageLoadOptions { Codecs = [new OnePixelCodec(), .. ImageLoadOptions.Default.Codecs] };
        Assert.Equal([7], Image.Load("ONE"u8, options).Data8.ToArray());
        var error = Assert.Throws<ImageFormatException>(() => Image.Load("TWO"u8, options));
        Assert.Contains("One or PNG or JPEG", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructors_check_sizes()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Image(0, 1, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Image(1, 1, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Image(1, 1, 3, bitDepth: 12));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Image(50000, 50000, 3));
        var error = Assert.Throws<ArgumentException>(() => new Image(2, 2, 3, new byte[11]));
        Assert.Contains("Got 11 values, need 2 x 2 x 3 = 12", error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => new Image(1, 1, 1).Data16.Length);
        Assert.Throws<InvalidOperationException>(() => new Image(1, 1, 1, 16).Data8.Length);
    }

    [Fact]
    public void Float_conversion_keeps_all_levels_and_clamps_the_rest()
    {
        var levels = new Image(256, 1, 1, [.. Enumerable.Range(0, 256).Select(i => (byte)i)]);
        Assert.Equal(levels.Data8.ToArray(), Image.FromFloat(levels.ToFloat(), 256, 1, 1).Data8.ToArray());
        var deep = new Image(65536, 1, 1, [.. Enumerable.Range(0, 65536).Select(i => (ushort)i)]);
        Assert.Equal(deep.Data16.ToArray(), Image.FromFloat(deep.ToFloat(), 65536, 1, 1, 16).Data16.ToArray());
        Assert.Equal([0, 255, 0, 255, 0, 128], Image.FromFloat([-1f, 2f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0.5f], 6, 1, 1).Data8.ToArray());
    }

    [Fact]
    public void Depth_conversion_keeps_all_8_bit_levels()
    {
        var levels = new Image(256, 1, 1, [.. Enumerable.Range(0, 256).Select(i => (byte)i)]);
        Image wide = levels.To16Bit();
        Assert.Equal(65535, wide.Data16[255]);
        Assert.Equal(levels.Data8.ToArray(), wide.To8Bit().Data8.ToArray());
        Assert.Equal(wide.Data16.ToArray(), levels.ToGrey16());
    }

    [Fact]
    public void Alpha_is_laid_over_a_background_or_dropped()
    {
        var image = new Image(3, 1, 4, [200, 100, 0, 0, 200, 100, 0, 255, 200, 100, 0, 51]);
        Assert.Equal([255, 255, 255, 200, 100, 0, 244, 224, 204], image.ToRgb8().Data8.ToArray());
        Assert.Equal([0, 0, 0, 200, 100, 0, 40, 20, 0], image.ToRgb8(Rgb24.Black).Data8.ToArray());
        Assert.Equal([200, 100, 0, 200, 100, 0, 200, 100, 0], image.WithoutAlpha().Data8.ToArray());
        Assert.Equal([9, 9, 9], new Image(1, 1, 2, new byte[] { 9, 255 }).ToRgb8().Data8.ToArray());
    }

    [Fact]
    public void Grey_weights_are_those_of_BT_601()
    {
        var primaries = new Image(4, 1, 3, [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255]);
        Assert.Equal([(ushort)19595, (ushort)38469, (ushort)7471, (ushort)65535], primaries.ToGrey16());
    }

    [Fact]
    public void Orientations_move_the_corners_as_EXIF_says()
    {
        // a b
        // c d
        // e f
        var image = new Image(2, 3, 1, "abcdef"u8.ToArray());
        string[] expected = ["abcdef", "badcfe", "fedcba", "efcdab", "acebdf", "ecafdb", "fdbeca", "bdface"];
        for (int orientation = 1; orientation <= 8; orientation++)
        {
            Image upright = image.ApplyOrientation(orientation);
            Assert.Equal(expected[orientation - 1], Encoding.ASCII.GetString(upright.Data8));
            Assert.Equal(orientation > 4 ? 3 : 2, upright.Width);
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => image.ApplyOrientation(9));
    }

    [Fact]
    public void Crop_and_flip_copy_the_right_pixels()
    {
        var image = new Image(3, 2, 1, "abcdef"u8.ToArray());
        Assert.Equal("bcef"u8.ToArray(), image.Crop(1, 0, 2, 2).Data8.ToArray());
        Assert.Equal("cbafed"u8.ToArray(), image.FlipHorizontal().Data8.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => image.Crop(2, 0, 2, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => image.Crop(1, 0, int.MaxValue, 1));
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_and_nothing_else()
    {
        string folder = Directory.CreateTempSubdirectory("g3dr-").FullName;
        try
        {
            string path = Path.Combine(folder, "a.png");
            new Image(2, 2, 3).SavePng(path);
            byte[] first = File.ReadAllBytes(path);
            Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, stream =>
            {
                stream.Write([1, 2, 3]);
                throw new InvalidOperationException("interrupted");
            }));
            Assert.Equal(first, File.ReadAllBytes(path));
            Assert.Equal([path], Directory.GetFiles(folder));

            AtomicFile.WriteAllText(path, "é");
            Assert.Equal([0xC3, 0xA9], File.ReadAllBytes(path));
            string link = Path.Combine(folder, "link");
            File.CreateSymbolicLink(link, path);
            AtomicFile.WriteAllBytes(link, new byte[] { 5 });
            Assert.Equal([5], File.ReadAllBytes(path));
            Assert.Equal(path, new FileInfo(link).LinkTarget);

            Assert.Throws<DirectoryNotFoundException>(() => AtomicFile.WriteAllText(Path.Combine(folder, "none", "a"), ""));
            Assert.Throws<IOException>(() => AtomicFile.WriteAllText(folder, ""));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class OnePixelCodec : IImageCodec
    {
        public string Name => "One";

        public bool CanEncode => false;

        public bool Recognizes(ReadOnlySpan<byte> data) => data.SequenceEqual("ONE"u8);

        public Image Decode(ReadOnlySpan<byte> data, ImageLoadOptions options) => new(1, 1, 1, [7]);

        public void Encode(Image image, Stream output) => throw new NotSupportedException();
    }
}
