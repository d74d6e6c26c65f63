using System.Buffers.Binary;
using G3DR.Core.Imaging;
using G3DR.Tests.Support;

namespace G3DR.Tests.Imaging;

public sealed class JpegTests
{
    public static TheoryData<string> Cases => [.. VectorFile.Generated.Cases("jpeg", "file")];

    private static byte[] Sample(string name) => VectorFile.Generated.Read<byte>($"jpeg.{name}.file");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Decodes_the_same_pixels_as_libjpeg_turbo(string name)
    {
        Image image = Image.Load(Sample(name));
        int[] shape = VectorFile.Generated.Shape($"jpeg.{name}.pixels");
        Assert.Equal(shape, new[] { image.Height, image.Width, image.Channels });
        Assert.Equal(VectorFile.Generated.Read<byte>($"jpeg.{name}.pixels"), image.Data8.ToArray());
    }

    [Fact]
    public void The_vectors_cover_what_the_codec_claims()
    {
        string[] names = [.. VectorFile.Generated.Cases("jpeg", "file")];
        Assert.True(names.Length >= 30, $"only {names.Length} JPEG vectors");
        Assert.Contains("ycck", names);
        Assert.Contains("restart_progressive", names);
        Assert.Contains("one_scan_per_component", names);
    }

    [SkippableTheory]
    [InlineData("p0")]
    [InlineData("p1")]
    [InlineData("p2")]
    public void Decodes_real_pictures_as_Pillow(string key)
    {
        Skip.If(Vectors.DataFolder is null, Vectors.NoData);
        SampleVectors samples = SampleVectors.Open();
        Image image = Image.Load(samples.PhotoPath(key));
        Assert.Equal(samples.File.Read<byte>($"{key}.jpg"), image.Data8.ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Applies_the_EXIF_orientation_in_both_byte_orders(int orientation)
    {
        byte[] plain = Sample("size_5x7");
        Image upright = Image.Load(plain);
        foreach (bool little in (bool[])[true, false])
        {
            byte[] marked = WithExif(plain, (ushort)orientation, little);
            Assert.Equal(upright.ApplyOrientation(orientation).Data8.ToArray(), Image.Load(marked).Data8.ToArray());
            Image raw = Image.Load(marked, new ImageLoadOptions { ApplyOrientation = false });
            Assert.Equal(upright.Data8.ToArray(), raw.Data8.ToArray());
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    public void Ignores_an_orientation_that_does_not_exist(int orientation)
    {
        byte[] plain = Sample("size_5x7");
        Assert.Equal(Image.Load(plain).Data8.ToArray(), Image.Load(WithExif(plain, (ushort)orientation, little: true)).Data8.ToArray());
    }

    [Fact]
    public void Ignores_EXIF_data_that_points_outside_itself()
    {
        byte[] marked = WithExif(Sample("size_5x7"), 6, little: true);
        // The offset of the first directory stands 4 bytes into the TIFF header, which follows SOI, marker, length and "Exif\0\0".
        BinaryPrimitives.WriteUInt32LittleEndian(marked.AsSpan(2 + 4 + 6 + 4), 0xFFFFFFF0);
        Assert.Equal(5, Image.Load(marked).Width);
    }

    [Fact]
    public void Names_the_coding_process_that_is_not_supported()
    {
        byte[] arithmetic = VectorFile.Generated.Read<byte>("unsupported.arithmetic");
        var error = Assert.Throws<ImageFormatException>(() => Image.Load(arithmetic));
        Assert.Contains("arithmetic", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("baseline_2x2")]
    [InlineData("progressive_2x2")]
    [InlineData("restart_every_2_units")]
    public void A_truncated_file_is_an_error_wherever_it_ends(string name)
    {
        byte[] whole = Sample(name);
        // Without its last two bytes only the end marker is missing, which is tolerated.
        Assert.Equal(Image.Load(whole).Data8.ToArray(), Image.Load(whole.AsSpan(0, whole.Length - 2)).Data8.ToArray());
        bool progressive = name.StartsWith("progressive", StringComparison.Ordinal);
        for (int length = 0; length < whole.Length * (progressive ? 2 : 9) / 10; length += 7)
            Assert.ThrowsAny<ImageFormatException>(() => Image.Load(whole.AsSpan(0, length)));
    }

    [Fact]
    public void A_huge_declared_size_is_refused_before_memory_is_taken()
    {
        byte[] file = Sample("baseline_1x1");
        int frame = FindMarker(file, 0xC0);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(frame + 5), 65535);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(frame + 7), 65535);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var overLimit = Assert.Throws<ImageFormatException>(() => Image.Load(file));
        Assert.Contains("MaxPixels", overLimit.Message, StringComparison.Ordinal);

        // Within the limit, but the file is far too short to hold that many blocks.
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(frame + 5), 9000);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(frame + 7), 9000);
        var tooShort = Assert.Throws<ImageFormatException>(() => Image.Load(file));
        Assert.Contains("9000 x 9000", tooShort.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Writing_JPEG_is_refused_with_a_hint()
    {
        var codec = new JpegCodec();
        Assert.False(codec.CanEncode);
        var error = Assert.Throws<NotSupportedException>(() => codec.Encode(new Image(1, 1, 3), Stream.Null));
        Assert.Contains("PNG", error.Message, StringComparison.Ordinal);
    }

    private static int FindMarker(byte[] file, byte marker)
    {
        for (int i = 2; i + 1 < file.Length; i++)
        {
            if (file[i] == 0xFF && file[i + 1] == marker)
                return i;
        }
        throw new InvalidOperationException($"no marker {marker:X2}");
    }

    private static byte[] WithExif(byte[] file, ushort orientation, bool little)
    {
        byte[] tiff = new byte[26];
        (little ? "II*\0"u8 : "MM\0*"u8).CopyTo(tiff);
        Put32(4, 8);
        Put16(8, 1);
        Put16(10, 0x0112);
        Put16(12, 3);
        Put32(14, 1);
        Put16(18, orientation);
        byte[] segment = [0xFF, 0xE1, 0, (byte)(2 + 6 + tiff.Length), .. "Exif\0\0"u8, .. tiff];
        return [.. file.AsSpan(0, 2), .. segment, .. file.AsSpan(2)];

        void Put16(int at, ushort value)
        {
            if (little)
                BinaryPrimitives.WriteUInt16LittleEndian(tiff.AsSpan(at), value);
            else
                BinaryPrimitives.WriteUInt16BigEndian(tiff.AsSpan(at), value);
        }

        void Put32(int at, uint value)
        {
            if (little)
                BinaryPrimitives.WriteUInt32LittleEndian(tiff.AsSpan(at), value);
            else
                BinaryPrimitives.WriteUInt32BigEndian(tiff.AsSpan(at), value);
        }
    }
}
