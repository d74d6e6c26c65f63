using Microsoft.CodeAnalysis;

namespace G3DR.Compute.Generator;

/// <summary>
/// Follows the calls of the kernels, depth first. Each method is reported once, for the first kernel that reaches it; each constructed
/// generic method is followed once, because which methods its type arguments lead to, and whether it comes back to itself, depends on them.
/// </summary>
internal sealed class ReachableCode
{
    private readonly KernelSymbols _symbols;
    private readonly MethodBodies _bodies;
    private readonly StaticDispatch _dispatch;
    private readonly CancellationToken _cancel;
    private readonly List<Diagnostic> _diagnostics = [];
    private readonly HashSet<IMethodSymbol> _reported = new(SymbolEqualityComparer.Default);
    private readonly HashSet<IMethodSymbol> _visited = new(SymbolEqualityComparer.Default);
    private readonly HashSet<Location> _refusedCalls = [];
    private bool _hasGroups;

    // The chain of calls from the entry point to the method being followed. Kept here and not on the thread's stack: chains can be long.
    private readonly List<Frame> _chain = [];
    private readonly HashSet<IMethodSymbol> _inChain = new(SymbolEqualityComparer.Default);

    // What a type argument chosen at the launch may lead to. Not part of the chain: composing an op with another of its kind is no recursion.
    private readonly Queue<IMethodSymbol> _open = new();

    internal ReachableCode(KernelSymbols symbols, MethodBodies bodies, CancellationToken cancel)
    {
        _symbols = symbols;
        _bodies = bodies;
        _dispatch = new StaticDispatch(symbols.Compilation);
        _cancel = cancel;
    }

    internal IReadOnlyList<Diagnostic> Diagnostics => _diagnostics;

    /// <summary>Reports findings in a kernel or device function itself.</summary>
    internal void Report(IMethodSymbol entry, string entryName, IEnumerable<Finding> findings) =>
        _diagnostics.AddRange(findings.Select(f => f.ToDiagnostic(Subject(entry, entry, entryName))));

    /// <summary>Follows one entry point.</summary>
    /// <param name="entry">The kernel or device function.</param>
    /// <param name="entryName">Its name in messages, as in <c>kernel 'Ops.Scale'</c>.</param>
    /// <param name="hasGroups">Whether its items may run in groups. Entry points without groups have to be explored first.</param>
    internal void Explore(IMethodSymbol entry, string entryName, bool hasGroups)
    {
        _hasGroups = hasGroups;
        _open.Enqueue(entry);
        while (_open.Count > 0)
        {
            Enter(_open.Dequeue(), entry, entryName);
            while (_chain.Count > 0)
            {
                _cancel.ThrowIfCancellationRequested();
                Frame top = _chain[_chain.Count - 1];
                if (top.NextCall() is { } call)
                    Follow(top, call, entry, entryName);
                else
                    Leave(top);
            }
        }
    }

    private static string Subject(IMethodSymbol method, IMethodSymbol entry, string entryName) =>
        SymbolEqualityComparer.Default.Equals(method, entry)
            ? char.ToUpperInvariant(entryName[0]) + entryName.Substring(1)
            : $"'{SymbolText.Of(method)}', reached from {entryName},";

    private void Enter(IMethodSymbol method, IMethodSymbol entry, string entryName)
    {
        if (!_visited.Add(method))
            return;
        IMethodSymbol definition = MethodBodies.Definition(method);
        MethodSummary summary = _bodies.Summarise(definition);
        if (_reported.Add(definition))
            _diagnostics.AddRange((_hasGroups ? summary.Findings : summary.Findings.AddRange(summary.GroupUses)).Select(f => f.ToDiagnostic(Subject(definition, entry, entryName))));
        _chain.Add(new Frame(method, summary));
        _inChain.Add(method);
    }

    private void Leave(Frame top)
    {
        _chain.RemoveAt(_chain.Count - 1);
        _inChain.Remove(top.Method);
    }

    private void Follow(Frame caller, CallSite call, IMethodSymbol entry, string entryName)
    {
        IMethodSymbol member = caller.Substitution.Apply(call.Target);
        if (call.DispatchType is null)
        {
            Step(caller, call, member, entry, entryName);
            return;
        }

        ITypeSymbol type = caller.Substitution.Apply(call.DispatchType);
        if (type is ITypeParameterSymbol parameter)
        {
            foreach (IMethodSymbol candidate in _dispatch.Candidates(member, parameter))
            {
                if (MethodBodies.HasSource(candidate))
                    _open.Enqueue(candidate);
            }
        }
        else if (StaticDispatch.Resolve(member, type) is { } implementation)
        {
            Step(caller, call, implementation, entry, entryName);
        }
    }

    private void Step(Frame caller, CallSite call, IMethodSymbol target, IMethodSymbol entry, string entryName)
    {
        IMethodSymbol method = MethodBodies.HasSource(target) && SymbolEqualityComparer.Default.Equals(target, target.OriginalDefinition)
            ? MethodBodies.Definition(target)
            : target;
        if (!MethodBodies.HasSource(method))
        {
            // Only a type argument leads here: direct calls without source were judged where they stand.
            if (!_symbols.IsTrustedExternal(method) && !_symbols.IsRuntimeType(method.ContainingType))
                Refuse(caller, call, Generator.Diagnostics.CallOutsideSubset, SymbolText.Of(method), entry, entryName);
        }
        else if (_inChain.Contains(method))
        {
            IEnumerable<string> cycle = _chain.Select(f => f.Method).SkipWhile(m => !SymbolEqualityComparer.Default.Equals(m, method)).Append(method)
                .Select(SymbolText.Of);
            Refuse(caller, call, Generator.Diagnostics.Recursion, string.Join(" -> ", cycle), entry, entryName);
        }
        else
        {
            Enter(method, entry, entryName);
        }
    }

    private void Refuse(Frame caller, CallSite call, DiagnosticDescriptor descriptor, string detail, IMethodSymbol entry, string entryName)
    {
        // Several instantiations of a helper make the same call.
        if (_refusedCalls.Add(call.Location))
            _diagnostics.Add(new Finding(descriptor, call.Location, detail).ToDiagnostic(Subject(MethodBodies.Definition(caller.Method), entry, entryName)));
    }

    /// <summary>A method being followed and how far its calls have been followed.</summary>
    private sealed class Frame
    {
        private readonly MethodSummary _summary;
        private int _next;

        internal Frame(IMethodSymbol method, MethodSummary summary)
        {
            Method = method;
            _summary = summary;
            Substitution = new TypeSubstitution(method);
        }

        internal IMethodSymbol Method { get; }

        internal TypeSubstitution Substitution { get; }

        internal CallSite? NextCall() => _next < _summary.Calls.Length ? _summary.Calls[_next++] : null;
    }
}
