using G3DR.Compute;

namespace G3DR.Kernels.Rendering.Fused.Device;

/// <summary>
/// What kernels know of the maps that are sampled (one for each pyramid level and plane): a row of integers for each, in the order of levels, then planes.
/// </summary>
internal static class MapTable
{
    /// <summary>Integers of a row.</summary>
    public const int Columns = 6;

    /// <summary>Column of the number of the map's first texel among those of all maps.</summary>
    public const int FirstTexel = 0;

    /// <summary>Column of the width without the border.</summary>
    public const int Width = 1;

    /// <summary>Column of the height without the border.</summary>
    public const int Height = 2;

    /// <summary>Column of the coordinate that is read along the width.</summary>
    public const int UAxis = 3;

    /// <summary>Column of the coordinate that is read along the height.</summary>
    public const int VAxis = 4;

    /// <summary>Column of the map's first cell among those of all sampled maps.</summary>
    public const int FirstCell = 5;

    /// <summary>The rows of all maps of a layout.</summary>
    public static int[] Build(HiddenLayout layout, int finestLevel)
    {
        int planes = layout.Sources.Length, levels = layout.Heights.Length - finestLevel, cells = 0;
        var table = new int[levels * planes * Columns];
        for (int map = 0; map < levels * planes; map++)
        {
            (int level, int plane) = (finestLevel + (map / planes), map % planes);
            Span<int> row = table.AsSpan(map * Columns, Columns);
            row[FirstTexel] = checked((int)(layout.Offsets[level][plane] / layout.Hidden));
            row[Width] = layout.Widths[level];
            row[Height] = layout.Heights[level];
            row[UAxis] = layout.Sources[plane].UAxis;
            row[VAxis] = layout.Sources[plane].VAxis;
            row[FirstCell] = cells;
            cells = checked(cells + ((row[Width] + 2) * (row[Height] + 2)));
        }

        return table;
    }

    /// <summary>Where a point lies on a map.</summary>
    public static TexelCell Cell(
        ArrayView<int> maps, int map, ArrayView<float> origins, ArrayView<float> directions, float distance, long ray, PointShape points)
    {
        long row = (long)map * Columns;
        float u = points.Coordinate(origins, directions, distance, ray, maps[row + UAxis]);
        float v = points.Coordinate(origins, directions, distance, ray, maps[row + VAxis]);
        return new(u, v, maps[row + Width], maps[row + Height]);
    }
}
