namespace G3DR.Core.Tensors;

/// <summary>
/// One recorded application of an operation. It lives as long as a tensor or a later node refers to it, and holds the tensors saved for
/// its backward pass until that has run.
/// </summary>
internal sealed class TapeNode
{
    private readonly Lock _gate = new();
    private int _references = 1;

    public TapeNode(long id, TensorOp op, OpContext context, IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor> outputs)
    {
        (Id, Op, Context) = (id, op, context);
        OutputShapes = [.. outputs.Select(output => output.Shape)];
        DType = inputs[0].DType;
        Edges = new Edge[inputs.Count];
        for (int i = 0; i < Edges.Length; i++)
        {
            Edges[i] = context.NeedsGradient(i) ? inputs[i].ToEdge() : default;
            Edges[i].Node?.AddReference();
        }
    }

    /// <summary>Order of execution: larger than the numbers of all nodes this one depends on.</summary>
    public long Id { get; }

    public TensorOp Op { get; }

    public OpContext Context { get; }

    public Shape[] OutputShapes { get; }

    public DType DType { get; }

    /// <summary>Where the gradient of each input goes.</summary>
    public Edge[] Edges { get; }

    /// <summary>Whether a backward pass used this node up.</summary>
    public bool IsReleased { get; private set; }

    public void AddReference() => Interlocked.Increment(ref _references);

    public void ReleaseReference()
    {
        // A chain of thousands of operations would overflow the stack by recursion.
        var open = new Stack<TapeNode>();
        open.Push(this);
        while (open.TryPop(out TapeNode? node))
        {
            if (Interlocked.Decrement(ref node._references) == 0)
            {
                node.Free(open);
            }
        }
    }

    /// <summary>Gives back what was saved and forgets the inputs.</summary>
    public void Release()
    {
        var open = new Stack<TapeNode>();
        Free(open);
        while (open.TryPop(out TapeNode? node))
        {
            node.ReleaseReference();
        }
    }

    // Pushes the nodes that lose a reference.
    private void Free(Stack<TapeNode> open)
    {
        lock (_gate)
        {
            if (IsReleased)
            {
                return;
            }

            IsReleased = true;
            Context.Release();
            for (int i = 0; i < Edges.Length; i++)
            {
                if (Edges[i].Node is TapeNode input)
                {
                    open.Push(input);
                }

                Edges[i] = default;
            }
        }
    }

    /// <summary>The place a gradient flows to: output <paramref name="Output"/> of a node, or a leaf, or nowhere.</summary>
    internal readonly record struct Edge(TapeNode? Node, int Output, Tensor? Leaf)
    {
        public bool Exists => Node is not null || Leaf is not null;
    }
}
