namespace G3DR.Core.Weights;

/// <summary>A name, or a pattern with one star that stands for any text.</summary>
internal readonly record struct NamePattern
{
    private readonly string _before;
    private readonly string? _after;

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="ArgumentException">It has more than one star.</exception>
    public NamePattern(string text)
    {
        string[] parts = text.Split('*');
        if (parts.Length > 2)
        {
            throw new ArgumentException($"The pattern {SafetensorsHeader.Quote(text)} has more than one star.", nameof(text));
        }

        (_before, _after) = (parts[0], parts.Length == 2 ? parts[1] : null);
    }

    /// <summary>Whether it is a plain name.</summary>
    public bool IsExact => _after is null;

    public bool Matches(string name) => _after is null
        ? name == _before
        : name.Length >= _before.Length + _after.Length && name.StartsWith(_before, StringComparison.Ordinal) && name.EndsWith(_after, StringComparison.Ordinal);

    /// <summary>What the star stands for in a name that matches.</summary>
    public string Middle(string name) => _after is null ? string.Empty : name[_before.Length..^_after.Length];

    /// <summary>The name that results if the star stands for this text.</summary>
    public string Fill(string middle) => _after is null ? _before : _before + middle + _after;
}
