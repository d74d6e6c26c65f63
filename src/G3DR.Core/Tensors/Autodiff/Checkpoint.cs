using G3DR.Compute;

namespace G3DR.Core.Tensors;

/// <summary>
/// Activation checkpointing (Chen et al., Training Deep Nets with Sublinear Memory Cost, 2016): of a segment of a network only the inputs are kept; the backward pass
/// computes the rest again.
/// </summary>
public static class Checkpoint
{
    /// <summary>Runs a segment without keeping what lies inside of it.</summary>
    /// <param name="segment">
    /// Computes outputs from inputs and parameters. It runs twice and must do the same both times: random numbers by counter are, running statistics are not.
    /// </param>
    /// <param name="inputs">
    /// All tensors that the segment reads and that recorded operations made. Leaves, such as parameters, may be captured and get their gradients too.
    /// </param>
    /// <returns>The outputs.</returns>
    /// <exception cref="ArgumentException">There are no inputs.</exception>
    /// <exception cref="InvalidOperationException">The segment reads the result of a recorded operation that is not among the inputs.</exception>
    public static Tensor[] Run(Func<Tensor[], Tensor[]> segment, params Tensor[] inputs)
    {
        if (inputs.Length == 0)
        {
            throw new ArgumentException("A segment needs at least one tensor as input.", nameof(inputs));
        }

        Accelerator device = inputs[0].Accelerator;
        if (!device.RecordsGradients())
        {
            return segment(inputs);
        }

        using var scope = TensorScope.Begin(device);
        long before = TensorContext.Of(device).NextNode();
        Tensor[] leaves = [.. inputs.Select(input => Leaf(input, input.RequiresGrad))];
        Tensor[] recorded = segment(leaves);
        var reached = SegmentLeaves.Of(recorded, leaves, before);
        Tensor[] outputs = [.. recorded.Select(output => output.Detach())];
        if (reached.Any)
        {
            new CheckpointOp(segment, outputs, [.. recorded.Select(output => output.RequiresGrad)], reached).ApplyAll([.. inputs, .. reached.Captured]);
        }

        foreach (Tensor output in outputs)
        {
            scope.Keep(output);
        }

        return outputs;
    }

    /// <summary>The same values as a leaf of its own.</summary>
    internal static Tensor Leaf(Tensor tensor, bool requiresGrad)
    {
        Tensor leaf = tensor.Detach();
        leaf.RequiresGrad = requiresGrad;
        return leaf;
    }
}
