namespace G3DR.Compute;

public static partial class DeviceMath
{
    /// <summary>
    /// x = quadrant pi/2 + result + low, |result| at most about pi/4. Up to 10^5 by subtracting a multiple of pi/2 in three parts
    /// (Cody and Waite, "Software Manual for the Elementary Functions", 1980), above by integer arithmetic. Only quadrant modulo 4 counts.
    /// </summary>
    private static float ReduceAngle(float x, out float low, out int quadrant)
    {
        // NaN and infinities go through the subtraction, which makes them NaN.
        if (XMath.Abs(x) > 1e5f && XMath.Abs(x) < float.PositiveInfinity)
        {
            return ReduceLargeAngle(x, out low, out quadrant);
        }

        // 1.5 * 2^23: the rounded quotient lies in the low bits of the sum.
        float shifted = XMath.FusedMultiplyAdd(x, 0.63661975f, 12582912f);
        float n = shifted - 12582912f;
        quadrant = BitConverter.SingleToInt32Bits(shifted);

        // The first difference is exact; the product with the second part is taken with its rounding error.
        float first = XMath.FusedMultiplyAdd(n, -1.5707964f, x);
        float product = n * -4.371139e-08f;
        float productError = XMath.FusedMultiplyAdd(n, -4.371139e-08f, -product);
        float r = first - product;
        low = XMath.FusedMultiplyAdd(n, 1.7151245e-15f, first - r - product - productError);
        return r;
    }

    /// <summary>The reduction in double precision; the subtraction serves up to 2^27.</summary>
    private static double ReduceAngle(double x, out double low, out int quadrant)
    {
        if (XMath.Abs(x) > 134217728.0 && XMath.Abs(x) < double.PositiveInfinity)
        {
            return ReduceLargeAngle(x, out low, out quadrant);
        }

        // 1.5 * 2^52: the rounded quotient lies in the low bits of the sum.
        double shifted = XMath.FusedMultiplyAdd(x, 0.6366197723675814, 6755399441055744.0);
        double n = shifted - 6755399441055744.0;
        quadrant = (int)BitConverter.DoubleToInt64Bits(shifted);
        double first = XMath.FusedMultiplyAdd(n, -1.5707963267948966, x);
        double product = n * 6.123233995736766e-17;
        double productError = XMath.FusedMultiplyAdd(n, 6.123233995736766e-17, -product);
        double r = first - product;
        low = XMath.FusedMultiplyAdd(n, 1.4973849048591698e-33, first - r - product - productError);
        return r;
    }

    /// <summary>
    /// Payne and Hanek, "Radian reduction for trigonometric functions" (SIGNUM Newsletter 18, 1983): of x 2/pi only the two integer bits that
    /// name the quadrant and the bits after them are computed, by multiplying the mantissa with the 96 bits of 2/pi that matter.
    /// Floats come no closer than about 2^-32 to a multiple of pi/2, so that 62 bits of fraction leave 30.
    /// </summary>
    private static float ReduceLargeAngle(float x, out float low, out int quadrant)
    {
        uint bits = BitConverter.SingleToUInt32Bits(x);
        ulong mantissa = (bits & 0x7FFFFFu) | 0x800000u;

        // x = mantissa 2^(exponent - 150); bits of 2/pi above place exponent - 151 give multiples of 4, that is of whole turns.
        int offset = (int)((bits >> 23) & 0xFFu) - 150 + 62;
        ulong high = TwoOverPiBits(offset);
        ulong next = TwoOverPiBits(offset + 64) >> 32;
        ulong part = ((high & 0xFFFFFFFFul) * mantissa) + ((next * mantissa) >> 32);
        ulong product = (((high >> 32) * mantissa) << 32) + part;

        // Two integer bits, then the fraction; as a signed number it is the distance from the nearest integer in units of 2^-64.
        long fraction = (long)(product << 2);
        int turn = (int)(product >> 62) + (fraction < 0L ? 1 : 0);

        // One bit less, so that the rounded value fits a long again.
        fraction >>= 1;
        float fractionHigh = (float)fraction;
        float fractionLow = (float)(fraction - (long)fractionHigh);

        // Times pi/2 2^-63 in two parts.
        float r = fractionHigh * 1.7030608e-19f;
        float error = XMath.FusedMultiplyAdd(fractionHigh, 1.7030608e-19f, -r);
        float rest = XMath.FusedMultiplyAdd(fractionLow, 1.7030608e-19f, XMath.FusedMultiplyAdd(fractionHigh, -4.7391982e-27f, error));
        float result = r + rest;
        rest = r - result + rest;
        bool negative = x < 0f;
        quadrant = negative ? -turn : turn;
        low = negative ? -rest : rest;
        return negative ? -result : result;
    }

