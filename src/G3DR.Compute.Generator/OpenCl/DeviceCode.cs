using System.Globalization;
using Microsoft.CodeAnalysis;

namespace G3DR.Compute.Generator.OpenCl;

/// <summary>Small functions of OpenCL C that give .NET's results where C's own operators and built-in functions do not.</summary>
internal sealed class DeviceCode
{
    private static readonly string[] Parameters = ["a", "b", "c"];

    private readonly UnitLibrary _library;

    internal DeviceCode(UnitLibrary library) => _library = library;

    /// <summary>A fraction as an integer of 32 or 64 bits: cut off, held within the range, zero for NaN.</summary>
    internal Unit FloatToInteger(SpecialType from, SpecialType to) => Saturate(from, to);

    /// <summary>A number held within the range of an integer type.</summary>
    internal Unit Saturate(SpecialType from, SpecialType to)
    {
        string source = Names.Scalar(from)!, target = Names.Scalar(to)!;
        string body = from is SpecialType.System_Single or SpecialType.System_Double ? ClampFraction(from, to) : ClampInteger(from, to);
        return Make($"{source}_to_{target}", $"{target} {{0}}({source} x)\n{{\n    return {body};\n}}\n", from == SpecialType.System_Double);
    }

    /// <summary>Minimum, maximum, absolute value and clamping; null for other names.</summary>
    internal Unit? Mathematics(string name, SpecialType type, int arguments)
    {
        bool isFraction = type is SpecialType.System_Single or SpecialType.System_Double;
        string? body = (name, arguments) switch
        {
            // As in .NET: NaN if one is, and -0 is less than +0.
            ("Min", 2) when isFraction => "a < b || isnan(a) || (a == b && signbit(a)) ? a : b",
            ("Max", 2) when isFraction => "a > b || isnan(a) || (a == b && !signbit(a)) ? a : b",
            ("Min", 2) => "a < b ? a : b",
            ("Max", 2) => "a > b ? a : b",
            ("Clamp", 3) => "a < b ? b : a > c ? c : a",
            ("Abs", 1) when !isFraction => IsUnsigned(type) ? "a" : "a < 0 ? -a : a",
            _ => null,
        };
        if (body is null || Names.Scalar(type) is not { } t || t == "bool")
            return null;
        string parameters = string.Join(", ", Parameters.Take(arguments).Select(p => $"{t} {p}"));
        return Make($"{name.ToLowerInvariant()}_{t}", $"{t} {{0}}({parameters})\n{{\n    return {body};\n}}\n", type == SpecialType.System_Double);
    }

    /// <summary>Atomic addition of fractions, which OpenCL C 1.2 lacks: exchange the bits until nobody has come in between.</summary>
    internal Unit AtomicAddFloat(Space space)
    {
        string q = space.Qualifier();
        return Make($"atomic_add_float_{space.ToString().ToLowerInvariant()}", $$"""
            float {0}({{q}}float* target, float value)
            {
                volatile {{q}}uint* bits = (volatile {{q}}uint*)target;
                uint seen = *bits;
                for (;;)
                {
                    uint before = seen;
                    seen = atomic_cmpxchg(bits, before, as_uint(as_float(before) + value));
                    if (seen == before)
                        return as_float(before);
                }
            }

            """, usesDouble: false);
    }

    private Unit Make(string name, string text, bool usesDouble) => _library.Get("device code " + name, name, unit =>
    {
        unit.UsesDouble = usesDouble;
        unit.Text = text.Replace("{0}", unit.Name);
    });

    private static bool IsUnsigned(SpecialType type) =>
        type is SpecialType.System_Byte or SpecialType.System_UInt16 or SpecialType.System_UInt32 or SpecialType.System_UInt64;

    private static string ClampFraction(SpecialType from, SpecialType to)
    {
        (object smallest, object largest) = GenericMath.Range(to);
        string low = Literals.Of(smallest, to).Text, high = Literals.Of(largest, to).Text;
        // The first fraction above the range is a power of two, which every fraction type has.
        double above = Math.Pow(2, Math.Round(Math.Log(Convert.ToDouble(largest, CultureInfo.InvariantCulture) + 1, 2)));
        string end = Literals.Of(above, from).Text, start = Literals.Of(Convert.ToDouble(smallest, CultureInfo.InvariantCulture), from).Text;
        return $"x >= {end} ? {high} : x > {start} ? ({Names.Scalar(to)})x : x <= {start} ? {low} : 0";
    }

    private static string ClampInteger(SpecialType from, SpecialType to)
    {
        (object fromSmallest, object fromLargest) = GenericMath.Range(from);
        (object smallest, object largest) = GenericMath.Range(to);
        decimal low = Convert.ToDecimal(smallest, CultureInfo.InvariantCulture), high = Convert.ToDecimal(largest, CultureInfo.InvariantCulture);
        string inside = $"({Names.Scalar(to)})x";
        // Only bounds that the source type can pass, so that no comparison mixes signs.
        string upper = Convert.ToDecimal(fromLargest, CultureInfo.InvariantCulture) > high
            ? $"x > {Literals.Of(GenericMath.ConvertConstant(largest, from), from).Text} ? {Literals.Of(largest, to).Text} : {inside}"
            : inside;
        return Convert.ToDecimal(fromSmallest, CultureInfo.InvariantCulture) < low
            ? $"x < {Literals.Of(GenericMath.ConvertConstant(smallest, from), from).Text} ? {Literals.Of(smallest, to).Text} : {upper}"
            : upper;
    }
}
