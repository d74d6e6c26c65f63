using G3DR.Compute;

namespace G3DR.Core.Tensors;

/// <summary>What one application of a <see cref="TensorOp"/> passes from its forward to its backward pass.</summary>
public sealed class OpContext
{
    private readonly string _name;
    private readonly List<SavedTensor> _saved = [];
    private readonly bool[] _needed;

    internal OpContext(string name, IReadOnlyList<Tensor> inputs, bool[] needed)
    {
        _name = name;
        _needed = needed;
        Accelerator = inputs[0].Accelerator;
        InputShapes = [.. inputs.Select(input => input.Shape)];
    }

    /// <summary>Device of the operation.</summary>
    public Accelerator Accelerator { get; }

    /// <summary>Shapes of the inputs.</summary>
    public IReadOnlyList<Shape> InputShapes { get; }

    /// <summary>Whether a backward pass can follow. Where not, saving does nothing.</summary>
    public bool IsRecorded => _needed.Contains(true);

    /// <summary>Shapes of the outputs; set when the backward pass runs.</summary>
    public IReadOnlyList<Shape> OutputShapes { get; internal set; } = [];

    /// <summary>
    /// The saved tensors, in the order in which they were saved. Valid inside <see cref="TensorOp.Backward"/>; they belong to the tape.
    /// </summary>
    /// <exception cref="InvalidOperationException">A saved tensor was changed since.</exception>
    public IReadOnlyList<Tensor> Saved => [.. _saved.Select(saved => saved.Get(_name))];

    /// <summary>Whether the gradient of an input is wanted: what is not wanted need not be computed.</summary>
    /// <param name="input">Number of the input.</param>
    public bool NeedsGradient(int input) => _needed[input];

    /// <summary>
    /// Keeps tensors (inputs, outputs or others) for the backward pass. Their memory stays until the tape is released, also if they are disposed before.
    /// </summary>
    public void Save(params ReadOnlySpan<Tensor> tensors)
    {
        if (!IsRecorded)
        {
            return;
        }

        foreach (Tensor tensor in tensors)
        {
            _saved.Add(tensor.Save());
        }
    }

    internal void SetNeeded(int input, bool needed) => _needed[input] = needed;

    internal void Release()
    {
        foreach (SavedTensor saved in _saved)
        {
            saved.Release();
        }

        _saved.Clear();
    }
}
