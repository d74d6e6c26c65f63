using Microsoft.CodeAnalysis;

namespace G3DR.Compute.Generator.OpenCl;

/// <summary>Translates all kernels and device functions of a compilation.</summary>
internal sealed class ModuleBuilder
{
    private readonly KernelSymbols _symbols;
    private readonly SubsetTypes _types;
    private readonly MethodBodies _bodies;
    private readonly Translator _translator;
    private readonly Specialiser _specialiser;
    private readonly CancellationToken _cancel;
    private readonly Dictionary<string, Unit> _kernels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IMethodSymbol> _owners = new(StringComparer.Ordinal);
    private readonly List<Unit> _exports = [];
    private readonly List<ModuleModel.Report> _reports = [];

    private ModuleBuilder(KernelSymbols symbols, string prefix, CancellationToken cancel)
    {
        _symbols = symbols;
        _cancel = cancel;
        _types = new SubsetTypes(symbols);
        _bodies = new MethodBodies(symbols, _types, cancel);
        var library = new UnitLibrary(prefix, DeviceUnits.Import(symbols.Compilation, symbols.Runtime));
        _translator = new Translator(symbols, _bodies, library, cancel);
        _specialiser = new Specialiser(symbols.Compilation);
    }

    /// <summary>The module of a compilation; null where the runtime is not referenced.</summary>
    internal static ModuleModel? Build(Compilation compilation, CancellationToken cancel)
    {
        if (KernelSymbols.TryCreate(compilation) is not { } symbols || !symbols.HasModules)
            return null;
        var types = new SubsetTypes(symbols);
        IMethodSymbol[] entries = [.. new EntryPoints(symbols, new MethodBodies(symbols, types, cancel)).Find(cancel)];
        if (entries.Length == 0)
            return null;
        // Units that others link to carry the assembly's name, so that two assemblies never define the same name differently.
        bool exports = entries.Any(symbols.IsDeviceFunction);
        string name = compilation.AssemblyName ?? string.Empty;
        string prefix = exports && !symbols.IsRuntime(compilation.Assembly) ? Names.Variable(name.Replace('.', '_').Replace('-', '_')) + "_" : string.Empty;
        return new ModuleBuilder(symbols, prefix, cancel).Build(entries);
    }

    private ModuleModel Build(IMethodSymbol[] entries)
    {
        foreach (IMethodSymbol entry in entries)
        {
            _cancel.ThrowIfCancellationRequested();
            if (_symbols.IsKernel(entry) || _symbols.IsGroupKernel(entry))
                AddKernel(entry);
            if (_symbols.IsDeviceFunction(entry))
                AddDeviceFunction(entry);
        }

        string? source = _kernels.Count + _exports.Count == 0 ? null : ModuleWriter.Write(_kernels, _exports);
        return new ModuleModel(source, [.. _reports]);
    }

    private void AddKernel(IMethodSymbol definition)
    {
        if (KernelSignature.Check(definition, _symbols, _types).Any())
            return;
        string subject = $"Kernel '{SymbolText.Of(definition)}'";
        foreach (IMethodSymbol kernel in Specialise(definition, subject))
        {
            string key = KernelKey.Of(kernel);
            if (_owners.TryGetValue(key, out IMethodSymbol? other))
            {
                if (!SymbolEqualityComparer.Default.Equals(other, definition))
                    Report(new Finding(Diagnostics.AmbiguousKernel, definition.Locations[0], $"'{SymbolText.Of(other)}' as {key}"), subject);
                continue;
            }

            _owners.Add(key, definition);
            Try(definition, subject, () =>
            {
                _translator.RequireCleanBody(definition);
                Callee callee = Callees.Of(kernel);
                var unit = new Unit(key, _translator.Library.UniqueName(callee.Name));
                Space?[] spaces = [.. kernel.Parameters.Select(p => _symbols.ViewRank(p.Type) > 0 ? Space.Global : (Space?)null)];
                new FunctionTranslator(_translator, unit, callee, new CallShape(null, spaces)).TranslateKernel();
                _kernels.Add(key, unit);
            });
        }
    }

    private IReadOnlyList<IMethodSymbol> Specialise(IMethodSymbol definition, string subject)
    {
        IReadOnlyList<IMethodSymbol> all = _specialiser.Specialise(definition);
        if (all.Count <= Specialiser.Limit)
            return all;
        Report(new Finding(Diagnostics.TooManySpecialisations, definition.Locations[0], $"more than {Specialiser.Limit} combinations of types"), subject);
        return [];
    }

    private void AddDeviceFunction(IMethodSymbol definition)
    {
        if (definition.AssociatedSymbol is IPropertySymbol property && AutoProperties.IsStored(property))
            return;
        string subject = $"Device function '{SymbolText.Of(definition)}'";
        foreach (IMethodSymbol function in Specialise(definition, subject))
        {
            Callee callee = Callees.Of(function);
            foreach (CallShape shape in ShapesOf(function))
            {
                Try(definition, subject, () =>
                {
                    Unit unit = _translator.Function(callee, shape, definition.DeclaringSyntaxReferences[0].GetSyntax(_cancel));
                    _exports.Add(unit);
                });
            }
        }
    }

    /// <summary>
    /// The spaces that callers of other assemblies can use: all references into one kind of memory, or references to variables and views of
    /// shared or device memory.
    /// </summary>
    private IEnumerable<CallShape> ShapesOf(IMethodSymbol method)
    {
        bool byReference = InstancePassing.IsByReference(method, _translator);
        bool hasReferences = byReference || method.Parameters.Any(p => p.RefKind != RefKind.None);
        bool hasViews = method.Parameters.Any(p => p.RefKind == RefKind.None && _symbols.ViewRank(p.Type) > 0);
        (Space Reference, Space View)[] combinations = (hasReferences, hasViews) switch
        {
            (true, true) => [(Space.Private, Space.Global), (Space.Global, Space.Global), (Space.Private, Space.Local), (Space.Local, Space.Local)],
            (true, false) => [(Space.Private, Space.Global), (Space.Global, Space.Global), (Space.Local, Space.Local)],
            (false, true) => [(Space.Private, Space.Global), (Space.Private, Space.Local)],
            _ => [(Space.Private, Space.Global)],
        };
        return combinations.Select(c => new CallShape(
            byReference ? c.Reference : null,
            [.. method.Parameters.Select(p => p.RefKind != RefKind.None ? c.Reference : _symbols.ViewRank(p.Type) > 0 ? c.View : (Space?)null)]));
    }

    /// <summary>Runs a translation; what cannot be translated is reported, once for each place.</summary>
    private void Try(IMethodSymbol definition, string subject, Action translate)
    {
        try
        {
            translate();
        }
        catch (UntranslatableException exception)
        {
            if (exception.Finding is { } finding)
                Report(finding.Location.IsInSource ? finding : new Finding(finding.Descriptor, definition.Locations[0], finding.Detail), subject);
        }
        catch (InsufficientExecutionStackException)
        {
            Report(new Finding(Diagnostics.Untranslatable, definition.Locations[0], "an expression that is nested too deeply"), subject);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // A mistake of the translator must not take the other kernels with it, nor look like success.
            Report(new Finding(Diagnostics.Untranslatable, definition.Locations[0], $"something that the translator fails on ({exception.Message})"), subject);
        }
    }

    private void Report(Finding finding, string subject)
    {
        var report = new ModuleModel.Report(finding, subject);
        if (!_reports.Any(r => r.IsSamePlace(report)))
            _reports.Add(report);
    }
}
