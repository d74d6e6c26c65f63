namespace G3DR.Core.Tensors;

/// <summary>Which leaves the outputs of a segment depend on.</summary>
/// <param name="Inputs">For each input, whether they do.</param>
/// <param name="Captured">The other leaves, in the order in which they were found.</param>
internal sealed record SegmentLeaves(bool[] Inputs, IReadOnlyList<Tensor> Captured)
{
    /// <summary>Whether they depend on any.</summary>
    public bool Any => Captured.Count > 0 || Inputs.Contains(true);

    /// <summary>Follows the tape from the outputs.</summary>
    /// <param name="outputs">Outputs of the segment.</param>
    /// <param name="inputs">Its inputs, as leaves.</param>
    /// <param name="before">Number of a node that was made before the segment ran.</param>
    public static SegmentLeaves Of(IReadOnlyList<Tensor> outputs, Tensor[] inputs, long before)
    {
        bool[] reached = new bool[inputs.Length];
        List<Tensor> captured = [];
        var seen = new HashSet<object>();
        var open = new Stack<TapeNode>();
        foreach (Tensor output in outputs)
        {
            Follow(output.ToEdge());
        }

        while (open.TryPop(out TapeNode? node))
        {
            foreach (TapeNode.Edge edge in node.Edges)
            {
                Follow(edge);
            }
        }

        return new(reached, captured);

        void Follow(TapeNode.Edge edge)
        {
            if (!edge.Exists || !seen.Add((object?)edge.Leaf ?? edge.Node!))
            {
                return;
            }

            if (edge.Leaf is { } leaf)
            {
                int input = Array.IndexOf(inputs, leaf);
                if (input < 0)
                {
                    captured.Add(leaf);
                }
                else
                {
                    reached[input] = true;
                }
            }
            else if (edge.Node!.Id <= before)
            {
                throw new InvalidOperationException(
                    $"The segment reads a result of '{edge.Node.Op.Name}' that was computed before it; hand it over as one of the inputs.");
            }
            else
            {
                open.Push(edge.Node);
            }
        }
    }
}
