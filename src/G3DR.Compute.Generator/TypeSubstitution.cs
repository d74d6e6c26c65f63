using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace G3DR.Compute.Generator;

/// <summary>The type arguments of one constructed method, to see its calls as that instantiation makes them.</summary>
internal sealed class TypeSubstitution
{
    /// <summary>
    /// A helper that calls itself with ever larger type arguments has no end of instantiations. Beyond this many parts of a type
    /// the open definition stands for them all, which ends the search and shows the recursion.
    /// </summary>
    private const int MaximumTypeParts = 64;

    private readonly Dictionary<ITypeParameterSymbol, ITypeSymbol> _arguments = new(SymbolEqualityComparer.Default);

    internal TypeSubstitution(IMethodSymbol constructed)
    {
        Add(constructed.OriginalDefinition.TypeParameters, constructed.TypeArguments);
        for (INamedTypeSymbol? type = constructed.ContainingType; type is not null; type = type.ContainingType)
            Add(type.OriginalDefinition.TypeParameters, type.TypeArguments);
    }

    internal TypeSubstitution(IReadOnlyList<ITypeParameterSymbol> parameters, IReadOnlyList<ITypeSymbol> arguments) => Add([.. parameters], [.. arguments]);

    private TypeSubstitution(TypeSubstitution outer)
    {
        foreach (KeyValuePair<ITypeParameterSymbol, ITypeSymbol> argument in outer._arguments)
            _arguments.Add(argument.Key, argument.Value);
    }

    /// <summary>These arguments and those of a local function, which sees both.</summary>
    internal TypeSubstitution Extend(ImmutableArray<ITypeParameterSymbol> parameters, IEnumerable<ITypeSymbol> arguments)
    {
        var result = new TypeSubstitution(this);
        result.Add(parameters, [.. arguments]);
        return result;
    }

    internal ITypeSymbol Apply(ITypeSymbol type) => type switch
    {
        ITypeParameterSymbol parameter => _arguments.TryGetValue(parameter, out ITypeSymbol? argument) ? argument : parameter,
        INamedTypeSymbol named => Apply(named),
        _ => type,
    };

    /// <summary>The method with the arguments put in; its definition where the types grow without bound.</summary>
    internal IMethodSymbol Apply(IMethodSymbol method)
    {
        if (method.MethodKind == MethodKind.LocalFunction)
            return method.OriginalDefinition;
        IMethodSymbol result = method.OriginalDefinition;
        INamedTypeSymbol owner = Apply(method.ContainingType);
        if (!SymbolEqualityComparer.Default.Equals(owner, owner.OriginalDefinition))
            result = MemberOf(owner, result) ?? result;
        if (result.TypeParameters.Length > 0)
            result = result.Construct(method.TypeArguments.Select(Apply).ToArray());
        int budget = MaximumTypeParts;
        bool fits = CountParts(owner, ref budget) && result.TypeArguments.All(t => CountParts(t, ref budget));
        return fits ? result : method.OriginalDefinition;
    }

    private static IMethodSymbol? MemberOf(INamedTypeSymbol owner, IMethodSymbol definition) => owner.GetMembers(definition.Name)
        .OfType<IMethodSymbol>().FirstOrDefault(m => SymbolEqualityComparer.Default.Equals(m.OriginalDefinition, definition));

    private static bool CountParts(ITypeSymbol type, ref int budget)
    {
        if (--budget < 0)
            return false;
        if (type is INamedTypeSymbol named)
        {
            foreach (ITypeSymbol argument in named.TypeArguments)
            {
                if (!CountParts(argument, ref budget))
                    return false;
            }
        }

        return true;
    }

    private INamedTypeSymbol Apply(INamedTypeSymbol type)
    {
        INamedTypeSymbol result = type.OriginalDefinition;
        if (type.ContainingType is { } outer)
            result = Apply(outer).GetTypeMembers(type.Name, type.Arity).FirstOrDefault() ?? result;
        return type.Arity == 0 || type.IsUnboundGenericType ? result : result.Construct(type.TypeArguments.Select(Apply).ToArray());
    }

    private void Add(ImmutableArray<ITypeParameterSymbol> parameters, ImmutableArray<ITypeSymbol> arguments)
    {
        for (int i = 0; i < parameters.Length; i++)
            _arguments[parameters[i]] = arguments[i];
    }
}
