namespace G3DR.Core.Tensors;

/// <summary>Gradients of recorded operations.</summary>
public static class Autograd
{
    /// <summary>
    /// Adds the gradients of sum_i &lt;outputs_i, cotangents_i&gt; to <see cref="Tensor.Grad"/> of every leaf that requires one.
    /// </summary>
    /// <param name="outputs">Results of recorded operations.</param>
    /// <param name="cotangents">One for each output, of its shape.</param>
    /// <param name="retainGraph">Keeps the tape for another backward pass; else a second one throws.</param>
    /// <exception cref="ArgumentException">Numbers or shapes do not fit.</exception>
    /// <exception cref="InvalidOperationException">No gradient flows to an output, or its tape was released.</exception>
    /// <exception cref="GradientNotDefinedException">An operation on the way has no gradient.</exception>
    public static void Backward(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> cotangents, bool retainGraph = false)
    {
        using var pass = new BackwardPass(outputs, cotangents, wanted: null);
        pass.Run(retainGraph);
        foreach ((Tensor leaf, Tensor gradient) in pass.LeafGradients)
        {
            leaf.AccumulateGrad(gradient);
        }
    }

    /// <summary>
    /// The gradients of sum_i &lt;outputs_i, cotangents_i&gt; with respect to <paramref name="inputs"/>, leaves or not. <see cref="Tensor.Grad"/> is not touched,
    /// and only operations between inputs and outputs run.
    /// </summary>
    /// <param name="outputs">Results of recorded operations.</param>
    /// <param name="cotangents">One for each output, of its shape.</param>
    /// <param name="inputs">Tensors that the outputs depend on.</param>
    /// <param name="retainGraph">Keeps the tape for another backward pass; else a second one throws.</param>
    /// <returns>One new tensor for each input.</returns>
    /// <exception cref="ArgumentException">Numbers or shapes do not fit.</exception>
    /// <exception cref="InvalidOperationException">
    /// No gradient flows to an output, the outputs do not depend on an input, or the tape was released.
    /// </exception>
    /// <exception cref="GradientNotDefinedException">An operation on the way has no gradient.</exception>
    public static Tensor[] Gradients(
        IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> cotangents, IReadOnlyList<Tensor> inputs, bool retainGraph = false)
    {
        using var pass = new BackwardPass(outputs, cotangents, inputs);
        pass.Run(retainGraph);
        var gradients = new Tensor[inputs.Count];
        for (int i = 0; i < gradients.Length; i++)
        {
            Tensor gradient = pass.GradientOf(inputs[i])
                ?? throw new InvalidOperationException($"The outputs do not depend on input {i}, {inputs[i]}, in a way that has a gradient.");
            gradients[i] = gradient.Unshared("gradient", owned: true);
        }

        return gradients;
    }
}
