using Microsoft.CodeAnalysis;

namespace G3DR.Compute.Generator;

/// <summary>The rules for the signature of a kernel; helpers have wider ones.</summary>
internal static class KernelSignature
{
    internal static IEnumerable<Finding> Check(IMethodSymbol kernel, KernelSymbols symbols, SubsetTypes types)
    {
        Location name = kernel.Locations[0];
        if (!kernel.IsStatic)
            yield return new Finding(Diagnostics.NotStatic, name, string.Empty);
        // An async kernel is refused for being async; what it returns follows from that.
        if (!kernel.ReturnsVoid && !kernel.IsAsync)
            yield return new Finding(Diagnostics.ReturnsValue, name, SymbolText.Of(kernel.ReturnType));
        if (kernel.Parameters.IsEmpty)
            yield return new Finding(Diagnostics.FirstParameter, name, "it takes no parameters");
        else if (kernel.Parameters[0] is var first && !symbols.IsIndex(first.Type) && first.Type.TypeKind != TypeKind.Error)
            yield return new Finding(Diagnostics.FirstParameter, first.Locations[0], $"'{first.Name}' is a '{SymbolText.Of(first.Type)}'");

        foreach (IParameterSymbol parameter in kernel.Parameters.Skip(1))
        {
            if (Refuse(parameter, symbols, types) is { } reason)
                yield return new Finding(Diagnostics.KernelParameter, parameter.Locations[0], $"the parameter '{parameter.Name}', {reason}");
        }
    }

    private static string? Refuse(IParameterSymbol parameter, KernelSymbols symbols, SubsetTypes types)
    {
        if (parameter.RefKind != RefKind.None)
            return "which is passed by reference";
        if (symbols.IsSpan(parameter.Type))
            return "a span, which points to host memory";
        return types.Check(parameter.Type)?.Detail;
    }
}
