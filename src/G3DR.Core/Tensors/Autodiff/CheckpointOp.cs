namespace G3DR.Core.Tensors;

/// <summary>A segment whose inside is computed again for the backward pass. Inputs: those of the segment, then the leaves that it captured.</summary>
internal sealed class CheckpointOp(Func<Tensor[], Tensor[]> segment, Tensor[] outputs, bool[] outputHasGradient, SegmentLeaves reached) : TensorOp
{
    public override string Name => "checkpoint";

    public override bool InputHasGradient(int input) => input >= reached.Inputs.Length || reached.Inputs[input];

    public override bool OutputHasGradient(int output) => outputHasGradient[output];

    // Computed already, when the leaves were looked for.
    public override IReadOnlyList<Tensor> Forward(OpContext context, IReadOnlyList<Tensor> inputs)
    {
        context.Save([.. inputs]);
        Tensor[] results = outputs;
        outputs = [];
        return results;
    }

    public override IReadOnlyList<Tensor?> Backward(OpContext context, IReadOnlyList<Tensor?> gradients)
    {
        IReadOnlyList<Tensor> saved = context.Saved;
        int count = reached.Inputs.Length;
        using var scope = TensorScope.BeginRecorded(context.Accelerator);
        Tensor[] leaves = [.. Enumerable.Range(0, count).Select(i => Checkpoint.Leaf(saved[i], context.NeedsGradient(i)))];
        Tensor[] recomputed = segment(leaves);

        // The same tensors as then: gradients are asked for by identity, and those that were saved are other handles.
        Tensor[] sources = [.. leaves, .. reached.Captured];
        int[] used = [.. Enumerable.Range(0, recomputed.Length).Where(i => gradients[i] is not null && recomputed[i].RequiresGrad)];
        int[] wanted = [.. Enumerable.Range(0, sources.Length).Where(context.NeedsGradient)];
        using var pass = new BackwardPass([.. used.Select(i => recomputed[i])], [.. used.Select(i => gradients[i]!)], [.. wanted.Select(i => sources[i])]);
        pass.Run(retainGraph: false);
        var results = new Tensor?[sources.Length];
        foreach (int i in wanted)
        {
            results[i] = scope.Keep(pass.GradientOf(sources[i])?.Unshared("gradient", owned: true) ?? Tensor.Zeros(context.Accelerator, saved[i].Shape, saved[i].DType));
        }

        return results;
    }
}
