using G3DR.Compute;

namespace G3DR.Kernels.Rendering.Fused.Device;

/// <summary>
/// Adds the gradients of points to the texels that the points read. Two variants: `sorted` orders the points by texel, so that one item owns a number and adds in
/// a fixed order; `atomic` lets points add in whatever order they come, with results that differ in rounding from run to run.
/// </summary>
internal static class ScatterKernels
{
    /// <summary>Sorted: the cell of one point on one map as its key. Points that read no texel get the last cell, which nobody reads.</summary>
    /// <param name="item">(point, map).</param>
    /// <param name="maps">Table of maps.</param>
    /// <param name="origins">Ray origins of the call.</param>
    /// <param name="directions">Ray directions of the call.</param>
    /// <param name="samples">Scratch of the chunk with distances.</param>
    /// <param name="keys">Receives cells [map][point].</param>
    /// <param name="order">Receives the points' numbers.</param>
    /// <param name="points">The points.</param>
    [Kernel]
    public static void Keys(
        Index2D item,
        ArrayView<int> maps,
        ArrayView<float> origins,
        ArrayView<float> directions,
        ArrayView<float> samples,
        ArrayView<int> keys,
        ArrayView<int> order,
        PointShape points)
    {
        int point = item.X, map = item.Y;
        TexelCell cell = MapTable.Cell(maps, map, origins, directions, samples[points.FirstDistance + point], points.Ray(point), points);
        long place = ((long)map * points.Points) + point;
        keys[place] = cell.IsOutside ? Cells(maps, map) - 1 : cell.Number;
        order[place] = point;
    }

    /// <summary>Sorted: the place of the first point of one cell.</summary>
    /// <param name="item">(cell, map); maps may have fewer cells than the extent.</param>
    /// <param name="maps">Table of maps.</param>
    /// <param name="keys">Sorted keys [map][point].</param>
    /// <param name="starts">Receives places, map after map.</param>
    /// <param name="points">Points of each map.</param>
    [Kernel]
    public static void Starts(Index2D item, ArrayView<int> maps, ArrayView<int> keys, ArrayView<int> starts, int points)
    {
        int cell = item.X, map = item.Y;
        if (cell >= Cells(maps, map))
        {
            return;
        }

        long first = (long)map * points;
        int low = 0, high = points;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (keys[first + middle] < cell)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        starts[(long)maps[((long)map * MapTable.Columns) + MapTable.FirstCell] + cell] = low;
    }

    /// <summary>Sorted: weights of the right and the lower texels for the points in their order.</summary>
    /// <param name="item">(place, map).</param>
    /// <param name="maps">Table of maps.</param>
    /// <param name="origins">Ray origins of the call.</param>
    /// <param name="directions">Ray directions of the call.</param>
    /// <param name="samples">Scratch of the chunk with distances.</param>
    /// <param name="order">Sorted points [map][place].</param>
    /// <param name="fractions">Receives weights [map][right, lower][place].</param>
    /// <param name="points">The points.</param>
    [Kernel]
    public static void Fractions(
        Index2D item,
        ArrayView<int> maps,
        ArrayView<float> origins,
        ArrayView<float> directions,
        ArrayView<float> samples,
        ArrayView<int> order,
        ArrayView<float> fractions,
        PointShape points)
    {
        int map = item.Y, point = order[((long)map * points.Points) + item.X];
        TexelCell cell = MapTable.Cell(maps, map, origins, directions, samples[points.FirstDistance + point], points.Ray(point), points);
        long place = (2L * map * points.Points) + item.X;
        fractions[place] = cell.X;
        fractions[place + points.Points] = cell.Y;
    }

