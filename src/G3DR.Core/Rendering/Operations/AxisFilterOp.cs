using System.Numerics;
using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Core.Tensors;
using G3DR.Kernels;
using G3DR.Kernels.Rendering;

namespace G3DR.Core.Rendering.Operations;

/// <summary>Applies a linear filter along one axis; the gradient is the transposed filter.</summary>
internal sealed class AxisFilterOp(AxisFilter filter, int axis) : RenderingOp
{
    public override string Name => "axis filter";

    protected override IReadOnlyList<Tensor> Forward<T>(OpContext context, IReadOnlyList<Tensor> inputs) => [Apply<T>(inputs[0], filter)];

    protected override IReadOnlyList<Tensor?> Backward<T>(OpContext context, IReadOnlyList<Tensor?> gradients) =>
        [Apply<T>(gradients[0]!, filter.Transpose())];

    private Tensor Apply<T>(Tensor input, AxisFilter map)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Accelerator device = input.Accelerator;
        int[] sizes = input.Shape.ToArray();
        sizes[axis] = map.Outputs;
        Tensor output = input.Like(sizes, Name);
        using MemoryBuffer<int> start = Upload(device, map.Start), index = Upload(device, map.Index);
        using MemoryBuffer<T> weight = Upload(device, Array.ConvertAll(map.WeightDouble, T.CreateTruncating));
        var shape = new AxisFilterShape(map.Inputs, map.Outputs, input.Shape.DenseStrides()[axis]);
        device.Launch(
            AxisFilterKernel.Apply,
            Shards.PlainExtent(output.Length),
            input.View<T>(),
            output.View<T>(),
            start.View,
            index.View,
            weight.View,
            shape);
        return output;
    }

    private static MemoryBuffer<E> Upload<E>(Accelerator device, E[] values)
        where E : unmanaged
    {
        MemoryBuffer<E> buffer = device.Allocate<E>(values.Length);
        buffer.CopyFrom(values);
        return buffer;
    }
}
