namespace G3DR.Core.Tensors;

/// <summary>
/// One walk over the tape from outputs to inputs. Nodes run in the opposite of the order in which they were recorded, so gradients that meet are always added in
/// the same order.
/// </summary>
internal sealed class BackwardPass : IDisposable
{
    private readonly Dictionary<TapeNode, Tensor?[]> _slots = [];
    private readonly Dictionary<Tensor, Tensor> _leaves = [];
    private readonly Dictionary<(TapeNode, int), Tensor> _kept = [];
    private readonly HashSet<TapeNode> _needed = [];
    private readonly HashSet<TapeNode.Edge>? _wanted;
    private readonly IReadOnlyList<Tensor> _outputs, _cotangents;

    public BackwardPass(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> cotangents, IReadOnlyList<Tensor>? wanted)
    {
        RequireMatching(outputs, cotangents);
        _wanted = wanted is null ? null : [.. wanted.Select(RequireEdge)];
        (_outputs, _cotangents, Nodes) = (outputs, cotangents, Reach(outputs));
        foreach (TapeNode node in Nodes)
        {
            // Only later nodes may hold it, and they are released before it runs.
            node.AddReference();
            if (node.Edges.Any(IsNeeded))
            {
                _needed.Add(node);
            }
        }
    }

    /// <summary>Gradients of leaves, in the order in which they were first reached.</summary>
    public IEnumerable<KeyValuePair<Tensor, Tensor>> LeafGradients => _leaves;

    // In the order of recording.
    private List<TapeNode> Nodes { get; }

    public void Run(bool retainGraph)
    {
        for (int i = 0; i < _outputs.Count; i++)
        {
            Send(_outputs[i].ToEdge(), _cotangents[i]);
        }

        for (int i = Nodes.Count - 1; i >= 0; i--)
        {
            TapeNode node = Nodes[i];
            if (_slots.Remove(node, out Tensor?[]? gradients))
            {
                try
                {
                    RunNode(node, gradients);
                }
                finally
                {
                    DisposeAll(gradients);
                }
            }

            // At once: what it saved makes room for the gradients that follow.
            if (!retainGraph)
            {
                node.Release();
            }
        }
    }

    public Tensor? GradientOf(Tensor input)
    {
        TapeNode.Edge edge = input.ToEdge();
        return edge.Leaf is not null ? _leaves.GetValueOrDefault(edge.Leaf) : _kept.GetValueOrDefault((edge.Node!, edge.Output));
    }

    public void Dispose()
    {
        foreach (TapeNode node in Nodes)
        {
            node.ReleaseReference();
        }

        foreach (Tensor?[] gradients in _slots.Values)
        {
            DisposeAll(gradients);
        }

        DisposeAll(_leaves.Values);
        DisposeAll(_kept.Values);
    }

    private static void DisposeAll(IEnumerable<Tensor?> tensors)
    {
        foreach (Tensor? tensor in tensors)
        {
            tensor?.Dispose();
        }
    }

    private static void RequireMatching(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> cotangents)
    {
        if (outputs.Count != cotangents.Count || outputs.Count == 0)
        {
            throw new ArgumentException($"Got {outputs.Count} outputs and {cotangents.Count} cotangents; each output needs one.");
        }

        for (int i = 0; i < outputs.Count; i++)
        {
            outputs[i].ThrowIfDisposed();
            if (cotangents[i].Shape != outputs[i].Shape || cotangents[i].DType != outputs[i].DType)
            {
                throw new ArgumentException($"The cotangent of {outputs[i]} needs its shape and type, got {cotangents[i]}.");
            }

            Tensor.RequireSameDevice("backward", outputs[i], cotangents[i]);
            RequireEdge(outputs[i]);
        }
    }

    private static TapeNode.Edge RequireEdge(Tensor tensor)
    {
        tensor.ThrowIfDisposed();
        TapeNode.Edge edge = tensor.ToEdge();
        return edge.Exists
            ? edge
            : throw new InvalidOperationException(
                $"No gradient flows to {tensor}: it does not require one, was made from such tensors or under NoGrad(), or its operation has none for it.");
    }

