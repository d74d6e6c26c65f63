namespace G3DR.Core.Weights;

/// <summary>
/// Declares which name of one naming is which of another: exact names, or patterns with one <c>*</c> on either side for any text, such as <c>visual.ln_pre.*</c> to
/// <c>vision_model.pre_layrnorm.*</c>. Names that no rule knows stay as they are.
/// </summary>
public sealed partial class WeightNameMap
{
    private readonly Dictionary<string, string> _exact = new(StringComparer.Ordinal);
    private readonly List<(NamePattern From, NamePattern To)> _patterns = [];
    private readonly List<(string From, string To)> _rules = [];

    /// <summary>A map of rules; exact names come before patterns, and of several patterns that fit the first is used.</summary>
    /// <param name="rules">Name or pattern in the file, and the name or pattern it becomes.</param>
    /// <exception cref="ArgumentException">A name appears twice on the left, or a rule has more than one star on a side, or a star on one side only.</exception>
    public WeightNameMap(IEnumerable<(string From, string To)> rules)
    {
        foreach ((string from, string to) in rules)
        {
            NamePattern left = new(from), right = new(to);
            if (left.IsExact != right.IsExact)
            {
                throw new ArgumentException($"The rule {SafetensorsHeader.Quote(from)} to {SafetensorsHeader.Quote(to)} needs no star, or one on either side.", nameof(rules));
            }

            if (!left.IsExact)
            {
                _patterns.Add((left, right));
            }
            else if (!_exact.TryAdd(from, to))
            {
                throw new ArgumentException($"The name {SafetensorsHeader.Quote(from)} is mapped twice.", nameof(rules));
            }

            _rules.Add((from, to));
        }
    }

    /// <summary>The rules.</summary>
    public IReadOnlyList<(string From, string To)> Rules => _rules;

    /// <summary>The map the other way round.</summary>
    /// <exception cref="ArgumentException">Two names are mapped to one.</exception>
    public WeightNameMap Inverse() => new(_rules.Select(rule => (rule.To, rule.From)));

    /// <summary>The new name.</summary>
    /// <param name="name">The name in the file.</param>
    public string Apply(string name)
    {
        if (_exact.TryGetValue(name, out string? exact))
        {
            return exact;
        }

        foreach ((NamePattern from, NamePattern to) in _patterns)
        {
            if (from.Matches(name))
            {
                return to.Fill(from.Middle(name));
            }
        }

        return name;
    }
}
