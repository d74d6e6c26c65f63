using G3DR.Core.Imaging;
using G3DR.Tests.Support;

namespace G3DR.Tests.Imaging;

public sealed class ResizeTests
{
    public static TheoryData<string> Cases => [.. VectorFile.Generated.Names.Where(name => name.StartsWith("resize.", StringComparison.Ordinal) && !name.EndsWith(".source", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Is_bit_exact_with_Pillow(string name)
    {
        VectorFile vectors = VectorFile.Generated;
        string[] parts = name.Split('.');
        string source = $"resize.{parts[1]}.source";
        ResizeFilter filter = Enum.Parse<ResizeFilter>(parts[2], ignoreCase: true);
        int[] from = vectors.Shape(source);
        int[] to = vectors.Shape(name);
        switch (parts[1])
        {
            case "int":
                Assert.Equal(vectors.Read<int>(name), ImageResize.Resize(vectors.Read<int>(source), from[1], from[0], to[1], to[0], filter));
                break;
            case "float":
                Assert.Equal(vectors.Read<float>(name), ImageResize.Resize(vectors.Read<float>(source), from[1], from[0], to[1], to[0], filter));
                break;
            default:
                var image = new Image(from[1], from[0], from[2], vectors.Read<byte>(source));
                Assert.Equal(vectors.Read<byte>(name), ImageResize.Resize(image, to[1], to[0], filter).Data8.ToArray());
                break;
        }
    }

    [Fact]
    public void The_vectors_cover_all_filters_and_pixel_types()
    {
        foreach (string filter in Enum.GetNames<ResizeFilter>())
        {
            foreach (string type in (string[])["rgb", "rgba", "int", "float"])
            {
                string start = $"resize.{type}.{filter}.";
                Assert.Contains(VectorFile.Generated.Names, name => name.StartsWith(start, StringComparison.OrdinalIgnoreCase));
            }
        }
    }

    [SkippableTheory]
    [InlineData("p0")]
    [InlineData("p1")]
    [InlineData("p2")]
    public void Reproduces_the_authors_data_loader_on_real_pictures(string key)
    {
        Skip.If(Vectors.DataFolder is null, Vectors.NoData);
        SampleVectors samples = SampleVectors.Open();
        int size = samples.Size(key);
        int[] shape = samples.File.Shape($"{key}.png");
        int[] depth = ImageResize.Resize(samples.File.Read<int>($"{key}.png"), shape[1], shape[0], size, size);
        Assert.Equal(samples.File.Read<int>($"{key}.depth_int"), depth);

        var photo = new Image(shape[1], shape[0], 3, samples.File.Read<byte>($"{key}.jpg"));
        float[] expected = samples.File.Read<float>($"{key}.image");
        float[] actual = ImageResize.ResizeShorterSide(photo, size).ToFloat();
        for (int c = 0; c < 3; c++)
        {
            for (int i = 0; i < size * size; i++)
                Assert.Equal(expected[c * size * size + i], actual[3 * i + c]);
        }
    }

    [Theory]
    [InlineData(500, 375, 256, 341, 256)]
    [InlineData(375, 500, 256, 256, 341)]
    [InlineData(333, 500, 128, 128, 192)]
    [InlineData(64, 64, 128, 128, 128)]
    public void The_longer_side_is_rounded_down(int width, int height, int size, int newWidth, int newHeight) =>
        Assert.Equal((newWidth, newHeight), ImageResize.ShorterSideSize(width, height, size));

    [Theory]
    [InlineData(341, 256, 42)]  // 42.5 rounds to the even 42
    [InlineData(343, 256, 44)]  // 43.5 rounds to the even 44
    [InlineData(192, 128, 32)]
    public void The_crop_is_centred_with_halves_rounded_to_even(int length, int size, int start) =>
        Assert.Equal(start, ImageResize.CropStart(length, size));

    [Fact]
    public void Sixteen_bits_agree_with_the_integer_resize_except_for_clipping()
    {
        VectorFile vectors = VectorFile.Generated;
        int[] shape = vectors.Shape("resize.int.source");
        int[] values = vectors.Read<int>("resize.int.source");
        var image = new Image(shape[1], shape[0], 1, Array.ConvertAll(values, value => (ushort)value));
        int[] expected = Array.ConvertAll(vectors.Read<int>("resize.int.lanczos.16x16"), value => Math.Clamp(value, 0, 65535));
        Assert.Equal(expected, Array.ConvertAll(ImageResize.Resize(image, 16, 16).Data16.ToArray(), value => (int)value));
    }

    [Fact]
    public void Checks_its_arguments()
    {
        var image = new Image(4, 4, 3);
        Assert.Same(image, ImageResize.Resize(image, 4, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageResize.Resize(image, 0, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageResize.Resize(image, 2, 2, (ResizeFilter)9));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageResize.CenterCrop(image, 5));
        Assert.Throws<ArgumentException>(() => ImageResize.Resize(new int[5], 2, 2, 1, 1));
    }
}
