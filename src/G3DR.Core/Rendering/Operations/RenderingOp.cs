using System.Numerics;
using G3DR.Compute;
using G3DR.Core.Tensors;
using G3DR.Kernels;

namespace G3DR.Core.Rendering.Operations;

/// <summary>An operation written once for both element types.</summary>
internal abstract class RenderingOp : TensorOp
{
    // Work per shard, in items of a simple kernel: small enough to share a picture's rays among many threads.
    private const int WorkPerShard = 4096;

    public sealed override IReadOnlyList<Tensor> Forward(OpContext context, IReadOnlyList<Tensor> inputs) =>
        inputs[0].DType == DType.Float32 ? Forward<float>(context, inputs) : Forward<double>(context, inputs);

    public sealed override IReadOnlyList<Tensor?> Backward(OpContext context, IReadOnlyList<Tensor?> gradients) =>
        gradients.First(g => g is not null)!.DType == DType.Float32 ? Backward<float>(context, gradients) : Backward<double>(context, gradients);

    protected abstract IReadOnlyList<Tensor> Forward<T>(OpContext context, IReadOnlyList<Tensor> inputs)
        where T : unmanaged, IFloatingPointIeee754<T>;

    protected virtual IReadOnlyList<Tensor?> Backward<T>(OpContext context, IReadOnlyList<Tensor?> gradients)
        where T : unmanaged, IFloatingPointIeee754<T> => throw new GradientNotDefinedException(Name);

    /// <summary>Runs a plain kernel for items 0 .. <paramref name="items"/> - 1; shards depend on the work alone.</summary>
    /// <param name="device">Where to run.</param>
    /// <param name="items">Number of items.</param>
    /// <param name="workPerItem">Inner steps of an item, about.</param>
    /// <param name="kernel">The kernel, its views and sizes bound.</param>
    protected internal static void Launch(Accelerator device, long items, long workPerItem, Action<Index1D> kernel)
    {
        Index1D extent = Shards.PlainExtent(items);
        Shards.For(
            device,
            extent,
            (start, end) =>
            {
                for (long i = start; i < end; i++)
                {
                    kernel((int)i);
                }
            },
            Math.Max(1, WorkPerShard / Math.Max(1, workPerItem)));
    }
}

/// <summary>An operation whose result is a constant for gradients: distances of samples, positions, kernel values.</summary>
internal abstract class ConstantOp : RenderingOp
{
    public sealed override bool InputHasGradient(int input) => false;

    public sealed override bool OutputHasGradient(int output) => false;
}
