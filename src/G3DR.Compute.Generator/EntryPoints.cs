using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace G3DR.Compute.Generator;

/// <summary>Finds the kernels and device functions of a compilation.</summary>
internal sealed class EntryPoints
{
    private readonly KernelSymbols _symbols;
    private readonly MethodBodies _bodies;

    internal EntryPoints(KernelSymbols symbols, MethodBodies bodies)
    {
        _symbols = symbols;
        _bodies = bodies;
    }

    /// <summary>
    /// The marked methods in the order of the files. Device functions are entry points too: other assemblies call them on trust.
    /// Attributes are compared as symbols, so an alias for the attribute does not hide a kernel.
    /// </summary>
    internal IEnumerable<IMethodSymbol> Find(CancellationToken cancel)
    {
        var seen = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        foreach (SyntaxTree tree in _symbols.Compilation.SyntaxTrees)
        {
            foreach (SyntaxNode node in tree.GetRoot(cancel).DescendantNodes())
            {
                foreach (IMethodSymbol method in MarkedMethods(node, cancel))
                {
                    bool isEntry = _symbols.IsKernel(method) || _symbols.IsGroupKernel(method) || (_symbols.IsDeviceFunction(method) && HasBody(method) && !_symbols.IsMapped(method));
                    if (isEntry && seen.Add(method))
                        yield return method;
                }
            }
        }
    }

    private IEnumerable<IMethodSymbol> MarkedMethods(SyntaxNode node, CancellationToken cancel)
    {
        bool marked = node switch
        {
            BaseMethodDeclarationSyntax method => method.AttributeLists.Count > 0,
            LocalFunctionStatementSyntax function => function.AttributeLists.Count > 0,
            AccessorDeclarationSyntax accessor => accessor.AttributeLists.Count > 0,
            BasePropertyDeclarationSyntax property => property.AttributeLists.Count > 0,
            TypeDeclarationSyntax type => type.AttributeLists.Count > 0,
            _ => false,
        };
        return !marked ? [] : _bodies.ModelOf(node.SyntaxTree).GetDeclaredSymbol(node, cancel) switch
        {
            IMethodSymbol method => [MethodBodies.Definition(method)],
            IPropertySymbol property => new[] { property.GetMethod, property.SetMethod }.OfType<IMethodSymbol>(),
            INamedTypeSymbol type => type.GetMembers().OfType<IMethodSymbol>().Select(MethodBodies.Definition),
            _ => [],
        };
    }

    /// <summary>Whether the mark stands for code that can be called on a device: an abstract member has none, and a class has no instances there.</summary>
    private static bool HasBody(IMethodSymbol method) =>
        MethodBodies.HasSource(method)
        && method is { IsAbstract: false, MethodKind: not MethodKind.StaticConstructor }
        && (method.IsStatic || method.ContainingType.IsValueType);
}
