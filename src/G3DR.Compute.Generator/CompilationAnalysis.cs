using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace G3DR.Compute.Generator;

/// <summary>Analyses everything that the kernels of one compilation reach: once, whichever file asks first.</summary>
internal sealed class CompilationAnalysis
{
    private readonly KernelSymbols _symbols;
    private readonly object _gate = new();
    private ILookup<SyntaxTree, Diagnostic>? _diagnostics;

    internal CompilationAnalysis(KernelSymbols symbols) => _symbols = symbols;

    /// <summary>The diagnostics that lie in one file, in the order of the text.</summary>
    internal IEnumerable<Diagnostic> DiagnosticsOf(SyntaxTree tree, CancellationToken cancel)
    {
        // No Lazy<T>: it would remember the exception of a cancelled run and repeat it to callers that were not cancelled.
        lock (_gate)
        {
            _diagnostics ??= Analyse(cancel);
            return _diagnostics[tree];
        }
    }

    private ILookup<SyntaxTree, Diagnostic> Analyse(CancellationToken cancel)
    {
        var types = new SubsetTypes(_symbols);
        var bodies = new MethodBodies(_symbols, types, cancel);
        var reachable = new ReachableCode(_symbols, bodies, cancel);
        foreach (IMethodSymbol method in FindEntryPoints(bodies, cancel))
        {
            bool isKernel = _symbols.IsKernel(method);
            string name = (isKernel ? "kernel '" : "device function '") + SymbolText.Of(method) + "'";
            if (isKernel)
                reachable.Report(method, name, KernelSignature.Check(method, _symbols, types));
            reachable.Explore(method, name);
        }

        return reachable.Diagnostics
            .OrderBy(d => d.Location.SourceSpan.Start).ThenBy(d => d.Id, StringComparer.Ordinal)
            .ToLookup(d => d.Location.SourceTree!);
    }

    /// <summary>
    /// The marked methods in the order of the files. Device functions are entry points too: other assemblies call them on trust.
    /// Attributes are compared as symbols, so an alias for the attribute does not hide a kernel.
    /// </summary>
    private IEnumerable<IMethodSymbol> FindEntryPoints(MethodBodies bodies, CancellationToken cancel)
    {
        foreach (SyntaxTree tree in _symbols.Compilation.SyntaxTrees)
        {
            foreach (SyntaxNode node in tree.GetRoot(cancel).DescendantNodes())
            {
                foreach (IMethodSymbol method in MarkedMethods(node, bodies, cancel))
                {
                    if (_symbols.IsKernel(method) || (_symbols.IsDeviceFunction(method) && HasBody(method)))
                        yield return method;
                }
            }
        }
    }

    private static IEnumerable<IMethodSymbol> MarkedMethods(SyntaxNode node, MethodBodies bodies, CancellationToken cancel)
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
        return !marked ? [] : bodies.ModelOf(node.SyntaxTree).GetDeclaredSymbol(node, cancel) switch
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
