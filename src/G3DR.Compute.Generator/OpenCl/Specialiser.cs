using Microsoft.CodeAnalysis;

namespace G3DR.Compute.Generator.OpenCl;

/// <summary>
/// Finds the type arguments that a generic kernel can be launched with. A type parameter with interfaces of this project's takes every struct of
/// the project that implements them, one of generic math the number types that do, and one without interfaces the number types.
/// </summary>
internal sealed class Specialiser
{
    /// <summary>More combinations than this are a mistake in the constraints.</summary>
    internal const int Limit = 4096;

    private static readonly SpecialType[] Numbers =
    [
        SpecialType.System_Single, SpecialType.System_Double, SpecialType.System_Int32, SpecialType.System_UInt32,
        SpecialType.System_Int64, SpecialType.System_UInt64, SpecialType.System_Byte, SpecialType.System_UInt16,
    ];

    private static readonly SpecialType[] MathNumbers =
        [SpecialType.System_Single, SpecialType.System_Double, SpecialType.System_Int32, SpecialType.System_Int64];

    private readonly Compilation _compilation;
    private readonly Lazy<INamedTypeSymbol[]> _structs;

    internal Specialiser(Compilation compilation)
    {
        _compilation = compilation;
        _structs = new(() => [.. StructsOf(compilation.Assembly.GlobalNamespace)]);
    }

    /// <summary>The method with every combination of type arguments that fits, at most one more than <see cref="Limit"/>.</summary>
    internal IReadOnlyList<IMethodSymbol> Specialise(IMethodSymbol definition)
    {
        ITypeParameterSymbol[] parameters = [.. ParametersOf(definition.ContainingType), .. definition.TypeParameters];
        if (parameters.Length == 0)
            return [definition];
        return [.. Combinations(parameters, []).Take(Limit + 1).Select(arguments => Construct(definition, arguments))];
    }

    private static IEnumerable<ITypeParameterSymbol> ParametersOf(INamedTypeSymbol type) =>
        type.ContainingType is { } outer ? ParametersOf(outer).Concat(type.TypeParameters) : type.TypeParameters;

    private IEnumerable<ITypeSymbol[]> Combinations(ITypeParameterSymbol[] parameters, INamedTypeSymbol[] within)
    {
        IEnumerable<ITypeSymbol[]> all = [[]];
        foreach (ITypeParameterSymbol parameter in parameters)
        {
            ITypeSymbol[] candidates = [.. Candidates(parameter, within).Take(Limit + 1)];
            all = all.SelectMany(chosen => candidates.Select(c => chosen.Append(c).ToArray()));
        }

        return all.Where(arguments => Fit(parameters, arguments));
    }

    private IEnumerable<ITypeSymbol> Candidates(ITypeParameterSymbol parameter, INamedTypeSymbol[] within)
    {
        if (parameter.HasReferenceTypeConstraint)
            return [];
        ITypeSymbol[] contracts = [.. parameter.ConstraintTypes.Where(c => c.TypeKind == TypeKind.Interface)];
        if (contracts.Any(KernelSymbols.IsGenericMath))
            return NumbersOf(MathNumbers);
        return contracts.All(KernelSymbols.IsFrameworkType) ? NumbersOf(Numbers) : Structs(parameter, within);
    }

    private IEnumerable<ITypeSymbol> NumbersOf(SpecialType[] types) => types.Select(t => (ITypeSymbol)_compilation.GetSpecialType(t));

    private IEnumerable<ITypeSymbol> Structs(ITypeParameterSymbol parameter, INamedTypeSymbol[] within)
    {
        foreach (INamedTypeSymbol definition in _structs.Value)
        {
            bool mayFit = parameter.ConstraintTypes.All(c => c.TypeKind != TypeKind.Interface
                || definition.AllInterfaces.Any(i => SymbolEqualityComparer.Default.Equals(i.OriginalDefinition, c.OriginalDefinition)));
            // A type inside itself has no end.
            if (!mayFit || within.Contains(definition, SymbolEqualityComparer.Default))
                continue;
            ITypeParameterSymbol[] own = [.. ParametersOf(definition)];
            if (own.Length == 0)
            {
                yield return definition;
                continue;
            }

            foreach (ITypeSymbol[] arguments in Combinations(own, [.. within, definition]))
                yield return Construct(definition, arguments);
        }
    }

    private static bool Fit(ITypeParameterSymbol[] parameters, ITypeSymbol[] arguments)
    {
        var types = new TypeSubstitution(parameters, arguments);
        return parameters.Zip(arguments, (p, a) =>
            a.IsValueType && !a.IsRefLikeType && (!p.HasUnmanagedTypeConstraint || a.IsUnmanagedType)
            && p.ConstraintTypes.All(c => c.TypeKind != TypeKind.Interface || a.AllInterfaces.Contains((INamedTypeSymbol)types.Apply(c), SymbolEqualityComparer.Default)))
            .All(fits => fits);
    }

    private static IMethodSymbol Construct(IMethodSymbol definition, ITypeSymbol[] arguments)
    {
        int own = definition.TypeParameters.Length;
        INamedTypeSymbol owner = Construct(definition.ContainingType, [.. arguments.Take(arguments.Length - own)]);
        IMethodSymbol member = owner.GetMembers(definition.Name).OfType<IMethodSymbol>()
            .First(m => SymbolEqualityComparer.Default.Equals(MethodBodies.Definition(m), MethodBodies.Definition(definition)));
        return own == 0 ? member : member.Construct([.. arguments.Skip(arguments.Length - own)]);
    }

    private static INamedTypeSymbol Construct(INamedTypeSymbol definition, ITypeSymbol[] arguments)
    {
        int own = definition.TypeParameters.Length;
        INamedTypeSymbol result = definition;
        if (definition.ContainingType is { } outer)
        {
            result = Construct(outer, [.. arguments.Take(arguments.Length - own)]).GetTypeMembers(definition.Name, definition.Arity)
                .First(t => SymbolEqualityComparer.Default.Equals(t.OriginalDefinition, definition));
        }

        return own == 0 ? result : result.Construct([.. arguments.Skip(arguments.Length - own)]);
    }

    private static IEnumerable<INamedTypeSymbol> StructsOf(INamespaceOrTypeSymbol container)
    {
        foreach (INamespaceOrTypeSymbol member in container.GetMembers().OfType<INamespaceOrTypeSymbol>())
        {
            if (member is INamedTypeSymbol { TypeKind: TypeKind.Struct, IsRefLikeType: false } type && !type.AllInterfaces.IsEmpty)
                yield return type;
            foreach (INamedTypeSymbol inner in StructsOf(member))
                yield return inner;
        }
    }
}
