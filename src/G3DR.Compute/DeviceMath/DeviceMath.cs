namespace G3DR.Compute;

/// <summary>
/// The elementary functions of kernels, written in the kernel subset: sums, products, quotients, square roots and fused multiply-adds,
/// each rounded once, and integer operations. The processor runs this source and devices run its translation, so both compute the
/// same polynomials, bit for bit where the device rounds divisions correctly. Kernels call them through <see cref="XMath"/>.
/// The <see langword="float"/> functions use no <see langword="double"/>, which many devices lack or emulate.
/// Measured errors: docs/device-math.md.
/// </summary>
/// <remarks>
/// All polynomials are the project's own weighted minimax fits; beside each stand its interval and its largest error.
/// "fl" below is the value rounded to the working precision, "ulp" the distance of neighbouring numbers at the exact result.
/// </remarks>
[DeviceFunction]
public static partial class DeviceMath
{
    /// <summary>
    /// value 2^exponent, rounded once, for exponents in [-252, 254]: the power is split in two because 2^128 and subnormal powers
    /// are no normal numbers. The first product is exact for the values near 1 that occur here.
    /// </summary>
    private static float ScaleByPowerOfTwo(float value, int exponent)
    {
        int half = exponent >> 1;
        float first = BitConverter.UInt32BitsToSingle((uint)(half + 127) << 23);
        float second = BitConverter.UInt32BitsToSingle((uint)(exponent - half + 127) << 23);
        return value * first * second;
    }

    /// <summary>value 2^exponent, rounded once, for exponents in [-2044, 2046].</summary>
    private static double ScaleByPowerOfTwo(double value, int exponent)
    {
        int half = exponent >> 1;
        double first = BitConverter.UInt64BitsToDouble((ulong)(half + 1023) << 52);
        double second = BitConverter.UInt64BitsToDouble((ulong)(exponent - half + 1023) << 52);
        return value * first * second;
    }

    /// <summary>magnitude (not negative, or NaN) with the sign of <paramref name="sign"/>.</summary>
    private static float WithSignOf(float magnitude, float sign) => BitConverter.UInt32BitsToSingle(
        BitConverter.SingleToUInt32Bits(magnitude) | (BitConverter.SingleToUInt32Bits(sign) & 0x80000000u));

    /// <summary>magnitude (not negative, or NaN) with the sign of <paramref name="sign"/>.</summary>
    private static double WithSignOf(double magnitude, double sign) => BitConverter.UInt64BitsToDouble(
        BitConverter.DoubleToUInt64Bits(magnitude) | (BitConverter.DoubleToUInt64Bits(sign) & 0x8000000000000000ul));
}
