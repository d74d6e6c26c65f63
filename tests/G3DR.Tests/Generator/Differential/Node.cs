using System.Globalization;

namespace G3DR.Tests.Generator.Differential;

/// <summary>A piece of program text made of pieces, so that a failing program can be made smaller.</summary>
internal sealed class Node
{
    private readonly string _format;
    private readonly object?[] _parts;

    /// <param name="text">Text with smaller nodes in its holes.</param>
    /// <param name="type">The type of an expression; null for anything else.</param>
    /// <param name="isOptional">Whether the program may do without, as without a statement.</param>
    internal Node(FormattableString text, ScalarType? type = null, bool isOptional = false)
    {
        _format = text.Format;
        _parts = text.GetArguments();
        Type = type;
        IsOptional = isOptional;
    }

    private Node(string format, object?[] parts, Node old)
    {
        _format = format;
        _parts = parts;
        Type = old.Type;
        IsOptional = old.IsOptional;
    }

    internal ScalarType? Type { get; }

    internal bool IsOptional { get; }

    /// <summary>One after the other, each on a line of its own.</summary>
    internal static Node Lines(IReadOnlyList<Node> nodes) => new(string.Concat(nodes.Select((_, i) => "{" + i.ToString(CultureInfo.InvariantCulture) + "}\n")), [.. nodes], new Node($""));

    /// <summary>One after the other with commas between.</summary>
    internal static Node List(IReadOnlyList<Node> nodes) => new(string.Join(", ", nodes.Select((_, i) => "{" + i.ToString(CultureInfo.InvariantCulture) + "}")), [.. nodes], new Node($""));

    /// <summary>The text.</summary>
    public override string ToString() => string.Format(CultureInfo.InvariantCulture, _format, _parts);

    /// <summary>The same piece with one statement or expression less, the largest first.</summary>
    internal IEnumerable<Node> Smaller()
    {
        var level = new List<(Node Node, Func<Node, Node> Rebuild)> { (this, n => n) };
        while (level.Count > 0)
        {
            foreach ((Node node, Func<Node, Node> rebuild) in level)
            {
                foreach (Node smaller in node.Instead())
                    yield return rebuild(smaller);
            }

            level = [.. level.SelectMany(l => l.Node.Children().Select(c => (c.Node, (Func<Node, Node>)(n => l.Rebuild(l.Node.With(c.At, n))))))];
        }
    }

    private IEnumerable<(Node Node, int At)> Children()
    {
        for (int i = 0; i < _parts.Length; i++)
        {
            if (_parts[i] is Node node)
                yield return (node, i);
        }
    }

    private Node With(int at, Node child)
    {
        object?[] parts = [.. _parts];
        parts[at] = child;
        return new Node(_format, parts, this);
    }

    // An expression becomes one of its parts; a statement, nothing or the statements in it.
    private IEnumerable<Node> Instead()
    {
        if (IsOptional && _format.Length > 0)
            yield return new Node($"");
        if (Type is null)
            yield break;
        foreach ((Node node, _) in Children())
        {
            if (node.Type == Type)
                yield return node;
        }

        if (Children().Any())
            yield return new Node(FormattableStringOf(Type == ScalarType.Bool ? "true" : $"(({Type.Name})1)"), Type);
    }

    private static FormattableString FormattableStringOf(string text) => $"{text}";
}
