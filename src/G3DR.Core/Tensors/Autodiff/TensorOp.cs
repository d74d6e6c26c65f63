using G3DR.Compute;

namespace G3DR.Core.Tensors;

/// <summary>
/// An operation on tensors that the tape can record. Derive from it to add one: compute in <see cref="Forward"/>, save what the gradient needs, and
/// give the gradients of the inputs in <see cref="Backward"/>. Parameters that are not tensors are fields of the derived class.
/// <see cref="GradientChecker"/> verifies the result; <c>docs/adding-an-op.md</c> shows an example.
/// </summary>
public abstract class TensorOp
{
    /// <summary>Name in messages.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// Computes the outputs. Tensors made inside are disposed afterwards unless they are returned or saved; nothing inside is recorded.
    /// </summary>
    /// <param name="context">Takes what the backward pass needs.</param>
    /// <param name="inputs">At least one tensor, all on one device.</param>
    public abstract IReadOnlyList<Tensor> Forward(OpContext context, IReadOnlyList<Tensor> inputs);

    /// <summary>Computes the gradients of the inputs from those of the outputs.</summary>
    /// <param name="context">What the forward pass saved, and which gradients are wanted.</param>
    /// <param name="gradients">Gradient of each output; <see langword="null"/> stands for zero, where an output was not used.</param>
    /// <returns>The gradient of each input, of the input's shape; <see langword="null"/> where it is not wanted.</returns>
    /// <exception cref="GradientNotDefinedException">The operation has no gradient (unless overridden).</exception>
    public virtual IReadOnlyList<Tensor?> Backward(OpContext context, IReadOnlyList<Tensor?> gradients) => throw new GradientNotDefinedException(Name);

    /// <summary>
    /// Whether the outputs depend on this input in a way that has a gradient. Where not (masks, random draws), the input counts as a constant.
    /// </summary>
    /// <param name="input">Number of the input.</param>
    public virtual bool InputHasGradient(int input) => true;

    /// <summary>Whether this output takes part in gradients. Where not (counts, positions of maxima), it counts as a constant.</summary>
    /// <param name="output">Number of the output.</param>
    public virtual bool OutputHasGradient(int output) => true;

    /// <summary>Runs the operation and records it if a gradient can be asked.</summary>
    /// <param name="inputs">At least one tensor, all on one device and of one element type.</param>
    /// <exception cref="ArgumentException">There are no inputs, or their devices or types differ.</exception>
    /// <exception cref="ObjectDisposedException">An input was disposed.</exception>
    public IReadOnlyList<Tensor> ApplyAll(params Tensor[] inputs)
    {
        RequireAlike(inputs);
        Accelerator device = inputs[0].Accelerator;
        bool records = device.RecordsGradients();
        bool[] needed = new bool[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            needed[i] = records && inputs[i].RequiresGrad && InputHasGradient(i);
        }

        var context = new OpContext(Name, inputs, needed);
        bool done = false;
        try
        {
            Tensor[] outputs = RunForward(context, inputs);
            if (context.IsRecorded)
            {
                var node = new TapeNode(TensorContext.Of(device).NextNode(), this, context, inputs, outputs);
                for (int i = 0; i < outputs.Length; i++)
                {
                    if (OutputHasGradient(i))
                    {
                        outputs[i].Attach(node, i);
                    }
                }

                node.ReleaseReference();
            }

            done = true;
            return outputs;
        }
        finally
        {
            if (!done)
            {
                context.Release();
            }
        }
    }

    /// <summary>Runs an operation that has one output.</summary>
    /// <inheritdoc cref="ApplyAll"/>
    public Tensor Apply(params Tensor[] inputs) => ApplyAll(inputs)[0];

    private Tensor[] RunForward(OpContext context, Tensor[] inputs)
    {
        using var scope = TensorScope.BeginUnrecorded(context.Accelerator);
        IReadOnlyList<Tensor> results = Forward(context, inputs);
        var outputs = new Tensor[results.Count];
        for (int i = 0; i < outputs.Length; i++)
        {
            // An input that is handed on needs a handle of its own, to be recorded and disposed by itself.
            Tensor result = inputs.Contains(results[i]) ? results[i].Alias(results[i].Shape, Name) : results[i];
            outputs[i] = scope.Keep(result);
        }

        return outputs;
    }

    private void RequireAlike(Tensor[] inputs)
    {
        if (inputs.Length == 0)
        {
            throw new ArgumentException($"'{Name}' needs at least one tensor.");
        }

        foreach (Tensor input in inputs)
        {
            input.ThrowIfDisposed();
            Tensor.RequireSameDevice(Name, inputs[0], input);
            if (input.DType != inputs[0].DType)
            {
                throw new ArgumentException($"'{Name}' got {inputs[0]} and {input}; element types must be the same.");
            }
        }
    }
}
