using Microsoft.CodeAnalysis;

namespace G3DR.Compute.Generator.OpenCl;

/// <summary>The units that assemblies hold for the kernels of others, as attributes that a compiler reads from metadata.</summary>
internal static class DeviceUnits
{
    private const string AttributeName = "G3DR.Compute.OpenCl.DeviceUnitAttribute";

    /// <summary>All units of the referenced assemblies whose needs are known too.</summary>
    internal static IEnumerable<Unit> Import(Compilation compilation, IAssemblySymbol runtime)
    {
        INamedTypeSymbol? attribute = compilation.GetTypeByMetadataName(AttributeName);
        var units = new Dictionary<string, (Unit Unit, string[] Needs)>(StringComparer.Ordinal);
        foreach (AttributeData data in compilation.SourceModule.ReferencedAssemblySymbols.Where(a => Knows(a, runtime)).SelectMany(a => a.GetAttributes()))
        {
            if (attribute is not null && SymbolEqualityComparer.Default.Equals(data.AttributeClass, attribute) && Read(data) is { } unit && !units.ContainsKey(unit.Unit.Key))
                units.Add(unit.Unit.Key, unit);
        }

        var complete = new HashSet<string>(StringComparer.Ordinal);
        foreach ((Unit unit, _) in units.Values)
            Link(unit.Key, units, complete, []);
        return units.Values.Select(u => u.Unit).Where(u => complete.Contains(u.Key));
    }

    /// <summary>What callers have to know about a unit, as the attribute keeps it.</summary>
    internal static string TraitsOf(Unit unit) => (unit.UsesDouble ? "d" : string.Empty) + (unit.HasEffects ? "e" : string.Empty)
        + (unit.Synchronises ? "s" : string.Empty) + (unit.ResultSpace is { } space ? space.Letter().ToString() : string.Empty);

    // Only assemblies that can have been compiled with the generator are searched.
    private static bool Knows(IAssemblySymbol assembly, IAssemblySymbol runtime) =>
        SymbolEqualityComparer.Default.Equals(assembly, runtime)
        || assembly.Modules.Any(m => m.ReferencedAssemblySymbols.Contains(runtime, SymbolEqualityComparer.Default));

    private static (Unit Unit, string[] Needs)? Read(AttributeData data)
    {
        string?[] texts = [.. data.ConstructorArguments.Select(a => a.Value as string)];
        if (texts.Length != 3 || texts[0] is not { } key || texts[1] is not { } name || texts[2] is not { } text)
            return null;
        string traits = data.NamedArguments.FirstOrDefault(n => n.Key == "Traits").Value.Value as string ?? string.Empty;
        TypedConstant needs = data.NamedArguments.FirstOrDefault(n => n.Key == "Needs").Value;
        string[] keys = needs.Kind == TypedConstantKind.Array && !needs.IsNull ? [.. needs.Values.Select(v => v.Value).OfType<string>()] : [];
        var unit = new Unit(key, name)
        {
            Text = text,
            IsImported = true,
            UsesDouble = traits.Contains('d'),
            HasEffects = traits.Contains('e'),
            Synchronises = traits.Contains('s'),
            ResultSpace = traits.Contains('g') ? Space.Global : traits.Contains('l') ? Space.Local : null,
        };
        return (unit, keys);
    }

    private static bool Link(string key, Dictionary<string, (Unit Unit, string[] Needs)> units, HashSet<string> complete, HashSet<string> open)
    {
        if (complete.Contains(key))
            return true;
        if (!units.TryGetValue(key, out (Unit Unit, string[] Needs) entry) || !open.Add(key))
            return false;
        if (!entry.Needs.All(n => Link(n, units, complete, open)))
            return false;
        foreach (string needed in entry.Needs)
            entry.Unit.Require(units[needed].Unit);
        return complete.Add(key);
    }
}