    /// <summary>
    /// Sorted: adds to one number of one texel what the points around it give. They lie in four cells; the two cells of a row are neighbours, so their points are one
    /// run. Points come row after row, cell after cell, and within a cell in the order of their numbers.
    /// </summary>
    /// <param name="item">(hidden unit, texel without the border).</param>
    /// <param name="maps">Table of maps.</param>
    /// <param name="hidden">Gradients of the points [point][unit].</param>
    /// <param name="keys">Sorted keys [map][place].</param>
    /// <param name="order">Sorted points [map][place].</param>
    /// <param name="fractions">What <see cref="Fractions"/> wrote.</param>
    /// <param name="starts">What <see cref="Starts"/> wrote.</param>
    /// <param name="gradient">Gradient of the hidden planes.</param>
    /// <param name="shape">Sizes.</param>
    [Kernel]
    public static void Gather(
        Index2D item,
        ArrayView<int> maps,
        ArrayView<float> hidden,
        ArrayView<int> keys,
        ArrayView<int> order,
        ArrayView<float> fractions,
        ArrayView<int> starts,
        ArrayView<float> gradient,
        GatherShape shape)
    {
        long row = (long)shape.Map * MapTable.Columns, first = (long)shape.Map * shape.Points;
        int width = maps[row + MapTable.Width], rowTexels = width + 2;
        int upperLeft = (item.Y / width * rowTexels) + (item.Y % width);
        long firstCell = maps[row + MapTable.FirstCell];
        float sum = 0f;
        for (int below = 0; below < 2; below++)
        {
            int left = upperLeft + (below * rowTexels), end = starts[firstCell + left + 2];
            for (int i = starts[firstCell + left]; i < end; i++)
            {
                float right = fractions[(2 * first) + i], lower = fractions[(2 * first) + shape.Points + i];
                float weight = (keys[first + i] == left ? right : 1f - right) * (below == 0 ? lower : 1f - lower);
                sum = XMath.FusedMultiplyAdd(weight, hidden[((long)order[first + i] * shape.Units) + item.X], sum);
            }
        }

        long texel = (long)maps[row + MapTable.FirstTexel] + upperLeft + rowTexels + 1;
        gradient[(texel * shape.Units) + item.X] += sum;
    }

    /// <summary>Atomic: adds one number of one point's gradient to the texels that the point read on all maps.</summary>
    /// <param name="item">(hidden unit, point).</param>
    /// <param name="maps">Table of maps.</param>
    /// <param name="origins">Ray origins of the call.</param>
    /// <param name="directions">Ray directions of the call.</param>
    /// <param name="samples">Scratch of the chunk with distances.</param>
    /// <param name="hidden">Gradients of the points [point][unit].</param>
    /// <param name="gradient">Gradient of the hidden planes.</param>
    /// <param name="points">The points.</param>
    /// <param name="units">Padded hidden units.</param>
    /// <param name="mapCount">Number of maps.</param>
    [Kernel]
    public static void AddAtomically(
        Index2D item,
        ArrayView<int> maps,
        ArrayView<float> origins,
        ArrayView<float> directions,
        ArrayView<float> samples,
        ArrayView<float> hidden,
        ArrayView<float> gradient,
        PointShape points,
        int units,
        int mapCount)
    {
        int point = item.Y;
        float value = hidden[((long)point * units) + item.X], distance = samples[points.FirstDistance + point];
        for (int map = 0; map < mapCount; map++)
        {
            TexelCell cell = MapTable.Cell(maps, map, origins, directions, distance, points.Ray(point), points);
            if (!cell.IsOutside)
            {
                long row = (long)map * MapTable.Columns;
                long top = (((long)maps[row + MapTable.FirstTexel] + cell.Number) * units) + item.X;
                long bottom = top + ((maps[row + MapTable.Width] + 2L) * units);
                Atomic.Add(ref gradient[top], (1f - cell.X) * (1f - cell.Y) * value);
                Atomic.Add(ref gradient[top + units], cell.X * (1f - cell.Y) * value);
                Atomic.Add(ref gradient[bottom], (1f - cell.X) * cell.Y * value);
                Atomic.Add(ref gradient[bottom + units], cell.X * cell.Y * value);
            }
        }
    }

    /// <summary>Cells of a map: a position is in the cell of its upper left texel, which may be one of the border.</summary>
    private static int Cells(ArrayView<int> maps, int map)
    {
        long row = (long)map * MapTable.Columns;
        return (maps[row + MapTable.Width] + 2) * (maps[row + MapTable.Height] + 2);
    }
}

/// <summary>Sizes of <see cref="ScatterKernels.Gather"/>.</summary>
/// <param name="Map">The map.</param>
/// <param name="Points">Points of each map.</param>
/// <param name="Units">Padded hidden units.</param>
internal readonly record struct GatherShape(int Map, int Points, int Units);
