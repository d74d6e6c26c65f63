using G3DR.Compute;

namespace G3DR.Kernels.Rendering.Fused.Device;

/// <summary>Where the texels of a product over texels lie.</summary>
/// <param name="SourceStart">First number of the texel in the first row and column that is read.</param>
/// <param name="SourceColumn">Numbers from one column to the next.</param>
/// <param name="SourceRow">Numbers from one row to the next.</param>
/// <param name="TargetStart">The same for what is written.</param>
/// <param name="TargetColumn">Numbers from one column to the next.</param>
/// <param name="TargetRow">Numbers from one row to the next.</param>
/// <param name="WeightStart">First weight.</param>
/// <param name="Columns">Texels of a row.</param>
/// <param name="Inner">Numbers of a texel that is read.</param>
/// <param name="Outer">Numbers of a texel that is written.</param>
/// <param name="Accumulate">Whether the target keeps what it has.</param>
internal readonly record struct ProjectShape(
    long SourceStart, long SourceColumn, long SourceRow, long TargetStart, long TargetColumn, long TargetRow, long WeightStart, int Columns, int Inner, int Outer, bool Accumulate);

/// <summary>Where the texels of two planes lie whose outer products are added up.</summary>
/// <param name="GradientStart">First number of the hidden gradient.</param>
/// <param name="GradientColumn">Numbers from one column to the next.</param>
/// <param name="GradientRow">Numbers from one row to the next.</param>
/// <param name="PlaneStart">First number of the given plane, which is dense.</param>
/// <param name="FirstBlock">Where the sums of the first block go.</param>
/// <param name="Width">Texels of a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="RowsPerBlock">Rows of a block.</param>
/// <param name="Units">Padded hidden units.</param>
/// <param name="Channels">Channels of the given plane.</param>
internal readonly record struct OuterShape(
    long GradientStart, long GradientColumn, long GradientRow, long PlaneStart, int FirstBlock, int Width, int Height, int RowsPerBlock, int Units, int Channels);

/// <summary>Where an axis filter reads and writes.</summary>
/// <param name="SourceStart">First number that is read.</param>
/// <param name="SourceStep">Numbers between neighbours on the filtered axis.</param>
/// <param name="SourceOther">Numbers between neighbours on the other axis.</param>
/// <param name="TargetStart">First number that is written.</param>
/// <param name="TargetStep">Numbers between neighbours on the filtered axis.</param>
/// <param name="TargetOther">Numbers between neighbours on the other axis.</param>
/// <param name="FirstStart">Place of the filter's first tap numbers.</param>
/// <param name="FirstTap">Place of its first tap.</param>
/// <param name="Accumulate">Whether the target keeps what it has.</param>
internal readonly record struct FilterShape(
    long SourceStart, long SourceStep, long SourceOther, long TargetStart, long TargetStep, long TargetOther, int FirstStart, int FirstTap, bool Accumulate);

/// <summary>Products over texels and pyramid filters on hidden planes.</summary>
internal static class PlaneKernels
{
    /// <summary>Texels of a row that one item of <see cref="Project"/> does: they share the weights that are read.</summary>
    public const int TexelsPerItem = 4;

    /// <summary>Hidden units that one item of <see cref="Outer"/> does.</summary>
    public const int UnitsPerItem = 4;

    /// <summary>Target texel (+)= source texel x weights (inner, outer).</summary>
    /// <param name="item">(number of the target texel, group of columns, row).</param>
    /// <param name="source">What is read.</param>
    /// <param name="weights">Weights.</param>
    /// <param name="target">What is written.</param>
    /// <param name="shape">Layout.</param>
    [Kernel]
    public static void Project(Index3D item, ArrayView<float> source, ArrayView<float> weights, ArrayView<float> target, ProjectShape shape)
    {
        // Behind the last column the last one is computed again and not stored.
        int column = TexelsPerItem * item.Y, last = shape.Columns - 1;
        long row = shape.SourceStart + (item.Z * shape.SourceRow);
        long x0 = row + (column * shape.SourceColumn), x1 = row + (XMath.Min(column + 1, last) * shape.SourceColumn);
        long x2 = row + (XMath.Min(column + 2, last) * shape.SourceColumn), x3 = row + (XMath.Min(column + 3, last) * shape.SourceColumn);
        float a0 = 0f, a1 = 0f, a2 = 0f, a3 = 0f;
        for (int k = 0; k < shape.Inner; k++)
        {
            float weight = weights[shape.WeightStart + ((long)k * shape.Outer) + item.X];
            a0 = XMath.FusedMultiplyAdd(source[x0 + k], weight, a0);
            a1 = XMath.FusedMultiplyAdd(source[x1 + k], weight, a1);
            a2 = XMath.FusedMultiplyAdd(source[x2 + k], weight, a2);
            a3 = XMath.FusedMultiplyAdd(source[x3 + k], weight, a3);
        }

        long to = shape.TargetStart + (item.Z * shape.TargetRow) + item.X;
        Store(target, to + (column * shape.TargetColumn), a0, true, shape.Accumulate);
        Store(target, to + ((column + 1) * shape.TargetColumn), a1, column + 1 <= last, shape.Accumulate);
        Store(target, to + ((column + 2) * shape.TargetColumn), a2, column + 2 <= last, shape.Accumulate);
        Store(target, to + ((column + 3) * shape.TargetColumn), a3, column + 3 <= last, shape.Accumulate);
    }

