using System.Globalization;
using Microsoft.CodeAnalysis;

namespace G3DR.Compute.Generator.OpenCl;

/// <summary>Constants of the generic math of <c>System.Numerics</c>, computed while compiling.</summary>
internal static class GenericMath
{
    /// <summary>A static property of a number type such as <c>T.Zero</c>; null where it has no fixed value.</summary>
    internal static object? ConstantOf(string property, SpecialType type) => property switch
    {
        "Zero" or "AdditiveIdentity" => ConvertConstant(0, type),
        "One" or "MultiplicativeIdentity" => ConvertConstant(1, type),
        "NegativeOne" => ConvertConstant(-1, type),
        "Pi" => ConvertConstant(type == SpecialType.System_Single ? 3.14159274f : Math.PI, type),
        "Tau" => ConvertConstant(type == SpecialType.System_Single ? 6.28318548f : 2 * Math.PI, type),
        "E" => ConvertConstant(type == SpecialType.System_Single ? 2.71828183f : Math.E, type),
        "Epsilon" => type == SpecialType.System_Single ? float.Epsilon : double.Epsilon,
        "NaN" => ConvertConstant(double.NaN, type),
        "PositiveInfinity" => ConvertConstant(double.PositiveInfinity, type),
        "NegativeInfinity" => ConvertConstant(double.NegativeInfinity, type),
        "NegativeZero" => ConvertConstant(-0.0, type),
        "MinValue" => Range(type).Smallest,
        "MaxValue" => Range(type).Largest,
        _ => null,
    };

    /// <summary>A constant in another type, as an unchecked cast makes it.</summary>
    internal static object ConvertConstant(object constant, SpecialType type)
    {
        if (type == SpecialType.System_Double)
            return Convert.ToDouble(constant, CultureInfo.InvariantCulture);
        if (type == SpecialType.System_Single)
            return Convert.ToSingle(constant, CultureInfo.InvariantCulture);
        ulong bits = constant is ulong large ? large : unchecked((ulong)Convert.ToInt64(constant, CultureInfo.InvariantCulture));
        return unchecked(type switch
        {
            SpecialType.System_Boolean => (object)(bits != 0),
            SpecialType.System_SByte => (sbyte)bits,
            SpecialType.System_Byte => (byte)bits,
            SpecialType.System_Int16 => (short)bits,
            SpecialType.System_UInt16 => (ushort)bits,
            SpecialType.System_Int32 => (int)bits,
            SpecialType.System_UInt32 => (uint)bits,
            SpecialType.System_Int64 => (long)bits,
            _ => bits,
        });
    }

    /// <summary>What <c>T.CreateTruncating(constant)</c> and its siblings make; null where only the device can say.</summary>
    internal static object? CreateConstant(object constant, SpecialType to, bool truncates)
    {
        if (to is SpecialType.System_Single or SpecialType.System_Double)
            return ConvertConstant(constant, to);
        bool isFraction = constant is float or double;
        if (!isFraction && truncates)
            return ConvertConstant(constant, to);
        // Only what is well inside every integer's exact range; the rest is left to the device.
        double value = Convert.ToDouble(constant, CultureInfo.InvariantCulture);
        (object smallest, object largest) = Range(to);
        bool fits = Math.Abs(value) < 1L << 53
            && value >= Convert.ToDouble(smallest, CultureInfo.InvariantCulture) && value <= Convert.ToDouble(largest, CultureInfo.InvariantCulture);
        return fits ? ConvertConstant((long)value, to) : null;
    }

    /// <summary>Smallest and largest number of a type.</summary>
    // The first arm is cast, or all would become the one type that holds them all: double.
    internal static (object Smallest, object Largest) Range(SpecialType type) => type switch
    {
        SpecialType.System_SByte => ((object)sbyte.MinValue, (object)sbyte.MaxValue),
        SpecialType.System_Byte => (byte.MinValue, byte.MaxValue),
        SpecialType.System_Int16 => (short.MinValue, short.MaxValue),
        SpecialType.System_UInt16 => (ushort.MinValue, ushort.MaxValue),
        SpecialType.System_Int32 => (int.MinValue, int.MaxValue),
        SpecialType.System_UInt32 => (uint.MinValue, uint.MaxValue),
        SpecialType.System_Int64 => (long.MinValue, long.MaxValue),
        SpecialType.System_UInt64 => (ulong.MinValue, ulong.MaxValue),
        SpecialType.System_Single => (float.MinValue, float.MaxValue),
        _ => (double.MinValue, double.MaxValue),
    };
}
