using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace G3DR.Compute.Generator.OpenCl;

/// <summary>Which parameters of a struct's primary constructor are used by its other members: the compiler keeps them in fields without a symbol.</summary>
internal sealed class CapturedParameters
{
    private readonly MethodBodies _bodies;
    private readonly Compilation _compilation;
    private readonly Dictionary<INamedTypeSymbol, HashSet<string>> _known = new(SymbolEqualityComparer.Default);

    internal CapturedParameters(Compilation compilation, MethodBodies bodies)
    {
        _compilation = compilation;
        _bodies = bodies;
    }

    /// <summary>The captured parameters with the types that the constructed struct gives them.</summary>
    internal IEnumerable<IParameterSymbol> Of(INamedTypeSymbol type)
    {
        if (PrimaryConstructor(type) is not { } constructor || type.IsRecord)
            return [];
        INamedTypeSymbol definition = type.OriginalDefinition;
        if (!_known.TryGetValue(definition, out HashSet<string>? names))
        {
            names = Find(definition);
            _known.Add(definition, names);
        }

        return constructor.Parameters.Where(p => names.Contains(p.Name));
    }

    /// <summary>The constructor whose parameters stand behind the name of the type.</summary>
    internal static IMethodSymbol? PrimaryConstructor(INamedTypeSymbol type) => type.InstanceConstructors
        .FirstOrDefault(c => c.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is TypeDeclarationSyntax);

    private HashSet<string> Find(INamedTypeSymbol type)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        IEnumerable<SyntaxNode> members = type.DeclaringSyntaxReferences.Select(r => r.GetSyntax()).OfType<TypeDeclarationSyntax>()
            .Where(t => _compilation.ContainsSyntaxTree(t.SyntaxTree)).SelectMany(t => t.Members);
        foreach (SyntaxNode body in members.OfType<MemberDeclarationSyntax>().SelectMany(BodiesOf))
        {
            if (_bodies.ModelOf(body.SyntaxTree).GetOperation(body) is not { } operation)
                continue;
            foreach (IParameterReferenceOperation use in operation.DescendantsAndSelf().OfType<IParameterReferenceOperation>())
            {
                if (use.Parameter.ContainingSymbol is IMethodSymbol { MethodKind: MethodKind.Constructor } owner
                    && SymbolEqualityComparer.Default.Equals(owner.ContainingType, type))
                {
                    names.Add(use.Parameter.Name);
                }
            }
        }

        return names;
    }

    // Initialisers run within the constructor and capture nothing.
    private static IEnumerable<SyntaxNode> BodiesOf(MemberDeclarationSyntax member) => member switch
    {
        MethodDeclarationSyntax or OperatorDeclarationSyntax or ConversionOperatorDeclarationSyntax => [member],
        BasePropertyDeclarationSyntax property => new SyntaxNode?[] { (property as PropertyDeclarationSyntax)?.ExpressionBody, (property as IndexerDeclarationSyntax)?.ExpressionBody }
            .OfType<SyntaxNode>().Concat(property.AccessorList?.Accessors ?? default),
        _ => [],
    };
}
