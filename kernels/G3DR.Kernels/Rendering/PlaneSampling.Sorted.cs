using System.Numerics;
using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Kernels.Layout;

namespace G3DR.Kernels.Rendering;

/// <content>
/// The gradient of the planes for devices with thousands of threads. <see cref="Gradient"/> has a handful of items that go through all points; here the
/// points are sorted by the texels they touch, and every element of the planes is an item that adds its own points, in the same order: same bits.
/// </content>
public static partial class PlaneSampling
{
    private const int Corners = 4;

    // Above the key of every point that touches a texel.
    private const ulong NoCell = ulong.MaxValue;

    /// <summary>The key of one point on one plane: its cell in the upper half, its number (scene, plane, point) in the lower.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="item">(scene, plane, point), row-major; larger numbers fill the keys up to a power of two.</param>
    /// <param name="keys">Keys, overwritten.</param>
    /// <param name="points">Points (N, M, 3).</param>
    /// <param name="shape">Sizes and plane axes.</param>
    /// <param name="scale">Factor from world to plane coordinates: 2 / box size.</param>
    [Kernel]
    public static void CellKeys<T>(Index1D item, ArrayView<ulong> keys, ArrayView<T> points, PlaneSamplingShape shape, T scale)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ulong key = NoCell;
        if (item.X < points.Length)
        {
            // Three coordinates of a point, three planes: as many items as coordinates.
            int sheet = item.X / shape.Points;
            Footprint<T> at = Project(points, sheet / 3, sheet % 3, item.X % shape.Points, shape, scale);
            if (at.X > -2)
            {
                key = CellKey(sheet, at.X, at.Y, shape) + (ulong)item.X;
            }
        }

        keys[item.X] = key;
    }

    /// <summary>The gradient of one element of the planes: the points of the four cells around its texel, merged by their numbers.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="item">Channel, and texel (scene, plane, row, column).</param>
    /// <param name="keys">The sorted keys of <see cref="CellKeys"/>.</param>
    /// <param name="gradient">Gradient of the planes (N, 3, H, W, C), overwritten.</param>
    /// <param name="points">Points (N, M, 3).</param>
    /// <param name="cotangent">Gradient of the features (N, 3, M, C).</param>
    /// <param name="shape">Sizes and plane axes.</param>
    /// <param name="scale">Factor from world to plane coordinates: 2 / box size.</param>
    [Kernel]
    public static void GradientOfTexel<T>(
        Index2D item, ArrayView<ulong> keys, ArrayView<T> gradient, ArrayView<T> points, ArrayView<T> cotangent, PlaneSamplingShape shape, T scale)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int x = item.Y % shape.Width, row = item.Y / shape.Width;
        int y = row % shape.Height, sheet = row / shape.Height;
        Span<ulong> cells = stackalloc ulong[Corners];
        Span<int> next = stackalloc int[Corners];
        for (int corner = 0; corner < Corners; corner++)
        {
            cells[corner] = CellKey(sheet, x - (corner & 1), y - (corner >> 1), shape);
            next[corner] = CountBelow(keys, cells[corner]);
        }

        T sum = T.Zero;
        int nearest = 0;
        while (nearest >= 0)
        {
            nearest = -1;
            ulong first = NoCell;
            for (int corner = 0; corner < Corners; corner++)
            {
                // Keys of later cells are at least 2^32 larger than this cell's own key.
                ulong number = next[corner] < keys.Length ? keys[next[corner]] - cells[corner] : NoCell;
                if (number <= uint.MaxValue && number < first)
                {
                    first = number;
                    nearest = corner;
                }
            }

            if (nearest >= 0)
            {
                next[nearest]++;
                long point = (long)first;
                Footprint<T> at = Project(points, sheet / 3, sheet % 3, (int)(point % shape.Points), shape, scale);
                sum += at.Weight(nearest) * cotangent[(point * shape.Channels) + item.X];
            }
        }

        gradient[((long)item.Y * shape.Channels) + item.X] = sum;
    }

    /// <summary>The gradient of all planes by <see cref="CellKeys"/>, <see cref="SortKernels"/> and <see cref="GradientOfTexel"/>.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="device">Where to run.</param>
    /// <param name="gradient">Gradient of the planes (N, 3, H, W, C), overwritten.</param>
    /// <param name="points">Points (N, M, 3).</param>
    /// <param name="cotangent">Gradient of the features (N, 3, M, C).</param>
    /// <param name="shape">Sizes and plane axes.</param>
    /// <param name="scale">Factor from world to plane coordinates: 2 / box size.</param>
    /// <exception cref="ArgumentException">There are more points or texels than the keys can number.</exception>
    public static void GradientBySorting<T>(
        Accelerator device, ArrayView<T> gradient, ArrayView<T> points, ArrayView<T> cotangent, PlaneSamplingShape shape, T scale)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (gradient.Length == 0)
        {
            return;
        }

        long sheets = gradient.Length / ((long)shape.Height * shape.Width * shape.Channels);
        if (points.Length > SortKernels.MaxLength || sheets * (shape.Height + 1L) * (shape.Width + 1L) >= uint.MaxValue)
        {
            throw new ArgumentException(
                $"The gradient of planes takes at most {SortKernels.MaxLength / 3} points and {uint.MaxValue} texels, got {points.Length / 3} and {gradient.Length / shape.Channels}.");
        }

        int length = (int)BitOperations.RoundUpToPowerOf2((uint)points.Length);
        using MemoryBuffer<ulong> keys = device.Allocate<ulong>(Math.Max(length, 1));
        device.Launch(CellKeys, new Index1D((int)keys.Length), keys.View, points, shape, scale);
        SortKernels.Sort(device, keys.View);
        var extent = new Index2D(shape.Channels, Shards.PlainExtent(gradient.Length / shape.Channels));
        device.Launch(GradientOfTexel, extent, keys.View, gradient, points, cotangent, shape, scale);
    }

    // The first key of a cell. Cells lie between texels: (-1, -1) touches the first texel of a sheet only.
    private static ulong CellKey(int sheet, int x, int y, PlaneSamplingShape shape) =>
        (ulong)(((((long)sheet * (shape.Height + 1)) + y + 1) * (shape.Width + 1)) + x + 1) << 32;

    // Number of keys below a value, by bisection.
    private static int CountBelow(ArrayView<ulong> keys, ulong value)
    {
        int low = 0, high = (int)keys.Length;
        while (low < high)
        {
            int middle = low + ((high - low) / 2);
            if (keys[middle] < value)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
