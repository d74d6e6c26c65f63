using System.Text;
using Microsoft.CodeAnalysis;

namespace G3DR.Compute.Generator.OpenCl;

/// <summary>Names of C# as names of C: what C cannot spell or uses itself is changed, different names stay different.</summary>
internal static class Names
{
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal);

    static Names()
    {
        string[] words =
        [
            // The language.
            "auto break case char const continue default do double else enum extern float for goto if inline int long register restrict return",
            "short signed sizeof static struct switch typedef union unsigned void volatile while bool true false half quad complex imaginary",
            "uchar ushort uint ulong size_t ptrdiff_t intptr_t uintptr_t event_t sampler_t image2d_t image3d_t kernel global local constant private",
            "generic pipe read_only write_only read_write asm typeof vec_step main defined",
            "NULL NAN INFINITY HUGE_VAL HUGE_VALF MAXFLOAT linux unix i386 FLT_MAX FLT_MIN FLT_EPSILON DBL_MAX DBL_MIN INT_MAX INT_MIN UINT_MAX",
            "LONG_MAX LONG_MIN ULONG_MAX M_PI M_E M_PI_F M_E_F CHAR_BIT CLK_LOCAL_MEM_FENCE CLK_GLOBAL_MEM_FENCE",
            // The built-in functions, which may be macros.
            "acos acosh acospi asin asinh asinpi atan atan2 atanh atanpi atan2pi cbrt ceil copysign cos cosh cospi erfc erf exp exp2 exp10 expm1 fabs",
            "fdim floor fma fmax fmin fmod fract frexp hypot ilogb ldexp lgamma lgamma_r log log2 log10 log1p logb mad maxmag minmag modf nan",
            "nextafter pow pown powr remainder remquo rint rootn round rsqrt sin sincos sinh sinpi sqrt tan tanh tanpi tgamma trunc abs abs_diff",
            "add_sat hadd rhadd clamp clz mad_hi mad_sat max min mul_hi rotate sub_sat upsample popcount mad24 mul24 degrees mix radians step",
            "smoothstep sign cross dot distance length normalize fast_distance fast_length fast_normalize isequal isnotequal isgreater isgreaterequal",
            "isless islessequal islessgreater isfinite isinf isnan isnormal isordered isunordered signbit any all bitselect select barrier mem_fence",
            "read_mem_fence write_mem_fence prefetch printf shuffle shuffle2 as_int as_uint as_float as_long as_ulong as_double atomic_add atomic_sub",
            "atomic_xchg atomic_inc atomic_dec atomic_cmpxchg atomic_min atomic_max atomic_and atomic_or atomic_xor get_work_dim get_global_size",
            "get_global_id get_local_size get_local_id get_num_groups get_group_id get_global_offset wait_group_events async_work_group_copy",
        ];
        foreach (string line in words)
            Reserved.UnionWith(line.Split(' '));
        foreach (string scalar in new[] { "char", "uchar", "short", "ushort", "int", "uint", "long", "ulong", "float", "double", "half", "bool" })
        {
            foreach (string width in new[] { "2", "3", "4", "8", "16" })
                Reserved.Add(scalar + width);
        }
    }

    /// <summary>
    /// A variable or field. Names that C uses get a line behind them, and so do names that end with one: no two names become the same.
    /// </summary>
    internal static string Variable(string name)
    {
        string text = Spell(name);
        bool collides = Reserved.Contains(text) || text.EndsWith("_", StringComparison.Ordinal);
        return collides ? text + "_" : text.StartsWith("__", StringComparison.Ordinal) ? "v" + text : text;
    }

    /// <summary>The field behind a property has the property's name, one behind a parameter of a primary constructor the parameter's.</summary>
    internal static string Field(IFieldSymbol field)
    {
        if (field.AssociatedSymbol is { } member)
            return Variable(member.Name);
        if (PrimaryConstructors.ParameterOf(field) is { } parameter)
            return Variable(parameter);
        int end = field.Name.IndexOf(">k__BackingField", StringComparison.Ordinal);
        return Variable(end > 1 ? field.Name.Substring(1, end - 1) : field.Name);
    }

    /// <summary>A type with its arguments, without its namespace: <c>Footprint_float</c>.</summary>
    internal static string Type(ITypeSymbol type)
    {
        string name = Scalar(type.SpecialType) ?? Spell(type.Name);
        return type is INamedTypeSymbol { TypeArguments.IsEmpty: false } named ? name + "_" + string.Join("_", named.TypeArguments.Select(Type)) : name;
    }

    /// <summary>A method with its type and type arguments: <c>Footprint_float_Weight</c>.</summary>
    internal static string Method(IMethodSymbol method)
    {
        string name = method switch
        {
            { MethodKind: MethodKind.Constructor } => "new",
            { MethodKind: MethodKind.PropertyGet, AssociatedSymbol: { } property } => property.MetadataName,
            { MethodKind: MethodKind.PropertySet, AssociatedSymbol: { } property } => "set_" + property.MetadataName,
            { MethodKind: MethodKind.UserDefinedOperator or MethodKind.Conversion } => method.Name.Replace("op_", string.Empty),
            _ => method.Name.Substring(method.Name.LastIndexOf('.') + 1),
        };
        string arguments = string.Concat(method.TypeArguments.Select(t => "_" + Type(t)));
        return Type(method.ContainingType) + "_" + Spell(name.Substring(name.LastIndexOf('.') + 1)) + arguments;
    }

    /// <summary>The scalar type of C# in C; null for other types. A bool in memory is a byte.</summary>
    internal static string? Scalar(SpecialType type) => type switch
    {
        SpecialType.System_Boolean => "bool",
        SpecialType.System_SByte => "char",
        SpecialType.System_Byte => "uchar",
        SpecialType.System_Int16 => "short",
        SpecialType.System_UInt16 => "ushort",
        SpecialType.System_Int32 => "int",
        SpecialType.System_UInt32 => "uint",
        SpecialType.System_Int64 => "long",
        SpecialType.System_UInt64 => "ulong",
        SpecialType.System_Single => "float",
        SpecialType.System_Double => "double",
        _ => null,
    };

    private static string Spell(string name)
    {
        if (name.All(IsPlain) && name.Length > 0 && !char.IsDigit(name[0]))
            return name;
        var text = new StringBuilder();
        foreach (char c in name)
        {
            if (IsPlain(c))
                text.Append(c);
            else
                text.Append('u').Append(((int)c).ToString("x4", System.Globalization.CultureInfo.InvariantCulture));
        }

        return "u_" + text;
    }

    private static bool IsPlain(char c) => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '_';
}