    /// <summary>Sum over a block of rows of hidden gradient x texel, for some hidden units and one channel.</summary>
    /// <param name="item">(channel, group of hidden units, block).</param>
    /// <param name="gradient">Gradient of the hidden planes.</param>
    /// <param name="planes">Given planes.</param>
    /// <param name="sums">Receives the sums [block][unit][channel].</param>
    /// <param name="shape">Layout.</param>
    [Kernel]
    public static void Outer(Index3D item, ArrayView<float> gradient, ArrayView<float> planes, ArrayView<float> sums, OuterShape shape)
    {
        int first = item.Z * shape.RowsPerBlock, end = XMath.Min(first + shape.RowsPerBlock, shape.Height), unit = UnitsPerItem * item.Y;
        float a0 = 0f, a1 = 0f, a2 = 0f, a3 = 0f;
        for (int row = first; row < end; row++)
        {
            long from = shape.GradientStart + (row * shape.GradientRow) + unit;
            long texel = shape.PlaneStart + ((long)row * shape.Width * shape.Channels) + item.X;
            for (int column = 0; column < shape.Width; column++)
            {
                float x = planes[texel];
                a0 = XMath.FusedMultiplyAdd(gradient[from], x, a0);
                a1 = XMath.FusedMultiplyAdd(gradient[from + 1], x, a1);
                a2 = XMath.FusedMultiplyAdd(gradient[from + 2], x, a2);
                a3 = XMath.FusedMultiplyAdd(gradient[from + 3], x, a3);
                from += shape.GradientColumn;
                texel += shape.Channels;
            }
        }

        long to = ((((long)(shape.FirstBlock + item.Z) * shape.Units) + unit) * shape.Channels) + item.X;
        sums[to] = a0;
        sums[to + shape.Channels] = a1;
        sums[to + (2L * shape.Channels)] = a2;
        sums[to + (3L * shape.Channels)] = a3;
    }

    /// <summary>One number of one output of an axis filter: the weighted sum of its taps, in tap order.</summary>
    /// <param name="item">(number of the texel, place on the filtered axis, place on the other axis).</param>
    /// <param name="source">What is read.</param>
    /// <param name="target">What is written.</param>
    /// <param name="starts">First tap of each output and one more entry at the end, filter after filter.</param>
    /// <param name="indices">Input position of each tap.</param>
    /// <param name="weights">Weight of each tap.</param>
    /// <param name="shape">Layout.</param>
    [Kernel]
    public static void Filter(
        Index3D item, ArrayView<float> source, ArrayView<float> target, ArrayView<int> starts, ArrayView<int> indices, ArrayView<float> weights, FilterShape shape)
    {
        long from = shape.SourceStart + (item.Z * shape.SourceOther) + item.X;
        int first = shape.FirstTap + starts[(long)shape.FirstStart + item.Y], end = shape.FirstTap + starts[(long)shape.FirstStart + item.Y + 1];
        float sum = 0f;
        for (int tap = first; tap < end; tap++)
        {
            sum = XMath.FusedMultiplyAdd(weights[tap], source[from + (indices[tap] * shape.SourceStep)], sum);
        }

        Store(target, shape.TargetStart + (item.Y * shape.TargetStep) + (item.Z * shape.TargetOther) + item.X, sum, true, shape.Accumulate);
    }

    private static void Store(ArrayView<float> target, long place, float value, bool exists, bool accumulate)
    {
        if (exists)
        {
            target[place] = accumulate ? target[place] + value : value;
        }
    }
}
