using System.Globalization;

namespace G3DR.Tests.Generator.Differential;

/// <summary>A primitive type of kernels, with the rules of C# for it as far as random programs need them.</summary>
/// <param name="Name">Its C# keyword.</param>
/// <param name="Size">Bytes of a value.</param>
/// <param name="IsSigned">Whether it has negative values.</param>
/// <param name="IsFloating">Whether it has fractions.</param>
internal sealed record ScalarType(string Name, int Size, bool IsSigned, bool IsFloating)
{
    internal static readonly ScalarType Bool = new("bool", 1, false, false);
    internal static readonly ScalarType SByte = new("sbyte", 1, true, false);
    internal static readonly ScalarType Byte = new("byte", 1, false, false);
    internal static readonly ScalarType Short = new("short", 2, true, false);
    internal static readonly ScalarType UShort = new("ushort", 2, false, false);
    internal static readonly ScalarType Int = new("int", 4, true, false);
    internal static readonly ScalarType UInt = new("uint", 4, false, false);
    internal static readonly ScalarType Long = new("long", 8, true, false);
    internal static readonly ScalarType ULong = new("ulong", 8, false, false);
    internal static readonly ScalarType Float = new("float", 4, true, true);
    internal static readonly ScalarType Double = new("double", 8, true, true);

    internal static readonly ScalarType[] Numbers = [Int, UInt, Long, ULong, SByte, Byte, Short, UShort, Float, Double];
    internal static readonly ScalarType[] Integers = [.. Numbers.Where(t => !t.IsFloating)];
    internal static readonly ScalarType[] All = [.. Numbers, Bool];

    internal bool IsNumber => this != Bool;

    internal bool IsInteger => IsNumber && !IsFloating;

    /// <summary>Whether C# computes with it as int.</summary>
    internal bool IsSmall => IsInteger && Size < 4;

    /// <summary>Whether values become another type without a cast.</summary>
    internal bool ConvertsTo(ScalarType to)
    {
        if (this == to)
            return true;
        if (!IsNumber || !to.IsNumber)
            return false;
        if (IsFloating)
            return to == Double;
        if (to.IsFloating)
            return true;
        return to.Size > Size && (to.IsSigned || !IsSigned);
    }

    /// <summary>The type in which C# computes with two numbers; null where it refuses to.</summary>
    internal static ScalarType? Promote(ScalarType a, ScalarType b)
    {
        foreach (ScalarType wide in (ScalarType[])[Double, Float, ULong, Long])
        {
            if (a == wide || b == wide)
                return wide == ULong && ((a.IsInteger && a.IsSigned) || (b.IsInteger && b.IsSigned)) ? null : wide;
        }

        if (a != UInt && b != UInt)
            return Int;
        return a.IsSigned || b.IsSigned ? Long : UInt;
    }

    /// <summary>A literal: often an extreme value, often a small number, sometimes any bits.</summary>
    internal string Literal(Random random) => this switch
    {
        _ when this == Bool => random.Next(2) == 0 ? "false" : "true",
        _ when this == Float => Fraction(random, "float", ((float)Math.Round((random.NextDouble() - 0.5) * 200, random.Next(4))).ToString("R", CultureInfo.InvariantCulture) + "f"),
        _ when this == Double => Fraction(random, "double", Math.Round((random.NextDouble() - 0.5) * 200, random.Next(8)).ToString("R", CultureInfo.InvariantCulture) + "d"),
        _ => Whole(random),
    };

    private static string Fraction(Random random, string type, string ordinary)
    {
        string text = random.Next(20) switch
        {
            0 => $"{type}.NaN",
            1 => $"{type}.PositiveInfinity",
            2 => $"{type}.NegativeInfinity",
            3 => $"{type}.MaxValue",
            4 => $"{type}.Epsilon",
            5 => type == "float" ? "-0f" : "-0d",
            6 => type == "float" ? "4.2e9f" : "1.8e19",
            _ => ordinary,
        };
        return text.StartsWith('-') ? $"({text})" : text;
    }

    private string Whole(Random random)
    {
        string suffix = this == UInt ? "u" : this == Long ? "L" : this == ULong ? "UL" : string.Empty;
        int small = random.Next(10);
        string text = random.Next(8) switch
        {
            0 => $"{Name}.MaxValue",
            1 => $"{Name}.MinValue",
            2 when IsSigned => "-1" + suffix,
            3 when IsSigned => (-random.Next(2, 128)).ToString(CultureInfo.InvariantCulture) + suffix,
            4 => random.Next(128).ToString(CultureInfo.InvariantCulture) + suffix,
            5 when Size >= 4 => random.Next().ToString(CultureInfo.InvariantCulture) + suffix,
            6 when Size == 8 => random.NextInt64().ToString(CultureInfo.InvariantCulture) + suffix,
            _ => small.ToString(CultureInfo.InvariantCulture) + suffix,
        };
        if (text.Contains('.', StringComparison.Ordinal))
            return text;
        if (IsSmall)
            return $"(({Name})({text}))";
        return text.StartsWith('-') ? $"({text})" : text;
    }
}
