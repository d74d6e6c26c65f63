namespace G3DR.Core.Weights;

/// <summary>Arithmetic on shapes that come from outside.</summary>
internal static class SafetensorsShape
{
    /// <summary>Product of the dimensions, 1 for a scalar.</summary>
    /// <exception cref="OverflowException">The product, taken from left to right, exceeds 2^63 - 1.</exception>
    public static long ElementCount(ReadOnlySpan<long> shape)
    {
        long count = 1;
        foreach (long size in shape)
            count = checked(count * size);
        return count;
    }

    /// <summary>The shape as text, for example <c>[2, 3]</c>.</summary>
    public static string Format(ReadOnlySpan<long> shape) => $"[{string.Join(", ", shape.ToArray())}]";
}
