using System.Numerics;

namespace G3DR.Core.Imaging;

/// <summary>A cell of colour space that occurs in the pictures: the mean colour of its pixels and their number.</summary>
internal readonly record struct ColorBin(Vector3 Color, long Count);

/// <summary>Counts the colours of pictures in cells of 5 bits per channel, and exactly as long as there are few.</summary>
internal sealed class ColorHistogram(int maxExactColors)
{
    private const int Bits = 5;

    private readonly long[] _count = new long[1 << (3 * Bits)];
    private readonly long[] _red = new long[1 << (3 * Bits)];
    private readonly long[] _green = new long[1 << (3 * Bits)];
    private readonly long[] _blue = new long[1 << (3 * Bits)];
    private HashSet<Rgb24>? _exact = [];

    /// <summary>All colours, sorted, if there are at most as many as the palette holds; otherwise null.</summary>
    public Rgb24[]? ExactColors => _exact is null ? null : [.. _exact.OrderBy(color => (color.R << 16) | (color.G << 8) | color.B)];

    public void Add(Image rgb)
    {
        ReadOnlySpan<byte> data = rgb.Data8;
        for (int i = 0; i < data.Length; i += 3)
        {
            byte r = data[i];
            byte g = data[i + 1];
            byte b = data[i + 2];
            int cell = (r >> (8 - Bits) << (2 * Bits)) | (g >> (8 - Bits) << Bits) | (b >> (8 - Bits));
            _count[cell]++;
            _red[cell] += r;
            _green[cell] += g;
            _blue[cell] += b;
            if (_exact is not null)
            {
                _exact.Add(new Rgb24(r, g, b));
                if (_exact.Count > maxExactColors)
                    _exact = null;
            }
        }
    }

    public ColorBin[] Bins()
    {
        var bins = new List<ColorBin>();
        for (int cell = 0; cell < _count.Length; cell++)
        {
            long n = _count[cell];
            if (n > 0)
                bins.Add(new ColorBin(new Vector3((float)_red[cell] / n, (float)_green[cell] / n, (float)_blue[cell] / n), n));
        }
        return [.. bins];
    }
}
