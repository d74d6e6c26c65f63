namespace G3DR.Core.Imaging;

/// <summary>
/// Brings a component of lower resolution to the picture's: ratios of 2 with a triangle filter (3/4 nearer, 1/4 farther sample; rounding alternates to
/// avoid a bias), the way libjpeg calls "fancy" upsampling; all others by repetition.
/// </summary>
internal sealed class JpegUpsampler(JpegFrame frame, JpegComponent component)
{
    private readonly byte[] _row = new byte[(component.Width + 1) * Math.Max(2, (frame.MaxH + component.H - 1) / component.H) + 8];
    private readonly bool _halfX = component.H * 2 == frame.MaxH;
    private readonly bool _halfY = component.V * 2 == frame.MaxV;
    private readonly bool _fullX = component.H == frame.MaxH;
    private readonly bool _fullY = component.V == frame.MaxV;

    /// <summary>The samples of one row of the picture; valid until the next call.</summary>
    public ReadOnlySpan<byte> Row(int y)
    {
        // Two columns are too few for the filter; the reference repeats them.
        bool wideEnough = component.Width > 2;
        if (_fullX && _fullY)
            return Source(y);
        if (_halfX && _fullY && wideEnough)
            Horizontal(Source(y));
        else if (_fullX && _halfY)
            Vertical(Source(y / 2), Neighbour(y), roundUp: (y & 1) != 0);
        else if (_halfX && _halfY && wideEnough)
            Both(Source(y / 2), Neighbour(y));
        else
            Repeat(Source(Math.Min(y * component.V / frame.MaxV, component.Height - 1)));
        return _row;
    }

    private ReadOnlySpan<byte> Source(int row) => component.Plane.AsSpan(row * component.Stride, component.Width);

    /// <summary>The source row that is second nearest to output row y; at the borders the nearest once more.</summary>
    private ReadOnlySpan<byte> Neighbour(int y) => Source(Math.Clamp(y / 2 + ((y & 1) == 0 ? -1 : 1), 0, component.Height - 1));

    private void Horizontal(ReadOnlySpan<byte> near)
    {
        int last = near.Length - 1;
        _row[0] = near[0];
        _row[1] = (byte)((near[0] * 3 + near[1] + 2) >> 2);
        for (int x = 1; x < last; x++)
        {
            int centre = near[x] * 3;
            _row[2 * x] = (byte)((centre + near[x - 1] + 1) >> 2);
            _row[2 * x + 1] = (byte)((centre + near[x + 1] + 2) >> 2);
        }
        _row[2 * last] = (byte)((near[last] * 3 + near[last - 1] + 1) >> 2);
        _row[2 * last + 1] = near[last];
    }

    private void Vertical(ReadOnlySpan<byte> near, ReadOnlySpan<byte> far, bool roundUp)
    {
        int bias = roundUp ? 2 : 1;
        for (int x = 0; x < near.Length; x++)
            _row[x] = (byte)((near[x] * 3 + far[x] + bias) >> 2);
    }

    private void Both(ReadOnlySpan<byte> near, ReadOnlySpan<byte> far)
    {
        int last = near.Length - 1;
        int left = near[0] * 3 + far[0];
        int centre = left;
        int right = near[1] * 3 + far[1];
        _row[0] = (byte)((centre * 4 + 8) >> 4);
        _row[1] = (byte)((centre * 3 + right + 7) >> 4);
        for (int x = 1; x < last; x++)
        {
            left = centre;
            centre = right;
            right = near[x + 1] * 3 + far[x + 1];
            _row[2 * x] = (byte)((centre * 3 + left + 8) >> 4);
            _row[2 * x + 1] = (byte)((centre * 3 + right + 7) >> 4);
        }
        _row[2 * last] = (byte)((right * 3 + centre + 8) >> 4);
        _row[2 * last + 1] = (byte)((right * 4 + 7) >> 4);
    }

    private void Repeat(ReadOnlySpan<byte> source)
    {
        for (int x = 0; x < frame.Width; x++)
            _row[x] = source[Math.Min(x * component.H / frame.MaxH, source.Length - 1)];
    }
}
