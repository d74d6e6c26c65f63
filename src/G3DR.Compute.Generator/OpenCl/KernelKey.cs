using Microsoft.CodeAnalysis;

namespace G3DR.Compute.Generator.OpenCl;

/// <summary>
/// The text by which the runtime, which sees methods by reflection, finds a kernel: <c>Ns.Outer+Inner`1[System.Single]::Method[System.Int32](...)</c>.
/// </summary>
internal static class KernelKey
{
    internal static string Of(IMethodSymbol method)
    {
        string own = method.TypeArguments.IsEmpty ? string.Empty : Arguments(method.TypeArguments);
        return $"{Of(method.ContainingType)}::{method.MetadataName}{own}({string.Join(",", method.Parameters.Select(p => Of(p.Type)))})";
    }

    /// <summary>The type's full name in metadata; of a generic type the definition's, followed by all arguments, outer ones first.</summary>
    internal static string Of(ITypeSymbol type)
    {
        switch (type)
        {
            case IArrayTypeSymbol array:
                return $"{Of(array.ElementType)}[{new string(',', array.Rank - 1)}]";
            case IPointerTypeSymbol pointer:
                return Of(pointer.PointedAtType) + "*";
            case INamedTypeSymbol named:
                List<ITypeSymbol> arguments = AllArguments(named);
                return FullName(named) + (arguments.Count == 0 ? string.Empty : Arguments(arguments));
            default:
                return type.MetadataName;
        }
    }

    private static string Arguments(IEnumerable<ITypeSymbol> arguments) => "[" + string.Join(",", arguments.Select(Of)) + "]";

    private static List<ITypeSymbol> AllArguments(INamedTypeSymbol type)
    {
        List<ITypeSymbol> arguments = type.ContainingType is { } outer ? AllArguments(outer) : [];
        arguments.AddRange(type.TypeArguments);
        return arguments;
    }

    private static string FullName(INamedTypeSymbol type)
    {
        if (type.ContainingType is { } outer)
            return FullName(outer) + "+" + type.MetadataName;
        INamespaceSymbol? space = type.ContainingNamespace;
        return space is null || space.IsGlobalNamespace ? type.MetadataName : space.ToDisplayString() + "." + type.MetadataName;
    }
}