    /// <summary>
    /// The same with 192 bits of 2/pi: doubles come as close as about 2^-61 to a multiple of pi/2, and 126 bits of fraction leave 65.
    /// </summary>
    private static double ReduceLargeAngle(double x, out double low, out int quadrant)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(x);
        ulong mantissa = (bits & 0xFFFFFFFFFFFFFul) | 0x10000000000000ul;
        int offset = (int)((bits >> 52) & 0x7FFul) - 1075 + 62;
        ulong high = TwoOverPiBits(offset);
        ulong middle = TwoOverPiBits(offset + 64);
        ulong carried = MultiplyHigh(TwoOverPiBits(offset + 128), mantissa);
        ulong lower = (middle * mantissa) + carried;
        ulong upper = (high * mantissa) + MultiplyHigh(middle, mantissa) + (lower < carried ? 1ul : 0ul);

        // The fraction in units of 2^-128; above one half its distance from the next integer is taken.
        ulong fractionHigh = (upper << 2) | (lower >> 62);
        ulong fractionLow = lower << 2;
        bool above = (fractionHigh >> 63) != 0ul;
        int turn = (int)(upper >> 62) + (above ? 1 : 0);
        ulong flip = above ? ~0ul : 0ul;
        fractionLow = (fractionLow ^ flip) + (above ? 1ul : 0ul);
        fractionHigh = (fractionHigh ^ flip) + (above && fractionLow == 0ul ? 1ul : 0ul);

        // Three exact pieces (32, 32 and 53 bits), summed to a high and a low number.
        double piece0 = (double)(fractionHigh >> 32) * 2.3283064365386963e-10;
        double piece1 = (double)(fractionHigh & 0xFFFFFFFFul) * 5.421010862427522e-20;
        double piece2 = (double)(fractionLow >> 11) * 6.018531076210112e-36;
        double sum = piece0 + piece1;
        double sumError = piece0 - sum + piece1 + piece2;
        double distance = sum + sumError;
        double distanceLow = sum - distance + sumError;

        double r = distance * 1.5707963267948966;
        double error = XMath.FusedMultiplyAdd(distance, 1.5707963267948966, -r);
        double rest = XMath.FusedMultiplyAdd(distanceLow, 1.5707963267948966, XMath.FusedMultiplyAdd(distance, 6.123233995736766e-17, error));
        double result = r + rest;
        rest = r - result + rest;
        bool negative = x < 0.0;
        bool mirrored = negative != above;
        quadrant = negative ? -turn : turn;
        low = mirrored ? -rest : rest;
        return mirrored ? -result : result;
    }

    /// <summary>64 bits of 2/pi from bit <paramref name="offset"/> on (0 to 1161); the 64 bits before the binary point, all zero, come first.</summary>
    private static ulong TwoOverPiBits(int offset)
    {
        int word = offset >> 6, shift = offset & 63;
        return (TwoOverPiWord(word) << shift) | (TwoOverPiWord(word + 1) >> 1 >> (63 - shift));
    }

    /// <summary>Word 0 is the integer part of 2/pi, the others its binary digits.</summary>
    private static ulong TwoOverPiWord(int word) => word switch
    {
        1 => 0xA2F9836E4E441529ul,
        2 => 0xFC2757D1F534DDC0ul,
        3 => 0xDB6295993C439041ul,
        4 => 0xFE5163ABDEBBC561ul,
        5 => 0xB7246E3A424DD2E0ul,
        6 => 0x06492EEA09D1921Cul,
        7 => 0xFE1DEB1CB129A73Eul,
        8 => 0xE88235F52EBB4484ul,
        9 => 0xE99C7026B45F7E41ul,
        10 => 0x3991D639835339F4ul,
        11 => 0x9C845F8BBDF9283Bul,
        12 => 0x1FF897FFDE05980Ful,
        13 => 0xEF2F118B5A0A6D1Ful,
        14 => 0x6D367ECF27CB09B7ul,
        15 => 0x4F463F669E5FEA2Dul,
        16 => 0x7527BAC7EBE5F17Bul,
        17 => 0x3D0739F78A5292EAul,
        18 => 0x6BFB5FB11F8D5D08ul,
        19 => 0x56033046FC7B6BABul,
        _ => 0ul,
    };

    /// <summary>The high 64 bits of the product, from products of halves.</summary>
    private static ulong MultiplyHigh(ulong a, ulong b)
    {
        ulong aLow = a & 0xFFFFFFFFul, aHigh = a >> 32, bLow = b & 0xFFFFFFFFul, bHigh = b >> 32;
        ulong cross = (aHigh * bLow) + ((aLow * bLow) >> 32);
        ulong middle = (aLow * bHigh) + (cross & 0xFFFFFFFFul);
        return (aHigh * bHigh) + (cross >> 32) + (middle >> 32);
    }
}
