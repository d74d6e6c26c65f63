using System.Text;

namespace G3DR.Core.Weights;

/// <summary>A tensor of another shape than the parameter of its name.</summary>
/// <param name="Name">Name of the parameter.</param>
/// <param name="Needed">Shape of the parameter.</param>
/// <param name="Found">Shape in the file.</param>
public sealed record MisshapedWeight(string Name, IReadOnlyList<long> Needed, IReadOnlyList<long> Found)
{
    /// <summary>For example <c>conv.weight: needs [8, 3, 3, 3], the file has [8, 4, 3, 3]</c>.</summary>
    public override string ToString() => $"{Name}: needs {SafetensorsShape.Format([.. Needed])}, the file has {SafetensorsShape.Format([.. Found])}";
}

/// <summary>What a weights file has of what a network needs. All lists are complete.</summary>
public sealed record WeightLoadReport
{
    /// <summary>Where the weights came from.</summary>
    public required string Source { get; init; }

    /// <summary>Parameters with a tensor of their name and shape, in the order of the parameters.</summary>
    public required IReadOnlyList<string> Loaded { get; init; }

    /// <summary>Parameters without a tensor.</summary>
    public required IReadOnlyList<string> Missing { get; init; }

    /// <summary>Tensors without a parameter, by their names after all renaming.</summary>
    public required IReadOnlyList<string> Unexpected { get; init; }

    /// <summary>Parameters whose tensor has another shape.</summary>
    public required IReadOnlyList<MisshapedWeight> Misshaped { get; init; }

    /// <summary>Parameters that several tensors got the name of.</summary>
    public required IReadOnlyList<string> Ambiguous { get; init; }

    /// <summary>Tensors that <see cref="WeightLoadOptions.Ignore"/> names.</summary>
    public required IReadOnlyList<string> Ignored { get; init; }

    /// <summary>What would help, if that can be seen from the names; else empty.</summary>
    public string Hint { get; init; } = string.Empty;

    /// <summary>Whether names and shapes fit exactly.</summary>
    public bool Complete => Missing.Count == 0 && Unexpected.Count == 0 && Fits;

    /// <summary>Whether nothing contradicts: every tensor that has a parameter can be loaded.</summary>
    public bool Fits => Misshaped.Count == 0 && Ambiguous.Count == 0;

    /// <summary>Everything as text: one line if all fits, else a line for every name that does not.</summary>
    public override string ToString()
    {
        int needed = Loaded.Count + Missing.Count + Misshaped.Count + Ambiguous.Count;
        if (Complete)
        {
            return $"{Source}: all {needed} tensors fit.";
        }

        var text = new StringBuilder($"{Source}: {Loaded.Count} of {needed} tensors fit; {Missing.Count} missing, {Unexpected.Count} unexpected, {Misshaped.Count} of another shape");
        text.Append(Ambiguous.Count > 0 ? $", {Ambiguous.Count} with several tensors." : ".");
        if (Hint.Length > 0)
        {
            text.Append(' ').Append(Hint);
        }

        List(text, "Of another shape", Misshaped);
        List(text, "Missing (needed, not in the file)", Missing);
        List(text, "Unexpected (in the file, not needed)", Unexpected);
        List(text, "With several tensors of that name after renaming", Ambiguous);
        return text.ToString();
    }

    private static void List<T>(StringBuilder text, string title, IReadOnlyList<T> rows)
    {
        if (rows.Count > 0)
        {
            text.Append('\n').Append(title).Append(':');
            foreach (T row in rows)
            {
                text.Append("\n  ").Append(row);
            }
        }
    }
}
