using G3DR.Compute;

namespace G3DR.Kernels.Rendering.Fused.Device;

/// <summary>Gradient of the decoder behind the hidden planes.</summary>
internal static class HeadKernels
{
    /// <summary>Points whose gradients one item adds up.</summary>
    public const int PointsPerBlock = 64;

    /// <summary>
    /// One hidden unit of a block of points: replaces the unit before its activation by the gradient of it, and adds up the unit's part of the decoder's gradients.
    /// </summary>
    /// <param name="item">(hidden unit, block of points).</param>
    /// <param name="hidden">Hidden units before the activation [point][unit]; receives their gradient.</param>
    /// <param name="gradients">Gradients of the raw outputs: rows 0 to 3 of a chunk's scratch.</param>
    /// <param name="decoder">Packed decoder.</param>
    /// <param name="directions">Ray directions of the call; read if the decoder reads them.</param>
    /// <param name="sums">Receives the block's sums, in the order of <see cref="DecoderSums.BlockSize"/>.</param>
    /// <param name="points">The points.</param>
    /// <param name="layout">Layout of the decoder.</param>
    /// <param name="usesDirections">Whether the decoder reads the ray direction.</param>
    [Kernel]
    public static void Gradient(
        Index2D item,
        ArrayView<float> hidden,
        ArrayView<float> gradients,
        ArrayView<float> decoder,
        ArrayView<float> directions,
        ArrayView<float> sums,
        PointShape points,
        PackedDecoder layout,
        bool usesDirections)
    {
        int unit = item.X, units = layout.Units, first = item.Y * PointsPerBlock;
        int end = XMath.Min(first + PointsPerBlock, points.Points);
        float w0 = decoder[layout.Second + unit], w1 = decoder[layout.Second + units + unit];
        float w2 = decoder[layout.Second + (2L * units) + unit], w3 = decoder[layout.Second + (3L * units) + unit];
        float g0 = 0f, g1 = 0f, g2 = 0f, g3 = 0f, bias = 0f, x = 0f, y = 0f, z = 0f;
        for (int point = first; point < end; point++)
        {
            float d0 = gradients[point], d1 = gradients[(long)points.Points + point];
            float d2 = gradients[(2L * points.Points) + point], d3 = gradients[(3L * points.Points) + point];
            long place = ((long)point * units) + unit;
            float activation = Activation.Softplus(hidden[place], out float derivative);
            g0 = XMath.FusedMultiplyAdd(d0, activation, g0);
            g1 = XMath.FusedMultiplyAdd(d1, activation, g1);
            g2 = XMath.FusedMultiplyAdd(d2, activation, g2);
            g3 = XMath.FusedMultiplyAdd(d3, activation, g3);
            float gradient = (XMath.FusedMultiplyAdd(d0, w0, d1 * w1) + XMath.FusedMultiplyAdd(d2, w2, d3 * w3)) * derivative;
            hidden[place] = gradient;
            bias += gradient;
            if (usesDirections)
            {
                long ray = 3 * points.Ray(point);
                x = XMath.FusedMultiplyAdd(directions[ray], gradient, x);
                y = XMath.FusedMultiplyAdd(directions[ray + 1], gradient, y);
                z = XMath.FusedMultiplyAdd(directions[ray + 2], gradient, z);
            }
        }

        long block = (long)item.Y * ((8 * units) + 4);
        sums[block + unit] = g0;
        sums[block + units + unit] = g1;
        sums[block + (2L * units) + unit] = g2;
        sums[block + (3L * units) + unit] = g3;
        sums[block + (4L * units) + unit] = bias;
        sums[block + (5L * units) + unit] = x;
        sums[block + (6L * units) + unit] = y;
        sums[block + (7L * units) + unit] = z;
        if (unit < 4)
        {
            sums[block + (8L * units) + unit] = SumOutput(gradients, unit, first, end, points.Points);
        }
    }

    private static float SumOutput(ArrayView<float> gradients, int output, int first, int end, int points)
    {
        float sum = 0f;
        for (int point = first; point < end; point++)
        {
            sum += gradients[((long)output * points) + point];
        }

        return sum;
    }
}
