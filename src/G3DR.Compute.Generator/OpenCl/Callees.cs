using Microsoft.CodeAnalysis;

namespace G3DR.Compute.Generator.OpenCl;

internal static class Callees
{
    /// <summary>A method with all its type arguments.</summary>
    internal static Callee Of(IMethodSymbol method) => new(method, new TypeSubstitution(method), UnitKey.Of(method), Names.Method(method));
}

/// <summary>How members of structs are passed the struct.</summary>
internal static class InstancePassing
{
    /// <summary>
    /// By pointer where the member may change the struct, or may reach the memory that the struct lies in some other way and so see it change.
    /// </summary>
    internal static bool IsByReference(IMethodSymbol method, Translator shared)
    {
        if (method.IsStatic || method.MethodKind is MethodKind.LocalFunction or MethodKind.Constructor)
            return false;
        return !method.IsReadOnly || method.Parameters.Any(p => p.RefKind is RefKind.Ref or RefKind.Out || shared.Types.HoldsMemory(p.Type))
            || shared.Types.HoldsMemory(method.ContainingType);
    }
}
