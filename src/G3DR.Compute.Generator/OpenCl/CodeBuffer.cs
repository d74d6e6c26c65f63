using System.Text;

namespace G3DR.Compute.Generator.OpenCl;

/// <summary>Lines of C with their depth.</summary>
internal sealed class CodeBuffer
{
    private readonly List<(int Depth, string Text, bool IsExpression)> _lines = [];

    internal int Depth { get; set; }

    internal int Count => _lines.Count;

    internal string FirstLine => _lines[0].Text;

    /// <summary>Adds a line that is no expression statement: a declaration, the head of a loop, a brace.</summary>
    internal void Line(string text) => _lines.Add((Depth, text, false));

    /// <summary>Adds an expression as a statement.</summary>
    internal void Expression(string text) => _lines.Add((Depth, text + ";", true));

    internal void Append(CodeBuffer other)
    {
        foreach ((int depth, string text, bool isExpression) in other._lines)
            _lines.Add((Depth + depth, text, isExpression));
    }

    /// <summary>Adds lines whose first one continues after <paramref name="lead"/>.</summary>
    internal void AppendAfter(string lead, CodeBuffer other)
    {
        int first = _lines.Count;
        Append(other);
        _lines[first] = (_lines[first].Depth, lead + _lines[first].Text, false);
    }

    /// <summary>All lines as one comma expression; null where one of them is no expression.</summary>
    internal string? AsExpression() => _lines.All(l => l.IsExpression)
        ? string.Join(", ", _lines.Select(l => l.Text.Substring(0, l.Text.Length - 1)))
        : null;

    internal string[] Texts() => [.. _lines.Select(l => l.Text)];

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach ((int depth, string line, _) in _lines)
            text.Append(' ', 4 * depth).Append(line).Append('\n');
        return text.ToString();
    }
}
