using System.Numerics;
using G3DR.Compute;
using G3DR.Compute.Memory;

namespace G3DR.Kernels.Resampling;

/// <summary>Applies an <see cref="AxisFilter"/> along one axis of a dense tensor, seen as (outer, length, inner).</summary>
public static class AxisFilterKernel
{
    /// <summary>One output element: the weighted sum of its taps, in tap order.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="item">Output element, row-major over (outer, outputs, inner).</param>
    /// <param name="input">Input (outer, inputs, inner).</param>
    /// <param name="output">Output (outer, outputs, inner), overwritten.</param>
    /// <param name="start">First tap of each output and one more entry at the end.</param>
    /// <param name="index">Input position of each tap.</param>
    /// <param name="weight">Weight of each tap.</param>
    /// <param name="shape">Sizes.</param>
    [Kernel]
    public static void Apply<T>(
        Index1D item,
        ArrayView<T> input,
        ArrayView<T> output,
        ArrayView<int> start,
        ArrayView<int> index,
        ArrayView<T> weight,
        AxisFilterShape shape)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        long inner = item.X % shape.Inner;
        long row = item.X / shape.Inner;
        int position = (int)(row % shape.Outputs);
        long source = (row / shape.Outputs * shape.Inputs * shape.Inner) + inner;
        T sum = T.Zero;
        for (int tap = start[position]; tap < start[position + 1]; tap++)
        {
            sum += weight[tap] * input[source + (index[tap] * shape.Inner)];
        }

        output[item.X] = sum;
    }

    /// <summary>Applies a filter along one axis by the plain kernel.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="device">Where to run.</param>
    /// <param name="filter">Filter.</param>
    /// <param name="input">Input (outer, filter.Inputs, inner).</param>
    /// <param name="output">Output (outer, filter.Outputs, inner), overwritten.</param>
    /// <param name="inner">Elements between neighbours on the axis.</param>
    public static void Run<T>(Accelerator device, AxisFilter filter, ArrayView<T> input, ArrayView<T> output, long inner)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // Given back while the device may still read them: the memory goes to later work only, which waits for earlier work.
        using MemoryBuffer<int> start = Upload(device, filter.Start), index = Upload(device, filter.Index);
        using MemoryBuffer<T> weight = Upload(device, Array.ConvertAll(filter.WeightDouble, T.CreateTruncating));
        var shape = new AxisFilterShape(filter.Inputs, filter.Outputs, inner);
        device.Launch(Apply, Shards.PlainExtent(output.Length), input, output, start.View, index.View, weight.View, shape);
    }

    private static MemoryBuffer<E> Upload<E>(Accelerator device, E[] values)
        where E : unmanaged
    {
        MemoryBuffer<E> buffer = device.Allocate<E>(values.Length);
        buffer.CopyFrom(values);
        return buffer;
    }
}

/// <summary>Sizes of <see cref="AxisFilterKernel"/>.</summary>
/// <param name="Inputs">Length of the axis that is read.</param>
/// <param name="Outputs">Length of the axis that is written.</param>
/// <param name="Inner">Elements between neighbours on the axis: the product of the faster axes.</param>
public readonly record struct AxisFilterShape(int Inputs, int Outputs, long Inner);
