namespace G3DR.Compute.Generator.OpenCl;

/// <summary>All units of a compilation: those of referenced assemblies and those translated so far. Each is made once, whoever needs it.</summary>
internal sealed class UnitLibrary
{
    private readonly Dictionary<string, Unit> _units = new(StringComparer.Ordinal);
    private readonly Dictionary<string, UntranslatableException> _failures = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unitNames = new(StringComparer.Ordinal);
    private readonly HashSet<string> _variables = new(StringComparer.Ordinal);

    /// <summary>What the names of units that other assemblies may link to begin with, so that assemblies do not collide.</summary>
    private readonly string _prefix;

    internal UnitLibrary(string prefix, IEnumerable<Unit> imported)
    {
        _prefix = prefix;
        foreach (Unit unit in imported)
        {
            _units[unit.Key] = unit;
            _unitNames.Add(unit.Name);
        }
    }

    /// <summary>The unit with this key, made at the first call.</summary>
    /// <param name="key">What it stands for.</param>
    /// <param name="name">Its name, if no other unit has it.</param>
    /// <param name="translate">Fills in the text.</param>
    internal Unit Get(string key, string name, Action<Unit> translate)
    {
        if (_failures.TryGetValue(key, out UntranslatableException? failure))
            throw failure;
        if (_units.TryGetValue(key, out Unit? known))
            return known.IsOpen ? throw UntranslatableException.Reported() : known;
        var unit = new Unit(key, UniqueName(_prefix + name));
        _units.Add(key, unit);
        try
        {
            translate(unit);
            return unit;
        }
        catch (UntranslatableException exception)
        {
            _units.Remove(key);
            _failures.Add(key, exception);
            throw;
        }
    }

    /// <summary>An imported or finished unit.</summary>
    internal Unit? Find(string key) => _units.TryGetValue(key, out Unit? unit) && !unit.IsOpen ? unit : null;

    /// <summary>Whether a variable of this name would hide a unit. If not, no unit takes the name from now on.</summary>
    internal bool TryReserveVariable(string name)
    {
        if (_unitNames.Contains(name))
            return false;
        _variables.Add(name);
        return true;
    }

    /// <summary>A name that no other unit and no variable has.</summary>
    internal string UniqueName(string name)
    {
        string unique = name;
        for (int n = 2; _variables.Contains(unique) || !_unitNames.Add(unique); n++)
            unique = name + "_" + n.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return unique;
    }
}
