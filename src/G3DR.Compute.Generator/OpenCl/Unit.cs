namespace G3DR.Compute.Generator.OpenCl;

/// <summary>A struct or function of OpenCL C that programs are put together from.</summary>
internal sealed class Unit
{
    private readonly List<Unit> _needs = [];
    private string? _text;

    internal Unit(string key, string name)
    {
        Key = key;
        Name = name;
    }

    /// <summary>What the unit stands for, the same in every assembly.</summary>
    internal string Key { get; }

    internal string Name { get; }

    /// <summary>The definition, ending with a line break.</summary>
    internal string Text
    {
        get => _text ?? throw new InvalidOperationException($"The unit {Key} is used before it is translated.");
        set => _text = value;
    }

    /// <summary>Whether the unit is still being translated: who meets it then calls itself.</summary>
    internal bool IsOpen => _text is null;

    internal IReadOnlyList<Unit> Needs => _needs;

    /// <summary>Whether another assembly holds the unit.</summary>
    internal bool IsImported { get; set; }

    internal bool UsesDouble { get; set; }

    /// <summary>Whether a call changes memory that its caller sees, or synchronises.</summary>
    internal bool HasEffects { get; set; }

    /// <summary>Whether a call waits for other items.</summary>
    internal bool Synchronises { get; set; }

    /// <summary>Where a returned view points to; null before the first return.</summary>
    internal Space? ResultSpace { get; set; }

    internal void Require(Unit other)
    {
        if (!_needs.Contains(other))
            _needs.Add(other);
        UsesDouble |= other.UsesDouble;
    }

    /// <summary>The unit and all it needs, in an order in which C can read them.</summary>
    internal IReadOnlyList<Unit> Closure()
    {
        var ordered = new List<Unit>();
        var seen = new HashSet<Unit>();
        Visit(this, ordered, seen);
        return ordered;
    }

    private static void Visit(Unit unit, List<Unit> ordered, HashSet<Unit> seen)
    {
        if (!seen.Add(unit))
            return;
        foreach (Unit needed in unit._needs)
            Visit(needed, ordered, seen);
        ordered.Add(unit);
    }
}
