using G3DR.Core.Tensors;
using G3DR.Kernels;
using G3DR.Kernels.Rendering;

namespace G3DR.Core.Rendering.Operations;

/// <summary>Distances (..., S) and surface distances (..., one per ray) to kernel values (..., S).</summary>
internal sealed class DepthKernelOp(double s1, double s2, double min, double max) : ConstantOp
{
    public override string Name => "depth kernel";

    protected override IReadOnlyList<Tensor> Forward<T>(OpContext context, IReadOnlyList<Tensor> inputs)
    {
        Tensor distances = inputs[0];
        Tensor values = distances.Like(distances.Shape, Name);
        var kernel = new DepthKernelConstants<T>(T.CreateTruncating(s1), T.CreateTruncating(s2), T.CreateTruncating(min), T.CreateTruncating(max));
        context.Accelerator.Launch(
            DepthKernelValues.Evaluate,
            Shards.PlainExtent(values.Length),
            distances.View<T>(),
            inputs[1].View<T>(),
            values.View<T>(),
            distances.Shape[^1],
            kernel);
        return [values];
    }
}

/// <summary>
/// Values (..., S) or (..., S, C) and factors (..., S): hands the values on, sharing their memory, and multiplies their gradient by the factors.
/// </summary>
internal sealed class ScaleGradientOp : FloatingPointOp
{
    public override string Name => "scale gradient";

    public override bool InputHasGradient(int input) => input == 0;

    protected override IReadOnlyList<Tensor> Forward<T>(OpContext context, IReadOnlyList<Tensor> inputs)
    {
        context.Save(inputs[1]);
        return [inputs[0]];
    }

    protected override IReadOnlyList<Tensor?> Backward<T>(OpContext context, IReadOnlyList<Tensor?> gradients)
    {
        Tensor incoming = gradients[0]!, factors = context.Saved[0];
        Tensor gradient = incoming.Like(incoming.Shape, Name);
        int channels = checked((int)(incoming.Length / Math.Max(factors.Length, 1)));
        context.Accelerator.Launch(
            DepthKernelValues.Scale, Shards.PlainExtent(gradient.Length), incoming.View<T>(), factors.View<T>(), gradient.View<T>(), channels);
        return [gradient, null];
    }
}
