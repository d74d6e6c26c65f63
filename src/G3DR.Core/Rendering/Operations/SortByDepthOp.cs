using System.Numerics;
using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Core.Tensors;
using G3DR.Kernels;
using G3DR.Kernels.Rendering;

namespace G3DR.Core.Rendering.Operations;

/// <summary>
/// Distances (N, R, T) and any number of tensors (N, R, T) or (N, R, T, C) that belong to the samples: all of them sorted by distance, equal distances in their
/// old order. Gradients follow the values; the distances are constants.
/// </summary>
internal sealed class SortByDepthOp : FloatingPointOp
{
    public override string Name => "sort by depth";

    public override bool InputHasGradient(int input) => input > 0;

    public override bool OutputHasGradient(int output) => output > 0;

    protected override IReadOnlyList<Tensor> Forward<T>(OpContext context, IReadOnlyList<Tensor> inputs)
    {
        Tensor distances = inputs[0];
        context.Save(distances);
        using MemoryBuffer<int> order = Order<T>(distances);
        return [.. inputs.Select(input => Move<T>(input, order.View, distances.Shape[^1], sorts: true))];
    }

    protected override IReadOnlyList<Tensor?> Backward<T>(OpContext context, IReadOnlyList<Tensor?> gradients)
    {
        // Ranking again is cheaper than keeping the order until here.
        Tensor distances = context.Saved[0];
        using MemoryBuffer<int> order = Order<T>(distances);
        var results = new Tensor?[gradients.Count];
        for (int i = 1; i < results.Length; i++)
        {
            if (context.NeedsGradient(i))
            {
                results[i] = gradients[i] is Tensor gradient
                    ? Move<T>(gradient, order.View, distances.Shape[^1], sorts: false)
                    : Tensor.Zeros(context.Accelerator, context.InputShapes[i], distances.DType);
            }
        }

        return results;
    }

    private static MemoryBuffer<int> Order<T>(Tensor distances)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        MemoryBuffer<int> order = distances.Accelerator.Allocate<int>(distances.Length);
        distances.Accelerator.Launch(
            DepthOrder.Rank, Shards.PlainExtent(distances.Length), distances.View<T>(), order.View, distances.Shape[^1]);
        return order;
    }

    private Tensor Move<T>(Tensor values, ArrayView<int> order, int samples, bool sorts)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Tensor moved = values.Like(values.Shape, Name);
        ArrayView<T> source = values.View<T>(), target = moved.View<T>();
        int channels = checked((int)(values.Length / Math.Max(order.Length, 1)));
        Index1D extent = Shards.PlainExtent(order.Length);
        if (sorts)
        {
            values.Accelerator.Launch(DepthOrder.Gather, extent, source, order, target, samples, channels);
        }
        else
        {
            values.Accelerator.Launch(DepthOrder.Scatter, extent, source, order, target, samples, channels);
        }

        return moved;
    }
}