    private static List<TapeNode> Reach(IReadOnlyList<Tensor> outputs)
    {
        var seen = new HashSet<TapeNode>();
        var open = new Stack<TapeNode>();
        foreach (Tensor output in outputs)
        {
            if (output.ToEdge().Node is TapeNode node && seen.Add(node))
            {
                open.Push(node);
            }
        }

        while (open.TryPop(out TapeNode? node))
        {
            if (node.IsReleased)
            {
                throw new InvalidOperationException(
                    $"The tape of '{node.Op.Name}' was released by an earlier backward pass; run that one with retainGraph: true.");
            }

            foreach (TapeNode.Edge edge in node.Edges)
            {
                if (edge.Node is not null && seen.Add(edge.Node))
                {
                    open.Push(edge.Node);
                }
            }
        }

        return [.. seen.OrderBy(node => node.Id)];
    }

    private bool IsNeeded(TapeNode.Edge edge) => edge.Exists
        && (_wanted is null || _wanted.Contains(edge) || (edge.Node is not null && _needed.Contains(edge.Node)));

    private void RunNode(TapeNode node, Tensor?[] gradients)
    {
        if (_wanted is not null)
        {
            for (int i = 0; i < gradients.Length; i++)
            {
                if (gradients[i] is Tensor gradient && _wanted.Contains(new(node, i, null)))
                {
                    _kept.Add((node, i), gradient.UnownedAlias());
                }
            }
        }

        if (!_needed.Contains(node))
        {
            return;
        }

        for (int i = 0; i < node.Edges.Length; i++)
        {
            node.Context.SetNeeded(i, IsNeeded(node.Edges[i]));
        }

        node.Context.OutputShapes = node.OutputShapes;
        using var scope = TensorScope.BeginUnrecorded(node.Context.Accelerator);
        IReadOnlyList<Tensor?> results = node.Op.Backward(node.Context, gradients);
        if (results.Count != node.Edges.Length)
        {
            throw new InvalidOperationException($"The backward pass of '{node.Op.Name}' gave {results.Count} gradients for {node.Edges.Length} inputs.");
        }

        for (int i = 0; i < results.Count; i++)
        {
            if (node.Context.NeedsGradient(i))
            {
                Send(node.Edges[i], CheckResult(node, i, results[i]));
            }
        }
    }

    private static Tensor CheckResult(TapeNode node, int input, Tensor? result)
    {
        if (result is null)
        {
            throw new InvalidOperationException($"The backward pass of '{node.Op.Name}' gave no gradient for input {input}, which needs one.");
        }

        Shape needed = node.Context.InputShapes[input];
        if (result.Shape != needed || result.DType != node.DType)
        {
            throw new InvalidOperationException($"The backward pass of '{node.Op.Name}' gave {result} for input {input}, which has shape {needed} and type {node.DType}.");
        }

        return result;
    }

    private void Send(TapeNode.Edge edge, Tensor gradient)
    {
        if (edge.Leaf is not null)
        {
            if (_wanted is null || _wanted.Contains(edge))
            {
                _leaves[edge.Leaf] = Add(_leaves.GetValueOrDefault(edge.Leaf), gradient);
            }

            return;
        }

        TapeNode node = edge.Node!;
        if (!_slots.TryGetValue(node, out Tensor?[]? slots))
        {
            _slots.Add(node, slots = new Tensor?[node.OutputShapes.Length]);
        }

        slots[edge.Output] = Add(slots[edge.Output], gradient);
    }

    // The first gradient is shared, since most meet no second one; memory that others share is never added to in place.
    private static Tensor Add(Tensor? sum, Tensor gradient)
    {
        if (sum is null)
        {
            return gradient.UnownedAlias();
        }

        if (!sum.HasUniqueStorage)
        {
            Tensor copy = Tensor.Create(sum.Accelerator, sum.Shape, sum.DType, "gradient", owned: false);
            copy.CopyFrom(sum);
            sum.Dispose();
            sum = copy;
        }

        sum.AddInPlace(gradient);
        return sum;
    }
}
