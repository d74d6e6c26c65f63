using Microsoft.CodeAnalysis;

namespace G3DR.Compute.Generator;

/// <summary>The rules for the signature of a kernel; helpers have wider ones.</summary>
internal static class KernelSignature
{
    internal static IEnumerable<Finding> Check(IMethodSymbol kernel, KernelSymbols symbols, SubsetTypes types)
    {
        Location name = kernel.Locations[0];
        bool isGroup = symbols.IsGroupKernel(kernel);
        if (!kernel.IsStatic)
            yield return new Finding(Diagnostics.NotStatic, name, string.Empty);
        // An async kernel is refused for being async; what it returns follows from that.
        if (!kernel.ReturnsVoid && !kernel.IsAsync)
            yield return new Finding(Diagnostics.ReturnsValue, name, SymbolText.Of(kernel.ReturnType));
        foreach (Finding finding in isGroup ? CheckGroup(kernel, symbols) : CheckIndex(kernel, symbols))
            yield return finding;

        foreach (IParameterSymbol parameter in kernel.Parameters.Skip(isGroup ? 0 : 1))
        {
            if (Refuse(parameter, symbols, types) is { } reason)
                yield return new Finding(Diagnostics.KernelParameter, parameter.Locations[0], $"the parameter '{parameter.Name}', {reason}");
            else if (ViewWithin(parameter.Type, symbols) is { } member)
                yield return new Finding(Diagnostics.ViewInStruct, parameter.Locations[0], $"the parameter '{parameter.Name}', whose member '{member}' is a view");
        }
    }

    private static IEnumerable<Finding> CheckIndex(IMethodSymbol kernel, KernelSymbols symbols)
    {
        if (kernel.Parameters.IsEmpty)
            yield return new Finding(Diagnostics.FirstParameter, kernel.Locations[0], "it takes no parameters");
        else if (kernel.Parameters[0] is var first && !symbols.IsIndex(first.Type) && first.Type.TypeKind != TypeKind.Error)
            yield return new Finding(Diagnostics.FirstParameter, first.Locations[0], $"'{first.Name}' is a '{SymbolText.Of(first.Type)}'");
    }

    private static IEnumerable<Finding> CheckGroup(IMethodSymbol kernel, KernelSymbols symbols)
    {
        Location name = kernel.Locations[0];
        if (symbols.IsKernel(kernel))
            yield return new Finding(Diagnostics.GroupSize, name, "is marked [Kernel] as well");
        int[] sizes = [.. symbols.GroupKernelOf(kernel)!.ConstructorArguments.Select(a => a.Value).OfType<int>()];
        if (sizes.Any(s => s < 1))
            yield return new Finding(Diagnostics.GroupSize, name, $"has groups of {string.Join(" x ", sizes)} items");
        foreach (IParameterSymbol index in kernel.Parameters.Where(p => symbols.IsIndex(p.Type)))
            yield return new Finding(Diagnostics.GroupSize, index.Locations[0], $"takes the index '{index.Name}'");
    }

    private static string? Refuse(IParameterSymbol parameter, KernelSymbols symbols, SubsetTypes types)
    {
        if (parameter.RefKind != RefKind.None)
            return "which is passed by reference";
        if (symbols.IsSpan(parameter.Type))
            return "a span, which points to host memory";
        return types.Check(parameter.Type)?.Detail;
    }

    /// <summary>The member of a struct that is a view, itself or deeper within.</summary>
    private static string? ViewWithin(ITypeSymbol type, KernelSymbols symbols)
    {
        if (type is not INamedTypeSymbol { TypeKind: TypeKind.Struct } || symbols.IsRuntimeType(type) || SubsetTypes.IsScalar(type))
            return null;
        foreach (IFieldSymbol field in type.GetMembers().OfType<IFieldSymbol>().Where(f => !f.IsStatic))
        {
            string name = (field.AssociatedSymbol ?? field).Name;
            if (symbols.ViewRank(field.Type) > 0)
                return name;
            if (!SymbolEqualityComparer.Default.Equals(field.Type, type) && ViewWithin(field.Type, symbols) is { } inner)
                return $"{name}.{inner}";
        }

        return null;
    }
}
