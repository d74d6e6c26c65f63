using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace G3DR.Compute.Generator;

/// <summary>Finds the methods that a static abstract member of a type parameter can stand for.</summary>
internal sealed class StaticDispatch
{
    private readonly Compilation _compilation;
    private ImmutableArray<INamedTypeSymbol> _implementers;

    internal StaticDispatch(Compilation compilation) => _compilation = compilation;

    /// <summary>The method that a known type argument supplies; null where it supplies none.</summary>
    internal static IMethodSymbol? Resolve(IMethodSymbol member, ITypeSymbol type) =>
        type.FindImplementationForInterfaceMember(member) as IMethodSymbol ?? (member.IsAbstract ? null : member);

    /// <summary>
    /// The methods of this compilation for a type argument that is still open: whoever launches the kernel chooses it, so every type
    /// that meets all constraints of the type parameter counts.
    /// </summary>
    internal IEnumerable<IMethodSymbol> Candidates(IMethodSymbol member, ITypeParameterSymbol parameter)
    {
        if (_implementers.IsDefault)
            _implementers = [.. TypesOf(_compilation.Assembly.GlobalNamespace).Where(t => !t.AllInterfaces.IsEmpty)];
        foreach (INamedTypeSymbol type in _implementers)
        {
            if (!Satisfies(type, parameter))
                continue;
            foreach (INamedTypeSymbol contract in type.AllInterfaces.Where(i => SameDefinition(i, member.ContainingType)))
            {
                IMethodSymbol? constructed = contract.GetMembers(member.Name).OfType<IMethodSymbol>().FirstOrDefault(m => SameDefinition(m, member));
                if (constructed is not null && Resolve(constructed, type) is { } implementation)
                    yield return implementation.OriginalDefinition;
            }
        }
    }

    private static bool Satisfies(INamedTypeSymbol type, ITypeParameterSymbol parameter) =>
        (type.IsValueType || !(parameter.HasValueTypeConstraint || parameter.HasUnmanagedTypeConstraint))
        && parameter.ConstraintTypes.All(c => c.TypeKind != TypeKind.Interface || type.AllInterfaces.Any(i => SameDefinition(i, c)));

    private static bool SameDefinition(ISymbol left, ISymbol right) =>
        SymbolEqualityComparer.Default.Equals(left.OriginalDefinition, right.OriginalDefinition);

    private static IEnumerable<INamedTypeSymbol> TypesOf(INamespaceOrTypeSymbol container)
    {
        foreach (INamespaceOrTypeSymbol member in container.GetMembers().OfType<INamespaceOrTypeSymbol>())
        {
            if (member is INamedTypeSymbol { TypeKind: TypeKind.Struct or TypeKind.Class } type)
                yield return type;
            foreach (INamedTypeSymbol inner in TypesOf(member))
                yield return inner;
        }
    }
}
