using Microsoft.CodeAnalysis;

namespace G3DR.Compute.Generator;

/// <summary>Why a type is outside the subset.</summary>
internal sealed class TypeProblem
{
    internal TypeProblem(DiagnosticDescriptor descriptor, string detail)
    {
        Descriptor = descriptor;
        Detail = detail;
    }

    internal DiagnosticDescriptor Descriptor { get; }

    internal string Detail { get; }
}

/// <summary>Which types a kernel may use: numbers, enums, structs of them, runtime types and spans over local arrays.</summary>
internal sealed class SubsetTypes
{
    private readonly KernelSymbols _symbols;
    private readonly Dictionary<ITypeSymbol, TypeProblem?> _known = new(SymbolEqualityComparer.Default);

    internal SubsetTypes(KernelSymbols symbols) => _symbols = symbols;

    /// <summary>Whether the type is a number or bool that OpenCL C has too.</summary>
    internal static bool IsScalar(ITypeSymbol? type) => type?.SpecialType is
        SpecialType.System_Boolean or SpecialType.System_SByte or SpecialType.System_Byte or SpecialType.System_Int16
        or SpecialType.System_UInt16 or SpecialType.System_Int32 or SpecialType.System_UInt32 or SpecialType.System_Int64
        or SpecialType.System_UInt64 or SpecialType.System_Single or SpecialType.System_Double;

    /// <summary>Whether the type is a number, bool or enum.</summary>
    internal static bool IsScalarOrEnum(ITypeSymbol? type) => IsScalar(type) || type?.TypeKind == TypeKind.Enum;

    /// <summary>The reason why a value of this type cannot exist in a kernel, or null where it can.</summary>
    internal TypeProblem? Check(ITypeSymbol type)
    {
        if (IsScalarOrEnum(type) || type.SpecialType == SpecialType.System_Void)
            return null;
        if (_known.TryGetValue(type, out TypeProblem? known))
            return known;
        // A struct that contains itself does not compile, but must not hang the analysis either: assume the best while looking.
        _known[type] = null;
        TypeProblem? problem = Inspect(type);
        _known[type] = problem;
        return problem;
    }

    private TypeProblem? Inspect(ITypeSymbol type)
    {
        string name = "'" + SymbolText.Of(type) + "'";
        switch (type.TypeKind)
        {
            case TypeKind.Error:
                return null;
            case TypeKind.Dynamic:
                return new TypeProblem(Diagnostics.Dynamic, "a value of type 'dynamic'");
            case TypeKind.Pointer or TypeKind.FunctionPointer:
                return new TypeProblem(Diagnostics.Pointer, "the pointer type " + name);
            case TypeKind.Array:
                return new TypeProblem(Diagnostics.ManagedArray, "the array type " + name);
            case TypeKind.Delegate:
                return new TypeProblem(Diagnostics.Delegate, "the delegate type " + name);
            case TypeKind.TypeParameter:
                return type.IsReferenceType ? new TypeProblem(Diagnostics.ClassConstraint, "the class type parameter " + name) : null;
            case TypeKind.Struct:
                return InspectStruct((INamedTypeSymbol)type, name);
            default:
                return type.SpecialType == SpecialType.System_String
                    ? new TypeProblem(Diagnostics.Text, "a string")
                    : new TypeProblem(Diagnostics.ReferenceType, "the reference type " + name);
        }
    }

    private TypeProblem? InspectStruct(INamedTypeSymbol type, string name)
    {
        if (_symbols.IsSpan(type) || _symbols.IsRuntimeType(type))
            return type.TypeArguments.Select(Check).FirstOrDefault(p => p is not null);
        if (type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T)
            return new TypeProblem(Diagnostics.UnsupportedType, "the nullable type " + name);
        if (type.IsTupleType)
            return new TypeProblem(Diagnostics.UnsupportedType, "the tuple type " + name);
        if (type.SpecialType != SpecialType.None || KernelSymbols.IsFrameworkType(type))
            return new TypeProblem(Diagnostics.UnsupportedType, "the type " + name);
        if (type.IsRefLikeType)
            return new TypeProblem(Diagnostics.UnsupportedType, "the ref struct " + name);
        foreach (IFieldSymbol field in type.GetMembers().OfType<IFieldSymbol>().Where(f => !f.IsStatic))
        {
            if (Check(field.Type) is { } inner)
            {
                string member = SymbolText.Of(field.AssociatedSymbol ?? field);
                return new TypeProblem(inner.Descriptor, $"the struct {name} whose member '{member}' is {inner.Detail}");
            }
        }

        return null;
    }
}
