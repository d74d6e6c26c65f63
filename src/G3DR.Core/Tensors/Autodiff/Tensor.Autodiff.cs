namespace G3DR.Core.Tensors;

/// <content>Gradients.</content>
public sealed partial class Tensor
{
    private TapeNode? _node;
    private int _output;
    private bool _requiresGrad;
    private Tensor? _grad;

    /// <summary>
    /// Whether gradients flow to this tensor. Can be set on leaves: tensors that no recorded operation made.
    /// </summary>
    /// <exception cref="InvalidOperationException">Set on a result of a recorded operation.</exception>
    public bool RequiresGrad
    {
        get => _requiresGrad || _node is not null;
        set
        {
            ThrowIfDisposed();
            if (_node is not null)
            {
                throw new InvalidOperationException($"{this} is the result of an operation; {nameof(RequiresGrad)} can be set on leaves. Use Detach() for a leaf with the same values.");
            }

            _requiresGrad = value;
        }
    }

    /// <summary>Whether no recorded operation made this tensor.</summary>
    public bool IsLeaf => _node is null;

    /// <summary>The gradient that backward passes have added up in this leaf, or <see langword="null"/>. It belongs to this tensor.</summary>
    public Tensor? Grad => _grad is { IsDisposed: false } ? _grad : null;

    /// <summary>
    /// Adds the gradients of this scalar to <see cref="Grad"/> of every leaf that requires one, and releases the tape.
    /// </summary>
    /// <param name="retainGraph">Keeps the tape for another backward pass.</param>
    /// <exception cref="InvalidOperationException">
    /// This is no scalar, no gradient flows to it, or its tape was released.
    /// </exception>
    /// <exception cref="GradientNotDefinedException">An operation on the way has no gradient.</exception>
    public void Backward(bool retainGraph = false)
    {
        if (Length != 1)
        {
            throw new InvalidOperationException($"{this} has {Length} elements; without a cotangent, Backward needs a tensor with one element.");
        }

        using Tensor one = Ones(Accelerator, Shape, DType);
        Backward(one, retainGraph);
    }

    /// <summary>Adds the gradients of the sum of this tensor times <paramref name="cotangent"/> to <see cref="Grad"/> of every leaf that requires one.</summary>
    /// <param name="cotangent">Of the same shape.</param>
    /// <param name="retainGraph">Keeps the tape for another backward pass.</param>
    /// <inheritdoc cref="Backward(bool)" path="/exception"/>
    public void Backward(Tensor cotangent, bool retainGraph = false) => Autograd.Backward([this], [cotangent], retainGraph);

    /// <summary>The same values outside of the tape, sharing memory.</summary>
    public Tensor Detach() => Alias(Shape, _name);

    /// <summary>Disposes <see cref="Grad"/>.</summary>
    public void ClearGrad()
    {
        _grad?.Dispose();
        _grad = null;
    }

    internal void Attach(TapeNode node, int output)
    {
        node.AddReference();
        (_node, _output) = (node, output);
    }

    internal TapeNode.Edge ToEdge() => _node is not null ? new(_node, _output, null) : _requiresGrad ? new(null, 0, this) : default;

    /// <summary>Adds to <see cref="Grad"/>; a disposed leaf has no use for it.</summary>
    internal void AccumulateGrad(Tensor gradient)
    {
        if (IsDisposed)
        {
            return;
        }

        if (Grad is Tensor sum)
        {
            sum.AddInPlace(gradient);
            return;
        }

        _grad = gradient.Unshared("grad", owned: false);
    }

    /// <summary>These values in memory that nobody else changes: shared with this tensor if that is its only holder, else a copy.</summary>
    internal Tensor Unshared(string name, bool owned)
    {
        if (HasUniqueStorage)
        {
            return Alias(Shape, name, owned);
        }

        Tensor copy = Create(Accelerator, Shape, DType, name, owned);
        copy.CopyFrom(this);
        return copy;
    }

    private void ForgetTape()
    {
        TapeNode? node = _node;
        _node = null;
        node?.ReleaseReference();
        _requiresGrad = false;
        ClearGrad();
    }
}
