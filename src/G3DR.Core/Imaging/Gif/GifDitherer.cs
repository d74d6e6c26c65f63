namespace G3DR.Core.Imaging;

/// <summary>Maps pictures to palette indices with the chosen dithering.</summary>
internal sealed class GifDitherer
{
    private readonly GifDither _mode;
    private readonly int _width;
    private readonly int _height;
    private readonly float[] _noise;

    public GifDitherer(GifDither mode, int width, int height)
    {
        (_mode, _width, _height) = (mode, width, height);
        _noise = mode == GifDither.BlueNoise ? BlueNoise.Create() : [];
    }

    /// <summary>Finds the index of every pixel.</summary>
    /// <param name="rgb">8-bit RGB.</param>
    /// <param name="palette">The palette; if it is exact, nothing is dithered.</param>
    /// <param name="indices">Receives (height, width) indices.</param>
    public void Map(Image rgb, GifPalette palette, Span<byte> indices)
    {
        if (_mode == GifDither.FloydSteinberg && palette.Spacing > 0)
            Diffuse(rgb.Data8, palette, indices);
        else
            MapWithNoise(rgb.Data8, palette, indices, _mode == GifDither.BlueNoise ? palette.Spacing : 0f);
    }

    private void MapWithNoise(ReadOnlySpan<byte> data, GifPalette palette, Span<byte> indices, float amplitude)
    {
        for (int y = 0, p = 0; y < _height; y++)
        {
            for (int x = 0; x < _width; x++, p++)
            {
                // Each channel reads the matrix at another place, so that hues are mixed as well as brightness.
                int r = data[3 * p] + Offset(x, y, amplitude);
                int g = data[3 * p + 1] + Offset(x + 11, y + 5, amplitude);
                int b = data[3 * p + 2] + Offset(x + 21, y + 18, amplitude);
                indices[p] = palette.Nearest(Clamp(r), Clamp(g), Clamp(b));
            }
        }
    }

    private int Offset(int x, int y, float amplitude) => amplitude == 0f
        ? 0
        : (int)MathF.Round((_noise[(y % BlueNoise.Size) * BlueNoise.Size + x % BlueNoise.Size] - 0.5f) * amplitude);

    private void Diffuse(ReadOnlySpan<byte> data, GifPalette palette, Span<byte> indices)
    {
        // Errors in sixteenths that wait for this row and the next; one pixel of margin on both sides.
        int[] current = new int[3 * (_width + 2)];
        int[] below = new int[3 * (_width + 2)];
        for (int y = 0; y < _height; y++)
        {
            // Every other row runs backwards, so that errors do not drift to one side.
            bool backwards = (y & 1) != 0;
            int step = backwards ? -1 : 1;
            for (int i = 0, x = backwards ? _width - 1 : 0; i < _width; i++, x += step)
            {
                int pixel = 3 * (y * _width + x);
                int margin = 3 * (x + 1);
                int r = Clamp(data[pixel] + Sixteenth(current[margin]));
                int g = Clamp(data[pixel + 1] + Sixteenth(current[margin + 1]));
                int b = Clamp(data[pixel + 2] + Sixteenth(current[margin + 2]));
                byte index = palette.Nearest(r, g, b);
                indices[y * _width + x] = index;
                Rgb24 chosen = palette[index];
                Spread(r - chosen.R, 0);
                Spread(g - chosen.G, 1);
                Spread(b - chosen.B, 2);

                void Spread(int error, int channel)
                {
                    current[margin + 3 * step + channel] += 7 * error;
                    below[margin - 3 * step + channel] += 3 * error;
                    below[margin + channel] += 5 * error;
                    below[margin + 3 * step + channel] += error;
                }
            }
            (current, below) = (below, current);
            Array.Clear(below);
        }
    }

    private static int Sixteenth(int value) => (value + 8) >> 4;

    private static int Clamp(int value) => Math.Clamp(value, 0, 255);
}
