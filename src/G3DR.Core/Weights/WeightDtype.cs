namespace G3DR.Core.Weights;

/// <summary>
/// Element type of a stored tensor, in the order of the safetensors library's own enumeration: writers put
/// the later types first in a file, so that every tensor stays aligned to its element size.
/// </summary>
public enum WeightDtype
{
    /// <summary>One byte, 0 or 1; any other value counts as true.</summary>
    Bool,

    /// <summary>8-bit unsigned integer.</summary>
    U8,

    /// <summary>8-bit signed integer.</summary>
    I8,

    /// <summary>8-bit float with 5 exponent and 2 mantissa bits, with infinities (arXiv:2209.05433).</summary>
    F8E5M2,

    /// <summary>8-bit float with 4 exponent and 3 mantissa bits, largest value 448, no infinities (arXiv:2209.05433).</summary>
    F8E4M3,

    /// <summary>16-bit signed integer.</summary>
    I16,

    /// <summary>16-bit unsigned integer.</summary>
    U16,

    /// <summary>IEEE 754 half precision.</summary>
    F16,

    /// <summary>bfloat16: the upper half of a single.</summary>
    BF16,

    /// <summary>32-bit signed integer.</summary>
    I32,

    /// <summary>32-bit unsigned integer.</summary>
    U32,

    /// <summary>IEEE 754 single precision.</summary>
    F32,

    /// <summary>IEEE 754 double precision.</summary>
    F64,

    /// <summary>64-bit signed integer.</summary>
    I64,

    /// <summary>64-bit unsigned integer.</summary>
    U64,
}

/// <summary>Names and sizes of <see cref="WeightDtype"/>.</summary>
public static class WeightDtypes
{
    private static readonly string[] Names =
        ["BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "I16", "U16", "F16", "BF16", "I32", "U32", "F32", "F64", "I64", "U64"];

    /// <summary>The name in a safetensors header, for example <c>F8_E4M3</c>.</summary>
    /// <param name="dtype">The element type.</param>
    /// <returns>The name, in capitals.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The value is no member of the enumeration.</exception>
    public static string SafetensorsName(this WeightDtype dtype) => Names[Checked(dtype)];

    /// <summary>Bytes of one element.</summary>
    /// <param name="dtype">The element type.</param>
    /// <returns>1, 2, 4 or 8.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The value is no member of the enumeration.</exception>
    public static int Size(this WeightDtype dtype) => Checked(dtype) switch
    {
        < (int)WeightDtype.I16 => 1,
        < (int)WeightDtype.I32 => 2,
        < (int)WeightDtype.F64 => 4,
        _ => 8,
    };

    /// <summary>Whether the type holds whole numbers (booleans included).</summary>
    /// <param name="dtype">The element type.</param>
    /// <returns>False for the floating-point types.</returns>
    public static bool IsInteger(this WeightDtype dtype) => dtype is not
        (WeightDtype.F8E5M2 or WeightDtype.F8E4M3 or WeightDtype.F16 or WeightDtype.BF16 or WeightDtype.F32 or WeightDtype.F64);

    /// <summary>Finds the type of a safetensors name. Names are case sensitive, as in the format.</summary>
    /// <param name="name">A name such as <c>BF16</c>.</param>
    /// <param name="dtype">The type, if the name is known.</param>
    /// <returns>Whether the name is known.</returns>
    public static bool TryParse(string name, out WeightDtype dtype)
    {
        int index = Array.IndexOf(Names, name);
        dtype = (WeightDtype)Math.Max(index, 0);
        return index >= 0;
    }

    /// <summary>All names a safetensors header may use here, separated by commas, for messages.</summary>
    internal static string Known => string.Join(", ", Names);

    private static int Checked(WeightDtype dtype) => (uint)dtype < (uint)Names.Length
        ? (int)dtype
        : throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "This is no element type of a weights file.");
}
