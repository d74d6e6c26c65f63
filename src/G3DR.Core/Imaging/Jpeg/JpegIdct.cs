namespace G3DR.Core.Imaging;

/// <summary>
/// The inverse discrete cosine transform of 8 x 8 blocks in 32-bit integers: the algorithm of Loeffler, Ligtenberg and Moschytz (ICASSP 1989) with 12
/// multiplications per row, constants of 13 fractional bits and 2 extra bits kept between the passes. These choices of precision and rounding are those
/// of the Independent JPEG Group's accurate transform, so the results agree with its decoders to the level.
/// </summary>
internal static class JpegIdct
{
    private const int ConstBits = 13;
    private const int PassBits = 2;

    // round(x * 2^13)
    private const int F0298631336 = 2446;
    private const int F0390180644 = 3196;
    private const int F0541196100 = 4433;
    private const int F0765366865 = 6270;
    private const int F0899976223 = 7373;
    private const int F1175875602 = 9633;
    private const int F1501321110 = 12299;
    private const int F1847759065 = 15137;
    private const int F1961570560 = 16069;
    private const int F2053119869 = 16819;
    private const int F2562915447 = 20995;
    private const int F3072711026 = 25172;

    /// <summary>Transforms one block of dequantised coefficients (natural order) into samples 0..255.</summary>
    /// <param name="block">64 coefficients; used as work space.</param>
    /// <param name="output">The plane, from the block's top left sample on.</param>
    /// <param name="stride">Samples from one row of the plane to the next.</param>
    public static void Transform(Span<int> block, Span<byte> output, int stride)
    {
        for (int column = 0; column < 8; column++)
            Columns(block[column..]);
        for (int row = 0; row < 8; row++)
            Rows(block.Slice(8 * row, 8), output.Slice(row * stride, 8));
    }

    /// <summary>Transforms a block whose coefficients other than the first are zero: all samples are equal.</summary>
    public static void TransformConstant(int dc, Span<byte> output, int stride)
    {
        byte value = Level(((dc << PassBits) + (1 << (PassBits + 2))) >> (PassBits + 3));
        for (int row = 0; row < 8; row++)
            output.Slice(row * stride, 8).Fill(value);
    }

    private static void Columns(Span<int> b)
    {
        if ((b[8] | b[16] | b[24] | b[32] | b[40] | b[48] | b[56]) == 0)
        {
            int dc = b[0] << PassBits;
            for (int i = 0; i < 64; i += 8)
                b[i] = dc;
            return;
        }
        Butterfly result = Butterfly.Compute(b[0], b[8], b[16], b[24], b[32], b[40], b[48], b[56]);
        const int Shift = ConstBits - PassBits;
        const int Half = 1 << (Shift - 1);
        b[0] = (result.Even0 + result.Odd0 + Half) >> Shift;
        b[56] = (result.Even0 - result.Odd0 + Half) >> Shift;
        b[8] = (result.Even1 + result.Odd1 + Half) >> Shift;
        b[48] = (result.Even1 - result.Odd1 + Half) >> Shift;
        b[16] = (result.Even2 + result.Odd2 + Half) >> Shift;
        b[40] = (result.Even2 - result.Odd2 + Half) >> Shift;
        b[24] = (result.Even3 + result.Odd3 + Half) >> Shift;
        b[32] = (result.Even3 - result.Odd3 + Half) >> Shift;
    }

    private static void Rows(ReadOnlySpan<int> b, Span<byte> o)
    {
        // The final 3 bits divide by 8, the scale of two one-dimensional passes.
        const int Shift = ConstBits + PassBits + 3;
        const int Half = 1 << (Shift - 1);
        Butterfly result = Butterfly.Compute(b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]);
        o[0] = Level((result.Even0 + result.Odd0 + Half) >> Shift);
        o[7] = Level((result.Even0 - result.Odd0 + Half) >> Shift);
        o[1] = Level((result.Even1 + result.Odd1 + Half) >> Shift);
        o[6] = Level((result.Even1 - result.Odd1 + Half) >> Shift);
        o[2] = Level((result.Even2 + result.Odd2 + Half) >> Shift);
        o[5] = Level((result.Even2 - result.Odd2 + Half) >> Shift);
        o[3] = Level((result.Even3 + result.Odd3 + Half) >> Shift);
        o[4] = Level((result.Even3 - result.Odd3 + Half) >> Shift);
    }

    private static byte Level(int centred) => (byte)Math.Clamp(centred + 128, 0, 255);

    /// <summary>The even and odd halves of a one-dimensional transform; sample i is Even_i + Odd_i, sample 7 - i is Even_i - Odd_i.</summary>
    private readonly record struct Butterfly(int Even0, int Even1, int Even2, int Even3, int Odd0, int Odd1, int Odd2, int Odd3)
    {
        public static Butterfly Compute(int c0, int c1, int c2, int c3, int c4, int c5, int c6, int c7)
        {
            // Even part: a rotation of coefficients 2 and 6.
            int z = (c2 + c6) * F0541196100;
            int e2 = z - c6 * F1847759065;
            int e3 = z + c2 * F0765366865;
            int sum = (c0 + c4) << ConstBits;
            int difference = (c0 - c4) << ConstBits;

            // Odd part, with the products shared between the outputs.
            int z1 = c7 + c1;
            int z2 = c5 + c3;
            int z3 = c7 + c3;
            int z4 = c5 + c1;
            int z5 = (z3 + z4) * F1175875602;
            int p1 = -z1 * F0899976223;
            int p2 = -z2 * F2562915447;
            int p3 = z5 - z3 * F1961570560;
            int p4 = z5 - z4 * F0390180644;
            return new Butterfly(
                sum + e3,
                difference + e2,
                difference - e2,
                sum - e3,
                c1 * F1501321110 + p1 + p4,
                c3 * F3072711026 + p2 + p3,
                c5 * F2053119869 + p2 + p4,
                c7 * F0298631336 + p1 + p3);
        }
    }
}
