namespace G3DR.Compute.Generator.OpenCl;

/// <summary>What the functions of <c>XMath</c>, and those of generic math with the same names, become in OpenCL C.</summary>
internal static class MathFunctions
{
    /// <summary>
    /// Built-in functions. Those that the standard rounds correctly are the same on every device; the others stand in for the functions of
    /// <c>DeviceMath</c> only where the runtime has none.
    /// </summary>
    private static readonly Dictionary<string, string> BuiltIns = new(StringComparer.Ordinal)
    {
        ["Sqrt"] = "sqrt",
        ["Abs"] = "fabs",
        ["Floor"] = "floor",
        ["Ceiling"] = "ceil",
        ["Round"] = "rint",
        ["Truncate"] = "trunc",
        ["FusedMultiplyAdd"] = "fma",
        ["CopySign"] = "copysign",
        ["IsNaN"] = "isnan",
        ["IsInfinity"] = "isinf",
        ["IsFinite"] = "isfinite",
        ["IsNegative"] = "signbit",
        ["Exp"] = "exp",
        ["Log"] = "log",
        ["Sin"] = "sin",
        ["Cos"] = "cos",
        ["Tanh"] = "tanh",
        ["Pow"] = "pow",
        ["Erf"] = "erf",
    };

    private static readonly HashSet<string> OfDeviceMath = new(StringComparer.Ordinal) { "Exp", "Log", "Sin", "Cos", "Tanh", "Pow", "Erf" };

    internal static string? BuiltIn(string name) => BuiltIns.TryGetValue(name, out string? function) ? function : null;

    /// <summary>Whether the function is a polynomial of <c>DeviceMath</c>, so that every device computes the same.</summary>
    internal static bool IsDeviceMath(string name) => OfDeviceMath.Contains(name);
}
