namespace G3DR.Core.Weights;

/// <summary>
/// One rule of a <see cref="WeightNameMap"/>: names, or patterns with one <c>*</c> for any text, the name they become, and what becomes of the values.
/// </summary>
public sealed record WeightRule
{
    private WeightRule(IReadOnlyList<string> from, string to, bool transposes = false) => (From, To, Transposes) = (from, to, transposes);

    /// <summary>Names or patterns in the file: one, or those whose rows are joined.</summary>
    public IReadOnlyList<string> From { get; }

    /// <summary>The name or pattern they become.</summary>
    public string To { get; }

    /// <summary>Whether rows become columns.</summary>
    public bool Transposes { get; }

    /// <summary>Whether names are all that changes.</summary>
    public bool KeepsValues => !Transposes && From.Count == 1;

    /// <summary>Another name, the same values.</summary>
    /// <param name="from">Name or pattern in the file.</param>
    /// <param name="to">The name or pattern it becomes.</param>
    public static WeightRule Rename(string from, string to) => new([from], to);

    /// <summary>Another name for a matrix whose rows become columns.</summary>
    /// <inheritdoc cref="Rename"/>
    public static WeightRule Transpose(string from, string to) => new([from], to, transposes: true);

    /// <summary>Tensors whose rows are put one below the other, such as the projections to queries, keys and values.</summary>
    /// <param name="to">The name or pattern that they become together.</param>
    /// <param name="from">Names or patterns in the file, topmost first; stars stand for the same text in all.</param>
    public static WeightRule JoinRows(string to, params IReadOnlyList<string> from) => new(from, to);
}
