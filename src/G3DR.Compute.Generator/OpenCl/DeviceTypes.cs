using System.Text;
using Microsoft.CodeAnalysis;

namespace G3DR.Compute.Generator.OpenCl;

/// <summary>Types of C# in OpenCL C. Structs, views and spans become units, made when they are first named.</summary>
internal sealed class DeviceTypes
{
    private readonly KernelSymbols _symbols;
    private readonly UnitLibrary _library;

    internal DeviceTypes(KernelSymbols symbols, UnitLibrary library)
    {
        _symbols = symbols;
        _library = library;
    }

    /// <summary>The type of a variable, parameter or result.</summary>
    /// <param name="type">A type without open type parameters.</param>
    /// <param name="space">Where views point to.</param>
    /// <param name="user">The unit that names the type.</param>
    /// <param name="syntax">Where the type is used, for messages.</param>
    internal string Variable(ITypeSymbol type, Space space, Unit user, SyntaxNode? syntax) =>
        type.SpecialType == SpecialType.System_Boolean ? "bool" : Memory(type, space, user, syntax);

    /// <summary>The type of fields, elements and whatever is pointed to, laid out as on the host: a bool is a byte there.</summary>
    internal string Memory(ITypeSymbol type, Space space, Unit user, SyntaxNode? syntax)
    {
        if (type.SpecialType == SpecialType.System_Boolean)
            return "uchar";
        ITypeSymbol underlying = Underlying(type);
        if (Names.Scalar(underlying.SpecialType) is { } scalar)
        {
            user.UsesDouble |= underlying.SpecialType == SpecialType.System_Double;
            return scalar;
        }

        if (_symbols.IsIndex(type) && type.Name == "Index1D")
            return "int";
        if (type is not INamedTypeSymbol { TypeKind: TypeKind.Struct } named || type.SpecialType == SpecialType.System_Void)
            throw Refuse(type, syntax, "has no counterpart in OpenCL C");
        Unit unit = _symbols.ViewRank(named) is > 0 and var rank ? View(named.TypeArguments[0], rank, space, syntax)
            : _symbols.IsSpan(named) ? Span(named.TypeArguments[0], syntax)
            : Struct(named, syntax);
        user.Require(unit);
        return unit.Name;
    }

    /// <summary>An enum's number type; any other type itself.</summary>
    internal static ITypeSymbol Underlying(ITypeSymbol type) => type is INamedTypeSymbol { EnumUnderlyingType: { } number } ? number : type;

    /// <summary>Whether the type is a struct that C knows by its fields, and not a number, view or span.</summary>
    internal bool IsPlainStruct(ITypeSymbol type) =>
        type is INamedTypeSymbol { TypeKind: TypeKind.Struct } named && Names.Scalar(type.SpecialType) is null
        && _symbols.ViewRank(named) == 0 && !_symbols.IsSpan(type) && !(_symbols.IsIndex(type) && type.Name == "Index1D");

    /// <summary>Whether values of the type lead to memory outside of them.</summary>
    internal bool HoldsMemory(ITypeSymbol type) =>
        _symbols.ViewRank(type) > 0 || _symbols.IsSpan(type) || (IsPlainStruct(type) && Fields((INamedTypeSymbol)type).Any(f => HoldsMemory(f.Type)));

    /// <summary>The fields of a struct in the order of memory, with their names in C.</summary>
    internal static IEnumerable<(string Name, ITypeSymbol Type)> Fields(INamedTypeSymbol type) =>
        type.GetMembers().OfType<IFieldSymbol>().Where(f => !f.IsStatic).Select(f => (Names.Field(f), f.Type));

    private Unit Struct(INamedTypeSymbol type, SyntaxNode? syntax) => _library.Get("struct " + UnitKey.Of(type), Names.Type(type), unit =>
    {
        if (HasOwnLayout(type))
            throw Refuse(type, syntax, "has a layout of its own, which devices do not know");
        var text = new StringBuilder("typedef struct\n{\n");
        bool isEmpty = true;
        foreach ((string name, ITypeSymbol field) in Fields(type))
        {
            text.Append($"    {Memory(field, Space.Global, unit, syntax)} {name};\n");
            isEmpty = false;
        }

        // C# gives a struct without fields one byte, C none.
        unit.Text = text.Append(isEmpty ? "    uchar empty;\n" : string.Empty).Append($"}} {unit.Name};\n").ToString();
    });

    private Unit View(ITypeSymbol element, int rank, Space space, SyntaxNode? syntax)
    {
        string prefix = (space == Space.Local ? "local_" : string.Empty) + (rank == 1 ? "view_" : $"view{rank}d_");
        string sizes = rank switch
        {
            1 => string.Empty,
            2 => " int width; int height;",
            _ => " int width; int height; int depth;",
        };
        return _library.Get($"view {rank} {space} {UnitKey.Of(element)}", prefix + Names.Type(element), unit =>
            unit.Text = $"typedef struct {{ {space.Qualifier()}{Memory(element, Space.Global, unit, syntax)}* p; long n;{sizes} }} {unit.Name};\n");
    }

    private Unit Span(ITypeSymbol element, SyntaxNode? syntax) => _library.Get("span " + UnitKey.Of(element), "span_" + Names.Type(element), unit =>
        unit.Text = $"typedef struct {{ {Memory(element, Space.Global, unit, syntax)}* p; int n; }} {unit.Name};\n");

    private static bool HasOwnLayout(INamedTypeSymbol type) => type.GetAttributes().Any(a =>
        a.AttributeClass?.Name == "StructLayoutAttribute"
        && (a.ConstructorArguments.FirstOrDefault().Value is not (0 or (short)0) || a.NamedArguments.Any(n => n.Key is "Pack" or "Size")));

    private static UntranslatableException Refuse(ITypeSymbol type, SyntaxNode? syntax, string reason) =>
        UntranslatableException.At(syntax?.GetLocation() ?? type.Locations.FirstOrDefault() ?? Location.None, $"the type '{SymbolText.Of(type)}', which {reason}");
}
