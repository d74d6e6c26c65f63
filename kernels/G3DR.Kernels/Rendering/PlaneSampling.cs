using System.Numerics;
using G3DR.Compute;

namespace G3DR.Kernels.Rendering;

/// <summary>
/// Reads three axis-aligned feature planes at the projections of points: bilinear, zero outside, the outer texel edges at -1 and 1
/// (PyTorch's <c>grid_sample</c> with <c>align_corners = False</c> and zero padding). Tri-planes: Chan et al., EG3D, CVPR 2022, section 3.2.
/// </summary>
public static partial class PlaneSampling
{
    /// <summary>Channels that one item of <see cref="Gradient"/> owns: a cache line of float32.</summary>
    public const int ChannelsPerGroup = 16;

    /// <summary>The features of one point on one plane.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="item">(scene, plane, point), row-major.</param>
    /// <param name="planes">Planes (N, 3, H, W, C).</param>
    /// <param name="points">Points (N, M, 3).</param>
    /// <param name="features">Features (N, 3, M, C), overwritten.</param>
    /// <param name="shape">Sizes and plane axes.</param>
    /// <param name="scale">Factor from world to plane coordinates: 2 / box size.</param>
    [Kernel]
    public static void Sample<T>(
        Index1D item, ArrayView<T> planes, ArrayView<T> points, ArrayView<T> features, PlaneSamplingShape shape, T scale)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int point = item.X % shape.Points;
        int plane = item.X / shape.Points % 3;
        int scene = item.X / shape.Points / 3;
        Footprint<T> at = Project(points, scene, plane, point, shape, scale);
        long target = (long)item.X * shape.Channels;
        long source = ((long)scene * 3 + plane) * shape.Height * shape.Width * shape.Channels;
        for (int c = 0; c < shape.Channels; c++)
        {
            T sum = T.Zero;
            for (int corner = 0; corner < 4; corner++)
            {
                if (at.IsInside(corner, shape))
                {
                    sum += at.Weight(corner) * planes[source + (at.Texel(corner, shape) * shape.Channels) + c];
                }
            }

            features[target + c] = sum;
        }
    }

    /// <summary>
    /// Adjoint of <see cref="Sample"/>: the gradient of some channels of one plane. An item owns its channels and goes through the points in order,
    /// so that sums do not depend on who runs it.
    /// </summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="item">(scene, plane, group of <see cref="ChannelsPerGroup"/> channels), row-major.</param>
    /// <param name="gradient">Gradient of the planes (N, 3, H, W, C), overwritten.</param>
    /// <param name="points">Points (N, M, 3).</param>
    /// <param name="cotangent">Gradient of the features (N, 3, M, C).</param>
    /// <param name="shape">Sizes and plane axes.</param>
    /// <param name="scale">Factor from world to plane coordinates: 2 / box size.</param>
    [Kernel]
    public static void Gradient<T>(
        Index1D item, ArrayView<T> gradient, ArrayView<T> points, ArrayView<T> cotangent, PlaneSamplingShape shape, T scale)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int groups = shape.ChannelGroups;
        int first = item.X % groups * ChannelsPerGroup;
        int last = XMath.Min(first + ChannelsPerGroup, shape.Channels);
        int plane = item.X / groups % 3;
        int scene = item.X / groups / 3;
        long texels = (long)shape.Height * shape.Width;
        long target = ((long)scene * 3 + plane) * texels * shape.Channels;
        for (long texel = 0; texel < texels; texel++)
        {
            for (int c = first; c < last; c++)
            {
                gradient[target + (texel * shape.Channels) + c] = T.Zero;
            }
        }

        for (int point = 0; point < shape.Points; point++)
        {
            Footprint<T> at = Project(points, scene, plane, point, shape, scale);
            long source = ((((long)scene * 3) + plane) * shape.Points + point) * shape.Channels;
            for (int corner = 0; corner < 4; corner++)
            {
                if (at.IsInside(corner, shape))
                {
                    long texel = target + (at.Texel(corner, shape) * shape.Channels);
                    for (int c = first; c < last; c++)
                    {
                        gradient[texel + c] += at.Weight(corner) * cotangent[source + c];
                    }
                }
            }
        }
    }

    /// <summary>Plane coordinates (u along W, v along H), in [-1, 1] inside the box.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="item">(scene, plane, point), row-major.</param>
    /// <param name="points">Points (N, M, 3).</param>
    /// <param name="coordinates">Coordinates (N, 3, M, 2), overwritten.</param>
    /// <param name="shape">Number of points and plane axes; the other sizes are not used.</param>
    /// <param name="scale">Factor from world to plane coordinates: 2 / box size.</param>
    [Kernel]
    public static void Coordinates<T>(Index1D item, ArrayView<T> points, ArrayView<T> coordinates, PlaneSamplingShape shape, T scale)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int plane = item.X / shape.Points % 3;
        long at = ((long)(item.X / shape.Points / 3) * shape.Points + (item.X % shape.Points)) * 3;
        coordinates[2L * item.X] = points[at + AxisOfU(plane)] * scale;
        coordinates[(2L * item.X) + 1] = points[at + AxisOfV(plane, shape.Axes)] * scale;
    }

    // Planes read (x,y), (x,z) and (z,x) or (z,y).
    private static int AxisOfU(int plane) => plane == 2 ? 2 : 0;

    private static int AxisOfV(int plane, PlaneAxes axes) => plane == 0 ? 1 : plane == 1 ? 2 : axes == PlaneAxes.Official ? 0 : 1;

    private static Footprint<T> Project<T>(ArrayView<T> points, int scene, int plane, int point, PlaneSamplingShape shape, T scale)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        long at = (((long)scene * shape.Points) + point) * 3;
        T half = T.CreateTruncating(0.5);
        T width = T.CreateTruncating(shape.Width), height = T.CreateTruncating(shape.Height);
        T x = (((points[at + AxisOfU(plane)] * scale) + T.One) * width - T.One) * half;
        T y = (((points[at + AxisOfV(plane, shape.Axes)] * scale) + T.One) * height - T.One) * half;

        // Also false for coordinates that are not numbers; what lies farther out touches no texel and need not be converted to an integer.
        if (!(x > -T.One && x < width && y > -T.One && y < height))
        {
            return new(-2, -2, T.Zero, T.Zero);
        }

        T left = T.Floor(x), top = T.Floor(y);
        return new(T.ConvertToInteger<int>(left), T.ConvertToInteger<int>(top), x - left, y - top);
    }

    // The 2 x 2 texels around a point: (X, Y) is the upper left one, (Right, Down) the weights of the right and lower ones.
    private readonly record struct Footprint<T>(int X, int Y, T Right, T Down)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public T Weight(int corner) => ((corner & 1) == 0 ? T.One - Right : Right) * ((corner & 2) == 0 ? T.One - Down : Down);

        public bool IsInside(int corner, PlaneSamplingShape shape)
        {
            int x = X + (corner & 1), y = Y + (corner >> 1);
            return x >= 0 && x < shape.Width && y >= 0 && y < shape.Height;
        }

        public long Texel(int corner, PlaneSamplingShape shape) => ((long)(Y + (corner >> 1)) * shape.Width) + X + (corner & 1);
    }
}

/// <summary>Sizes of <see cref="PlaneSampling"/>.</summary>
/// <param name="Height">Rows of a plane.</param>
/// <param name="Width">Texels per row.</param>
/// <param name="Channels">Channels of a texel.</param>
/// <param name="Points">Points per scene.</param>
/// <param name="Axes">What the planes read.</param>
public readonly record struct PlaneSamplingShape(int Height, int Width, int Channels, int Points, PlaneAxes Axes)
{
    /// <summary>Items of <see cref="PlaneSampling.Gradient"/> per plane.</summary>
    public int ChannelGroups => (Channels + PlaneSampling.ChannelsPerGroup - 1) / PlaneSampling.ChannelsPerGroup;
}
