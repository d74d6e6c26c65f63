namespace G3DR.Core.Weights;

/// <summary>
/// Declares which name of one naming is which of another: exact names, or patterns with one <c>*</c> on either side for any text, such as <c>visual.ln_pre.*</c> to
/// <c>vision_model.pre_layrnorm.*</c>, and what is transposed or joined on the way. Names that no rule knows stay as they are.
/// </summary>
public sealed partial class WeightNameMap
{
    private readonly Dictionary<string, Entry> _exact = new(StringComparer.Ordinal);
    private readonly List<(NamePattern From, Entry Entry)> _patterns = [];
    private readonly List<WeightRule> _rules = [];

    /// <summary>A map of names; exact names come before patterns, and of several patterns that fit the first is used.</summary>
    /// <param name="rules">Name or pattern in the file, and the name or pattern it becomes.</param>
    /// <exception cref="ArgumentException">A name appears twice on the left, or a rule has more than one star on a side, or a star on one side only.</exception>
    public WeightNameMap(IEnumerable<(string From, string To)> rules)
        : this(rules.Select(rule => WeightRule.Rename(rule.From, rule.To)))
    {
    }

    /// <summary>A map of rules; exact names come before patterns, and of several patterns that fit the first is used.</summary>
    /// <param name="rules">The rules.</param>
    /// <exception cref="ArgumentException">A name appears twice on the left, or a rule has more than one star on a side, or a star on one side only.</exception>
    public WeightNameMap(IEnumerable<WeightRule> rules)
    {
        foreach (WeightRule rule in rules)
        {
            var to = new NamePattern(rule.To);
            for (int part = 0; part < rule.From.Count; part++)
            {
                Add(rule.From[part], new(rule, to, part));
            }

            _rules.Add(rule);
        }
    }

    /// <summary>The rules.</summary>
    public IReadOnlyList<WeightRule> Rules => _rules;

    /// <summary>The map the other way round.</summary>
    /// <exception cref="ArgumentException">Two names are mapped to one, or rows are joined, which cannot be taken apart.</exception>
    public WeightNameMap Inverse() => new(_rules.Select(rule => rule.From.Count > 1
        ? throw new ArgumentException($"The map joins {string.Join(", ", rule.From)}; that cannot be turned round.")
        : rule.Transposes ? WeightRule.Transpose(rule.To, rule.From[0]) : WeightRule.Rename(rule.To, rule.From[0])));

    /// <summary>The new name; for a tensor that is joined with others, the name of all.</summary>
    /// <param name="name">The name in the file.</param>
    public string Apply(string name) => Find(name) is { } found ? found.Name : name;

    /// <summary>
    /// The tensors under their new names. Of tensors to be joined, one for all stands where the last of them stood; if one is missing, the others keep their names.
    /// </summary>
    /// <param name="tensors">Tensors under the names that the rules know.</param>
    /// <exception cref="WeightsFormatException">Tensors to be joined do not fit each other.</exception>
    public IEnumerable<WeightTensor> Apply(IEnumerable<WeightTensor> tensors)
    {
        Dictionary<string, WeightTensor?[]> waiting = new(StringComparer.Ordinal);
        foreach (WeightTensor tensor in tensors)
        {
            if (Find(tensor.Name) is not { } found)
            {
                yield return tensor;
            }
            else if (found.Entry.Rule.From.Count == 1)
            {
                yield return (found.Entry.Rule.Transposes ? tensor.Transposed() : tensor).Renamed(found.Name);
            }
            else
            {
                if (!waiting.TryGetValue(found.Name, out WeightTensor?[]? parts))
                {
                    waiting.Add(found.Name, parts = new WeightTensor?[found.Entry.Rule.From.Count]);
                }

                parts[found.Entry.Part] = tensor;
                if (Array.TrueForAll(parts, part => part is not null))
                {
                    waiting.Remove(found.Name);
                    yield return WeightTensor.Joined(found.Name, parts!);
                }
            }
        }

        foreach (WeightTensor alone in waiting.Values.SelectMany(parts => parts).OfType<WeightTensor>())
        {
            yield return alone;
        }
    }

    private void Add(string from, Entry entry)
    {
        var left = new NamePattern(from);
        if (left.IsExact != entry.To.IsExact)
        {
            throw new ArgumentException(
                $"The rule {SafetensorsHeader.Quote(from)} to {SafetensorsHeader.Quote(entry.Rule.To)} needs no star, or one on either side.", nameof(from));
        }

        if (!left.IsExact)
        {
            _patterns.Add((left, entry));
        }
        else if (!_exact.TryAdd(from, entry))
        {
            throw new ArgumentException($"The name {SafetensorsHeader.Quote(from)} is mapped twice.", nameof(from));
        }
    }

    private (string Name, Entry Entry)? Find(string name)
    {
        if (_exact.TryGetValue(name, out Entry exact))
        {
            return (exact.Rule.To, exact);
        }

        foreach ((NamePattern from, Entry entry) in _patterns)
        {
            if (from.Matches(name))
            {
                return (entry.To.Fill(from.Middle(name)), entry);
            }
        }

        return null;
    }

    private readonly record struct Entry(WeightRule Rule, NamePattern To, int Part);
}
