using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace G3DR.Compute.Generator;

/// <summary>Summaries of the methods with source, each made when first reached.</summary>
internal sealed class MethodBodies
{
    private readonly KernelSymbols _symbols;
    private readonly SubsetTypes _types;
    private readonly CancellationToken _cancel;
    private readonly Dictionary<SyntaxTree, SemanticModel> _models = [];
    private readonly Dictionary<IMethodSymbol, MethodSummary> _summaries = new(SymbolEqualityComparer.Default);

    internal MethodBodies(KernelSymbols symbols, SubsetTypes types, CancellationToken cancel)
    {
        _symbols = symbols;
        _types = types;
        _cancel = cancel;
    }

    /// <summary>The definition that carries the body: without type arguments and, for a partial method, the part that implements it.</summary>
    internal static IMethodSymbol Definition(IMethodSymbol method)
    {
        IMethodSymbol definition = (method.ReducedFrom ?? method).OriginalDefinition;
        return definition.PartialImplementationPart ?? definition;
    }

    /// <summary>
    /// Whether the method can be followed: its source is part of this compilation. The accessors of a record's property have none but
    /// only move a field; what else the compiler adds to records (equality, text) is no kernel code.
    /// </summary>
    internal static bool HasSource(IMethodSymbol method) =>
        method.IsImplicitlyDeclared
            ? method.AssociatedSymbol is IPropertySymbol && !method.ContainingType.DeclaringSyntaxReferences.IsEmpty
            : !method.OriginalDefinition.DeclaringSyntaxReferences.IsEmpty;

    /// <summary>
    /// The semantic model of a file. Kernels call helpers in other files, so the model of the file under analysis is not enough;
    /// only files with reachable code are asked for, each once.
    /// </summary>
    internal SemanticModel ModelOf(SyntaxTree tree)
    {
        if (!_models.TryGetValue(tree, out SemanticModel? model))
        {
            model = _symbols.Compilation.GetSemanticModel(tree);
            _models.Add(tree, model);
        }

        return model;
    }

    internal MethodSummary Summarise(IMethodSymbol definition)
    {
        if (!_summaries.TryGetValue(definition, out MethodSummary? summary))
        {
            summary = Scan(definition);
            _summaries.Add(definition, summary);
        }

        return summary;
    }

    private MethodSummary Scan(IMethodSymbol method)
    {
        var scanner = new BodyScanner(_symbols, _types, method);
        foreach (Finding finding in CheckSignature(method))
            scanner.Add(finding);
        foreach (SyntaxNode node in BodiesOf(method))
        {
            _cancel.ThrowIfCancellationRequested();
            if (ModelOf(node.SyntaxTree).GetOperation(node, _cancel) is { } body)
                scanner.Scan(body);
        }

        return scanner.ToSummary();
    }

    private IEnumerable<SyntaxNode> BodiesOf(IMethodSymbol method)
    {
        IEnumerable<SyntaxNode> bodies = method.DeclaringSyntaxReferences.Select(r => r.GetSyntax(_cancel));
        if (method.MethodKind != MethodKind.Constructor)
            return bodies;
        // The initialisers of fields and properties run as part of the constructor. A primary constructor has no body of its own.
        IEnumerable<SyntaxNode> initialisers = method.ContainingType.GetMembers()
            .Where(m => !m.IsStatic && m is IFieldSymbol or IPropertySymbol)
            .SelectMany(m => m.DeclaringSyntaxReferences)
            .Select(r => r.GetSyntax(_cancel) switch
            {
                VariableDeclaratorSyntax field => field.Initializer,
                PropertyDeclarationSyntax property => property.Initializer,
                _ => null,
            })
            .OfType<SyntaxNode>();
        return bodies.Where(b => b is not TypeDeclarationSyntax).Concat(initialisers);
    }

    private IEnumerable<Finding> CheckSignature(IMethodSymbol method)
    {
        Location name = method.Locations[0];
        if (method.IsAsync)
            yield return new Finding(Diagnostics.Async, name, "async");
        if (method.IsExtern)
            yield return new Finding(Diagnostics.CallOutsideSubset, name, SymbolText.Of(method));
        if (method.ReturnsByRef || method.ReturnsByRefReadonly)
            yield return new Finding(Diagnostics.RefVariable, name, "a ref return");
        foreach (ITypeParameterSymbol parameter in TypeParametersOf(method))
        {
            if (IsClassConstrained(parameter))
                yield return new Finding(Diagnostics.ClassConstraint, parameter.Locations[0], $"the type parameter '{parameter.Name}', constrained to a class");
        }

        // The parameters of a kernel follow the narrower rules of KernelSignature, and what an async method returns follows from async.
        if (_symbols.IsKernel(method) || _symbols.IsGroupKernel(method) || method.IsAsync)
            yield break;
        if (_types.Check(method.ReturnType) is { } result)
            yield return new Finding(result.Descriptor, name, result.Detail);
        foreach (IParameterSymbol parameter in method.Parameters)
        {
            if (_types.Check(parameter.Type) is { } problem)
                yield return new Finding(problem.Descriptor, parameter.Locations[0], problem.Detail);
        }
    }

    private static bool IsClassConstrained(ITypeParameterSymbol parameter) =>
        parameter.HasReferenceTypeConstraint || parameter.ConstraintTypes.Any(t => t.TypeKind == TypeKind.Class);

    private static ImmutableArray<ITypeParameterSymbol> TypeParametersOf(IMethodSymbol method)
    {
        ImmutableArray<ITypeParameterSymbol> all = method.TypeParameters;
        for (INamedTypeSymbol? type = method.ContainingType; type is not null; type = type.ContainingType)
            all = all.AddRange(type.TypeParameters);
        return all;
    }
}
