using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace G3DR.Compute.Generator.OpenCl;

/// <summary>Constructors whose parameters stand behind the name of the type, and the fields that the compiler keeps such parameters in.</summary>
internal static class PrimaryConstructors
{
    internal static IMethodSymbol? Of(INamedTypeSymbol type) => type.InstanceConstructors
        .FirstOrDefault(c => c.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is TypeDeclarationSyntax);

    /// <summary>The parameter that a field was made for because members other than initialisers use it; null for other fields.</summary>
    internal static string? ParameterOf(IFieldSymbol field) =>
        field.Name.Length > 3 && field.Name[0] == '<' && field.Name.EndsWith(">P", StringComparison.Ordinal) ? field.Name.Substring(1, field.Name.Length - 3) : null;
}
