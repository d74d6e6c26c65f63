using G3DR.Compute;

namespace G3DR.Kernels.Rendering.Fused.Device;

/// <summary>
/// The four texels around a position on one map (bilinear, texel centres at half-integers). Maps have a border of one texel that is zero, and positions
/// are held within it, so that outside of a plane needs no special case.
/// </summary>
internal readonly struct TexelCell
{
    /// <summary>Finds the cell of a position.</summary>
    /// <param name="u">Position along the width, -1 to 1 on the plane; numbers that are not count as outside.</param>
    /// <param name="v">Position along the height.</param>
    /// <param name="width">Texels of a row, without the border.</param>
    /// <param name="height">Rows, without the border.</param>
    public TexelCell(float u, float v, int width, int height)
    {
        float x = Hold(XMath.FusedMultiplyAdd(u + 1f, width * 0.5f, -0.5f), width);
        float y = Hold(XMath.FusedMultiplyAdd(v + 1f, height * 0.5f, -0.5f), height);
        float left = XMath.Floor(x), top = XMath.Floor(y);
        X = x - left;
        Y = y - top;
        Number = (((int)top + 1) * (width + 2)) + (int)left + 1;
        IsOutside = x <= -1f || y <= -1f || left >= width || top >= height;
    }

    /// <summary>Number of the upper left texel among those of the map, border included.</summary>
    public int Number { get; }

    /// <summary>Weight of the right texels.</summary>
    public float X { get; }

    /// <summary>Weight of the lower texels.</summary>
    public float Y { get; }

    /// <summary>Whether only texels of the border have weight.</summary>
    public bool IsOutside { get; }

    // Comparisons, not minimum and maximum: what is not a number must not become an address.
    private static float Hold(float position, int end)
    {
        float low = position > -1f ? position : -1f;
        return low < end ? low : end;
    }
}
