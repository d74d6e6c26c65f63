namespace G3DR.Core.Weights;

/// <summary>Elements that do not lie row-major and little-endian: transposed, sliced and expanded tensors, and those of big-endian machines.</summary>
/// <param name="Shape">Dimensions, slowest first.</param>
/// <param name="Strides">Elements to step to the neighbour along each dimension; not negative.</param>
/// <param name="BigEndian">Whether the bytes of an element stand the other way round.</param>
internal sealed record StridedOrder(long[] Shape, long[] Strides, bool BigEndian)
{
    /// <summary>The order, or null if it is the plain one.</summary>
    public static StridedOrder? Of(long[] shape, long[] strides, bool bigEndian)
    {
        long dense = 1;
        bool plain = !bigEndian;
        for (int axis = shape.Length - 1; axis >= 0; axis--)
        {
            // The stride of a dimension of one element is never used.
            plain &= shape[axis] == 1 || strides[axis] == dense;
            dense *= shape[axis];
        }

        return plain || dense == 0 ? null : new(shape, strides, bigEndian);
    }

    /// <summary>Writes elements in row-major order as little-endian bytes.</summary>
    /// <param name="region">Where they are.</param>
    /// <param name="start">Byte of the tensor's first element.</param>
    /// <param name="first">Row-major index of the first one to write.</param>
    /// <param name="size">Bytes of an element.</param>
    /// <param name="destination">Receives as many elements as fit.</param>
    public void Gather(ByteRegion region, long start, long first, int size, Span<byte> destination)
    {
        int rank = Shape.Length;
        Span<long> index = stackalloc long[SafetensorsHeader.MaxRank];
        long position = 0;
        long rest = first;
        for (int axis = rank - 1; axis >= 0; axis--)
        {
            (rest, index[axis]) = Math.DivRem(rest, Shape[axis]);
            position += index[axis] * Strides[axis];
        }

        for (int done = 0; done < destination.Length; done += size)
        {
            Span<byte> element = destination.Slice(done, size);
            region.Slice(start + (position * size), size).CopyTo(element);
            if (BigEndian)
            {
                element.Reverse();
            }

            for (int axis = rank - 1; axis >= 0; axis--)
            {
                position += Strides[axis];
                if (++index[axis] < Shape[axis])
                {
                    break;
                }

                position -= index[axis] * Strides[axis];
                index[axis] = 0;
            }
        }
    }
}
