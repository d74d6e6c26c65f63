using G3DR.Core.Imaging;

namespace G3DR.Tests.Imaging;

public sealed class DisplayTests
{
    // Values of the published tables at 0, 1/2 and 1 (index 0, 128 and 255), and how far the polynomials are off there.
    [Theory]
    [InlineData("viridis", 68, 1, 84, 33, 145, 140, 253, 231, 37, 4)]
    [InlineData("magma", 0, 0, 4, 183, 55, 121, 252, 253, 191, 5)]
    [InlineData("grey", 0, 0, 0, 128, 128, 128, 255, 255, 255, 0)]
    public void Colour_maps_follow_their_published_tables(string name, int r0, int g0, int b0, int r1, int g1, int b1, int r2, int g2, int b2, int tolerance)
    {
        ColorMap map = ColorMap.Parse(name.ToUpperInvariant());
        AssertNear(map.At(0f), r0, g0, b0, tolerance);
        AssertNear(map.At(128 / 255f), r1, g1, b1, tolerance);
        AssertNear(map.At(1f), r2, g2, b2, tolerance);
    }

    [Fact]
    public void Turbo_is_its_published_polynomial()
    {
        // 255 times the constant terms, and 255 times the sums of all coefficients (blue is clamped), rounded.
        Assert.Equal(new Rgb24(35, 23, 27), ColorMap.Turbo.At(0f));
        Assert.Equal(new Rgb24(144, 13, 0), ColorMap.Turbo.At(1f));
        Rgb24 middle = ColorMap.Turbo.At(0.5f);
        Assert.True(middle.G > 240 && middle.R > middle.B, $"the middle is {middle}, not yellow-green");
    }

    [Fact]
    public void Values_outside_the_range_are_clamped()
    {
        Assert.Equal(ColorMap.Turbo.At(0f), ColorMap.Turbo.At(-1f));
        Assert.Equal(ColorMap.Turbo.At(1f), ColorMap.Turbo.At(float.PositiveInfinity));
        Assert.Equal(ColorMap.Turbo.At(0f), ColorMap.Turbo.At(float.NaN));
        Assert.Throws<ArgumentException>(() => ColorMap.Parse("jet"));
    }

    [Fact]
    public void Near_surfaces_are_bright_and_invalid_ones_marked()
    {
        Image image = ColorMap.Grey.PaintDepth([4f, 5f, 6f, float.NaN], 4, 1, (4f, 6f));
        Assert.Equal([255, 255, 255, 128, 128, 128, 0, 0, 0, 0, 0, 0], image.Data8.ToArray());
        Image marked = ColorMap.Grey.Paint([float.NaN, float.PositiveInfinity], 2, 1, 0f, 1f, new Rgb24(255, 0, 255));
        Assert.Equal([255, 0, 255, 255, 0, 255], marked.Data8.ToArray());
    }

    [Fact]
    public void A_constant_map_is_painted_in_one_colour()
    {
        Image image = ColorMap.Turbo.PaintDepth([5f, 5f], 2, 1);
        Assert.Equal(image.Data8[..3].ToArray(), image.Data8[3..].ToArray());
    }

    [Fact]
    public void The_robust_range_leaves_out_outliers_and_invalid_values()
    {
        float[] values = [.. Enumerable.Range(0, 101).Select(i => (float)i), float.NaN, float.PositiveInfinity];
        values[50] = 1e9f;
        (float low, float high) = ColorMap.RobustRange(values, 0.1, 0.9);
        Assert.Equal(10f, low);
        Assert.Equal(91f, high);
        Assert.Equal((0f, 1f), ColorMap.RobustRange([float.NaN]));
        Assert.Throws<ArgumentOutOfRangeException>(() => ColorMap.RobustRange(values, 0.9, 0.1));
    }

