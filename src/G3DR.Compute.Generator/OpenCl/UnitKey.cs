using Microsoft.CodeAnalysis;

namespace G3DR.Compute.Generator.OpenCl;

/// <summary>
/// Keys of units. They name the assembly, because several assemblies may have a type of one name, and the result, because conversions
/// differ in nothing else.
/// </summary>
internal static class UnitKey
{
    internal static string Of(ITypeSymbol type)
    {
        string arguments = type is INamedTypeSymbol { TypeArguments: { IsEmpty: false } inner } ? " of " + string.Join(" ", inner.Select(Assembly)) : string.Empty;
        return Assembly(type) + " " + KernelKey.Of(type) + arguments;
    }

    internal static string Of(IMethodSymbol method) => $"{Of(method.ContainingType)} {KernelKey.Of(method)} {KernelKey.Of(method.ReturnType)}"
        + string.Concat(method.TypeArguments.Select(t => " " + Assembly(t)));

    // The core library has one name where a program is compiled and another where it runs.
    private static string Assembly(ITypeSymbol type) =>
        type.SpecialType != SpecialType.None || type.ContainingAssembly is not { } assembly || KernelSymbols.IsFrameworkType(type) ? "-" : assembly.Name;
}
