using System.Numerics;

namespace G3DR.Core.Imaging;

/// <summary>A palette of up to 256 colours and the search for the nearest of them.</summary>
internal sealed class GifPalette
{
    private const int CacheBits = 16;

    private readonly Rgb24[] _colors;

    // Answers of earlier searches: the colour asked for plus one (0: none), and its index, at a place given by a hash of the colour.
    private readonly int[] _cachedColor = new int[1 << CacheBits];
    private readonly byte[] _cachedIndex = new byte[1 << CacheBits];

    private GifPalette(Rgb24[] colors)
    {
        _colors = colors;
        TableBits = Math.Max(1, BitOperations.Log2((uint)Math.Max(1, colors.Length - 1)) + 1);
        Spacing = MeanSpacing(colors);
    }

    /// <summary>Bits of an index; the table in the file has 2^bits entries.</summary>
    public int TableBits { get; }

    /// <summary>Mean distance of a colour from its nearest neighbour: how much noise hides the steps between colours. 0 if all pixels have exact colours.</summary>
    public float Spacing { get; private init; }

    public Rgb24 this[int index] => _colors[index];

    /// <summary>Chooses a palette for pictures. If they have few enough colours, the palette is exact.</summary>
    public static GifPalette Build(IReadOnlyList<Image> images, int colors, CancellationToken cancel)
    {
        var histogram = new ColorHistogram(colors);
        foreach (Image image in images)
        {
            cancel.ThrowIfCancellationRequested();
            histogram.Add(image.ToRgb8());
        }
        return histogram.ExactColors is { } exact
            ? new GifPalette(exact) { Spacing = 0 }
            : new GifPalette(PaletteQuantizer.Quantize(histogram.Bins(), colors, cancel));
    }

    /// <summary>The table as it stands in the file, filled up with black.</summary>
    public byte[] Table()
    {
        byte[] table = new byte[3 << TableBits];
        for (int i = 0; i < _colors.Length; i++)
            (table[3 * i], table[3 * i + 1], table[3 * i + 2]) = (_colors[i].R, _colors[i].G, _colors[i].B);
        return table;
    }

    /// <summary>Index of the colour nearest to the given one, the first of equals.</summary>
    public byte Nearest(int r, int g, int b)
    {
        int color = (r << 16) | (g << 8) | b;
        int place = (int)((uint)color * 2654435761u >> (32 - CacheBits));
        if (_cachedColor[place] == color + 1)
            return _cachedIndex[place];
        int best = 0;
        int least = int.MaxValue;
        for (int i = 0; i < _colors.Length; i++)
        {
            int dr = _colors[i].R - r;
            int dg = _colors[i].G - g;
            int db = _colors[i].B - b;
            int distance = dr * dr + dg * dg + db * db;
            if (distance < least)
                (best, least) = (i, distance);
        }
        _cachedColor[place] = color + 1;
        return _cachedIndex[place] = (byte)best;
    }

    private static float MeanSpacing(Rgb24[] colors)
    {
        double sum = 0;
        foreach (Rgb24 a in colors)
        {
            double nearest = double.MaxValue;
            foreach (Rgb24 b in colors)
            {
                double distance = Math.Pow(a.R - b.R, 2) + Math.Pow(a.G - b.G, 2) + Math.Pow(a.B - b.B, 2);
                if (distance > 0)
                    nearest = Math.Min(nearest, distance);
            }
            if (nearest < double.MaxValue)
                sum += Math.Sqrt(nearest);
        }
        return (float)(sum / colors.Length);
    }
}
