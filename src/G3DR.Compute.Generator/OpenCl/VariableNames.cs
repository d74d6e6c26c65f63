using Microsoft.CodeAnalysis;

namespace G3DR.Compute.Generator.OpenCl;

/// <summary>
/// The names of a function's variables in C. C# does not let a local hide another, so two locals of one name never meet and keep it;
/// variables that the translation adds get names that nothing else has.
/// </summary>
internal sealed class VariableNames
{
    private readonly UnitLibrary _library;
    private readonly Dictionary<ISymbol, string> _names = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<string, string> _owners = new(StringComparer.Ordinal);

    internal VariableNames(UnitLibrary library) => _library = library;

    /// <summary>The name of a local or parameter.</summary>
    internal string Of(ISymbol symbol)
    {
        if (!_names.TryGetValue(symbol, out string? name))
        {
            name = Take(Names.Variable(symbol.Name), symbol.Name);
            _names.Add(symbol, name);
        }

        return name;
    }

    /// <summary>Gives a local a name of its own, because it is declared outside of the block that C# declares it in.</summary>
    internal string Hoist(ISymbol symbol)
    {
        string name = Fresh(Names.Variable(symbol.Name));
        _names[symbol] = name;
        return name;
    }

    /// <summary>A name that no variable of the function has.</summary>
    internal string Fresh(string wish)
    {
        string name = wish;
        for (int n = 2; _owners.ContainsKey(name) || !_library.TryReserveVariable(name); n++)
            name = wish + n.ToString(System.Globalization.CultureInfo.InvariantCulture);
        _owners.Add(name, string.Empty);
        return name;
    }

    private string Take(string wish, string owner)
    {
        string name = wish;
        for (int n = 2; (_owners.TryGetValue(name, out string? other) && other != owner) || !_library.TryReserveVariable(name); n++)
            name = wish + "_" + n.ToString(System.Globalization.CultureInfo.InvariantCulture);
        _owners[name] = owner;
        return name;
    }
}