    [Fact]
    public void Paint_checks_its_arguments()
    {
        Assert.Throws<ArgumentException>(() => ColorMap.Grey.Paint(new float[3], 2, 2, 0, 1));
        Assert.Throws<ArgumentException>(() => ColorMap.Grey.Paint(new float[4], 2, 2, float.NaN, 1));
    }

    [Fact]
    public void A_sheet_places_pictures_in_a_grid()
    {
        var red = new Image(4, 4, 3, Repeat(16, 255, 0, 0));
        var small = new Image(2, 2, 3, Repeat(4, 0, 0, 255));
        Image sheet = new ContactSheet(2) { Gap = 1 }.Add(red).Add(small).Add(red).Render();
        Assert.Equal((2 * 5 + 1, 2 * 5 + 1), (sheet.Width, sheet.Height));
        string[] rows = [.. Enumerable.Range(0, sheet.Height).Select(y => string.Concat(Enumerable.Range(0, sheet.Width).Select(x => Letter(sheet, x, y))))];
        Assert.Equal(
            [
                "...........",
                ".rrrr......",
                ".rrrr..bb..",
                ".rrrr..bb..",
                ".rrrr......",
                "...........",
                ".rrrr......",
                ".rrrr......",
                ".rrrr......",
                ".rrrr......",
                "...........",
            ],
            rows);
    }

    [Fact]
    public void Labels_are_drawn_below_and_cut_to_the_cell()
    {
        var cell = new Image(11, 3, 3, Repeat(33, 255, 0, 0));
        Image two = new ContactSheet(1) { Gap = 0 }.Add(cell, "T1").Render();
        Image cut = new ContactSheet(1) { Gap = 0 }.Add(cell, "T1 and more").Render();
        Assert.Equal(two.Data8.ToArray(), cut.Data8.ToArray());
        string[] rows = [.. Enumerable.Range(6, 7).Select(y => string.Concat(Enumerable.Range(0, 11).Select(x => Letter(two, x, y))))];
        Assert.Equal(
            [
                "xxxxx...x..",
                "..x....xx..",
                "..x.....x..",
                "..x.....x..",
                "..x.....x..",
                "..x.....x..",
                "..x....xxx.",
            ],
            rows);
    }

    [Fact]
    public void Every_printable_character_has_its_own_shape()
    {
        var shapes = new HashSet<string>();
        for (char c = ' '; c <= '~'; c++)
        {
            Image sheet = new ContactSheet(1) { Gap = 0 }.Add(new Image(5, 1, 3), c.ToString()).Render();
            Assert.True(shapes.Add(Convert.ToHexString(sheet.Data8)), $"'{c}' looks like another character");
        }
        Image question = new ContactSheet(1).Add(new Image(5, 1, 3), "?").Render();
        Assert.Equal(question.Data8.ToArray(), new ContactSheet(1).Add(new Image(5, 1, 3), "é").Render().Data8.ToArray());
    }

    [Fact]
    public void An_empty_sheet_is_an_error() => Assert.Throws<InvalidOperationException>(() => new ContactSheet(2).Render());

    private static char Letter(Image image, int x, int y)
    {
        ReadOnlySpan<byte> pixel = image.Data8.Slice((y * image.Width + x) * 3, 3);
        return (pixel[0], pixel[1], pixel[2]) switch { (255, 255, 255) => '.', (255, 0, 0) => 'r', (0, 0, 255) => 'b', _ => 'x' };
    }

    private static byte[] Repeat(int count, byte r, byte g, byte b)
    {
        byte[] data = new byte[3 * count];
        for (int i = 0; i < count; i++)
            (data[3 * i], data[3 * i + 1], data[3 * i + 2]) = (r, g, b);
        return data;
    }

    private static void AssertNear(Rgb24 color, int r, int g, int b, int tolerance)
    {
        Assert.InRange(color.R, r - tolerance, r + tolerance);
        Assert.InRange(color.G, g - tolerance, g + tolerance);
        Assert.InRange(color.B, b - tolerance, b + tolerance);
    }
}
