using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace G3DR.Compute.Generator.OpenCl;

/// <summary>Which properties do nothing but store a value: those are fields in C.</summary>
internal static class AutoProperties
{
    internal static bool IsStored(IPropertySymbol property)
    {
        IPropertySymbol definition = property.OriginalDefinition;
        if (definition.IsStatic || definition.IsIndexer || !HasField(definition))
            return false;
        return new[] { definition.GetMethod, definition.SetMethod }.OfType<IMethodSymbol>().All(IsAutomatic);
    }

    private static bool HasField(IPropertySymbol property) => property.ContainingType.GetMembers().OfType<IFieldSymbol>()
        .Any(f => SymbolEqualityComparer.Default.Equals(f.AssociatedSymbol, property) || f.Name == $"<{property.Name}>k__BackingField");

    // An accessor with a body may use the field behind the property for something else.
    private static bool IsAutomatic(IMethodSymbol accessor)
    {
        SyntaxReference? source = accessor.DeclaringSyntaxReferences.FirstOrDefault();
        if (accessor.IsImplicitlyDeclared)
            return true;
        return source is null
            ? accessor.GetAttributes().Any(a => a.AttributeClass?.Name == "CompilerGeneratedAttribute")
            : source.GetSyntax() is AccessorDeclarationSyntax { Body: null, ExpressionBody: null };
    }
}
