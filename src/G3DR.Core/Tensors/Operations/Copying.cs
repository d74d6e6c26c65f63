using G3DR.Compute;
using G3DR.Kernels.Layout;

namespace G3DR.Core.Tensors;

/// <summary>Copies between differently ordered tensors.</summary>
internal static class Copying
{
    /// <summary>Copies a block of the given sizes between two patterns; see <see cref="StridedCopy"/>.</summary>
    public static void Strided(
        Tensor source,
        long sourceOffset,
        ReadOnlySpan<long> sourceStrides,
        Tensor destination,
        long destinationOffset,
        ReadOnlySpan<long> destinationStrides,
        ReadOnlySpan<int> sizes)
    {
        foreach (int size in sizes)
        {
            if (size == 0)
            {
                return;
            }
        }

        if (source.DType == DType.Float32)
        {
            StridedCopy.Run(
                source.Accelerator, From(source.View<float>(), sourceOffset), sourceStrides, From(destination.View<float>(), destinationOffset), destinationStrides, sizes);
        }
        else
        {
            StridedCopy.Run(
                source.Accelerator, From(source.View<double>(), sourceOffset), sourceStrides, From(destination.View<double>(), destinationOffset), destinationStrides, sizes);
        }
    }

    /// <summary>Repeats axes of length 1, and adds axes in front, to reach a shape.</summary>
    public static Tensor BroadcastTo(Tensor x, Shape shape)
    {
        if (Shape.Broadcast(x.Shape, shape, "broadcast") != shape)
        {
            throw new ArgumentException($"Shape {x.Shape} cannot be broadcast to {shape}.");
        }

        long[] dense = x.Shape.DenseStrides();
        long[] strides = new long[shape.Rank];
        int added = shape.Rank - x.Rank;
        for (int axis = added; axis < shape.Rank; axis++)
        {
            strides[axis] = x.Shape[axis - added] == 1 ? 0 : dense[axis - added];
        }

        Tensor y = x.Like(shape, "broadcast");
        Strided(x, 0, strides, y, 0, shape.DenseStrides(), shape.AsSpan());
        return y;
    }

    private static ArrayView<T> From<T>(ArrayView<T> view, long offset)
        where T : unmanaged => view.SubView(offset, view.Length - offset);
}
