namespace G3DR.Compute.Generator.OpenCl;

/// <summary>A C expression and what its reader has to know about it.</summary>
internal readonly struct Value
{
    internal Value(string text, CLevel level, bool isStable = false, bool hasEffect = false, Space space = Space.Private, bool isOwn = false)
    {
        Text = text;
        Level = level;
        IsStable = isStable;
        HasEffect = hasEffect;
        Space = space;
        IsOwn = isOwn;
    }

    internal string Text { get; }

    internal CLevel Level { get; }

    /// <summary>Whether the expression has the same value wherever in the function it is evaluated from here on.</summary>
    internal bool IsStable { get; }

    /// <summary>Whether evaluating the expression changes something, so that it has to happen exactly once and in its place.</summary>
    internal bool HasEffect { get; }

    /// <summary>Where a view, span or pointer points to.</summary>
    internal Space Space { get; }

    /// <summary>Whether a span or pointer leads to a variable of the function itself, which no caller can see.</summary>
    internal bool IsOwn { get; }

    /// <summary>A name, a literal or anything else that never changes.</summary>
    internal static Value Constant(string text, CLevel level = CLevel.Primary) => new(text, level, isStable: true);

    /// <summary>The expression as an operand of an operator that binds at <paramref name="level"/>.</summary>
    internal string At(CLevel level) => Level >= level ? Text : "(" + Text + ")";

    /// <summary>An expression over operands: stable if all are, with an effect if one has.</summary>
    internal static Value Over(string text, CLevel level, params Value[] operands) =>
        new(text, level, operands.All(o => o.IsStable), operands.Any(o => o.HasEffect));

    internal Value With(string text, CLevel level) => new(text, level, IsStable, HasEffect, Space, IsOwn);

    internal Value In(Space space, bool isOwn = false) => new(Text, Level, IsStable, HasEffect, space, isOwn);

    /// <summary>The same expression, reading memory that may change.</summary>
    internal Value Unstable() => new(Text, Level, isStable: false, HasEffect, Space, IsOwn);
}
