using Microsoft.CodeAnalysis;

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
        IMethodSymbol[] entries = [.. new EntryPoints(_symbols, bodies).Find(cancel)];
        // A helper is reported for the first kernel that reaches it, and only kernels without groups have something against it for that.
        foreach (IMethodSymbol method in entries.OrderBy(m => _symbols.HasGroups(m)))
        {
            bool isKernel = _symbols.IsKernel(method) || _symbols.IsGroupKernel(method);
            string name = (isKernel ? "kernel '" : "device function '") + SymbolText.Of(method) + "'";
            if (isKernel)
                reachable.Report(method, name, KernelSignature.Check(method, _symbols, types));
            reachable.Explore(method, name, _symbols.HasGroups(method));
        }

        return reachable.Diagnostics
            .OrderBy(d => d.Location.SourceSpan.Start).ThenBy(d => d.Id, StringComparer.Ordinal)
            .ToLookup(d => d.Location.SourceTree!);
    }
}
