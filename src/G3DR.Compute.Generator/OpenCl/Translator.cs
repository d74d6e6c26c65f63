using Microsoft.CodeAnalysis;

namespace G3DR.Compute.Generator.OpenCl;

/// <summary>What all functions of a compilation share while they are translated.</summary>
internal sealed class Translator
{
    internal Translator(KernelSymbols symbols, MethodBodies bodies, UnitLibrary library, CancellationToken cancel)
    {
        Symbols = symbols;
        Bodies = bodies;
        Library = library;
        Cancel = cancel;
        Types = new DeviceTypes(symbols, library);
        DeviceCode = new DeviceCode(library);
    }

    internal KernelSymbols Symbols { get; }

    internal MethodBodies Bodies { get; }

    internal UnitLibrary Library { get; }

    internal DeviceTypes Types { get; }

    internal DeviceCode DeviceCode { get; }

    internal CancellationToken Cancel { get; }

    /// <summary>Whether the method's body is part of the compilation; a reference to another project can have source too, but not here.</summary>
    internal bool HasSource(IMethodSymbol method) =>
        MethodBodies.HasSource(method) && SymbolEqualityComparer.Default.Equals(method.ContainingAssembly, Symbols.Compilation.Assembly);

    /// <summary>The function for a method called with pointers into the given spaces.</summary>
    internal Unit Function(Callee callee, CallShape shape, SyntaxNode call)
    {
        Cancel.ThrowIfCancellationRequested();
        string key = $"function {callee.Key} {shape.Key}";
        if (!HasSource(callee.Method))
            return Library.Find(key) ?? throw WithoutSource(callee.Method, call);
        string suffix = shape.Suffix(i => Symbols.ViewRank(callee.Types.Apply(callee.Method.OriginalDefinition.Parameters[i].Type)) > 0);
        return Library.Get(key, callee.Name + suffix, unit =>
        {
            RequireCleanBody(callee.Method);
            new FunctionTranslator(this, unit, callee, shape).TranslateFunction();
        });
    }

    /// <summary>Ends the translation where the analyzer has refused the method.</summary>
    internal void RequireCleanBody(IMethodSymbol method)
    {
        if (!Bodies.Summarise(MethodBodies.Definition(method)).Findings.IsEmpty)
            throw UntranslatableException.Reported();
    }

    private UntranslatableException WithoutSource(IMethodSymbol method, SyntaxNode call) =>
        Symbols.IsTrustedExternal(method) || Symbols.IsRuntimeType(method.ContainingType)
            ? UntranslatableException.At(call, $"'{SymbolText.Of(method)}', for which '{method.ContainingAssembly?.Name}' holds no device code of this form")
            : UntranslatableException.Reported();
}
