using System.Globalization;
using Microsoft.CodeAnalysis;

namespace G3DR.Compute.Generator.OpenCl;

/// <summary>Constants in C. A decimal fraction is written with as many digits as it takes to read the same bits back.</summary>
internal static class Literals
{
    internal static Value Of(object? constant, SpecialType type)
    {
        if (constant is null or false)
            return Zero(type);
        switch (type)
        {
            case SpecialType.System_Boolean:
                return Value.Constant("true");
            case SpecialType.System_Single:
                return OfSingle(Convert.ToSingle(constant, CultureInfo.InvariantCulture));
            case SpecialType.System_Double:
                return OfDouble(Convert.ToDouble(constant, CultureInfo.InvariantCulture));
            case SpecialType.System_UInt32:
                return Value.Constant(Convert.ToUInt32(constant, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture) + "u");
            case SpecialType.System_UInt64:
                return Value.Constant(Convert.ToUInt64(constant, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture) + "UL");
            case SpecialType.System_Int64:
                return OfSigned(Convert.ToInt64(constant, CultureInfo.InvariantCulture), long.MinValue, "L");
            default:
                long value = constant is char unit ? unit : Convert.ToInt64(constant, CultureInfo.InvariantCulture);
                return OfSigned(value, int.MinValue, string.Empty);
        }
    }

    internal static Value Zero(SpecialType type) => Value.Constant(type switch
    {
        SpecialType.System_Boolean => "false",
        SpecialType.System_Single => "0.0f",
        SpecialType.System_Double => "0.0",
        SpecialType.System_UInt32 => "0u",
        SpecialType.System_Int64 => "0L",
        SpecialType.System_UInt64 => "0UL",
        _ => "0",
    });

    /// <summary>A signed constant as the unsigned number with the same bits.</summary>
    internal static Value Unsigned(object constant, SpecialType type)
    {
        long value = constant is ulong large ? unchecked((long)large) : Convert.ToInt64(constant, CultureInfo.InvariantCulture);
        return type is SpecialType.System_Int64 or SpecialType.System_UInt64
            ? Value.Constant(unchecked((ulong)value).ToString(CultureInfo.InvariantCulture) + "UL")
            : Value.Constant(unchecked((uint)value).ToString(CultureInfo.InvariantCulture) + "u");
    }

    private static Value OfSigned(long value, long smallest, string suffix)
    {
        // C has no negative literals: the smallest number is an expression, because its absolute value has no type.
        if (value == smallest)
            return Value.Constant($"{(value + 1).ToString(CultureInfo.InvariantCulture)}{suffix} - 1", CLevel.Sum);
        return Signed(value.ToString(CultureInfo.InvariantCulture) + suffix);
    }

    private static Value Signed(string text) => Value.Constant(text, text[0] == '-' ? CLevel.Unary : CLevel.Primary);

    private static Value OfSingle(float value)
    {
        if (float.IsNaN(value))
            return Value.Constant("NAN");
        if (float.IsInfinity(value))
            return Signed(value > 0 ? "INFINITY" : "-INFINITY");
        if (IsWhole(value))
            return Whole(value, "f");
        string text = Shortest(6, 9, digits => value.ToString("G" + digits, CultureInfo.InvariantCulture), t => float.Parse(t, CultureInfo.InvariantCulture) == value);
        return Signed(Sign(value, text) + "f");
    }

    private static Value OfDouble(double value)
    {
        if (double.IsNaN(value))
            return Value.Constant("(double)NAN", CLevel.Unary);
        if (double.IsInfinity(value))
            return Value.Constant(value > 0 ? "(double)INFINITY" : "-(double)INFINITY", CLevel.Unary);
        if (IsWhole(value))
            return Whole(value, string.Empty);
        string text = Shortest(15, 17, digits => value.ToString("G" + digits, CultureInfo.InvariantCulture), t => Parse(t) == value);
        return Signed(Sign(value, text));
    }

    // Numbers that read best with all their digits; minus zero is none of them.
    private static bool IsWhole(double value) => value == Math.Floor(value) && Math.Abs(value) < 1e10 && !(value == 0 && 1 / value < 0);

    private static Value Whole(double value, string suffix) => Signed(((long)value).ToString(CultureInfo.InvariantCulture) + ".0" + suffix);

    private static double Parse(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    // Older frameworks write negative zero without its sign.
    private static string Sign(double value, string text) => value == 0 && 1 / value < 0 && text[0] != '-' ? "-" + text : text;

    private static string Shortest(int fewest, int most, Func<int, string> format, Func<string, bool> isExact)
    {
        string text = string.Empty;
        for (int digits = fewest; digits <= most; digits++)
        {
            text = format(digits);
            if (isExact(text))
                break;
        }

        return text.IndexOfAny(['.', 'E']) < 0 ? text + ".0" : text.Replace("E+", "e").Replace("E", "e");
    }
}
