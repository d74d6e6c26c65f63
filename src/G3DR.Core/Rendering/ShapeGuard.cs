using G3DR.Core.Tensors;

namespace G3DR.Core.Rendering;

/// <summary>Checks of shapes whose messages name the tensor, what it has and what it needs.</summary>
internal static class ShapeGuard
{
    /// <summary>Requires axes of the given lengths; -1 stands for any length of at least 1.</summary>
    public static void Require(Tensor tensor, string what, string needed, params ReadOnlySpan<int> sizes)
    {
        bool fits = tensor.Rank == sizes.Length;
        for (int axis = 0; fits && axis < sizes.Length; axis++)
        {
            fits = sizes[axis] < 0 ? tensor.Shape[axis] >= 1 : tensor.Shape[axis] == sizes[axis];
        }

        if (!fits)
        {
            throw new ArgumentException($"The {what} must have shape {needed}; got {tensor.Shape}.");
        }
    }

    /// <summary>Requires a shape.</summary>
    public static void RequireShape(Tensor tensor, string what, string needed, Shape shape)
    {
        if (tensor.Shape != shape)
        {
            throw new ArgumentException($"The {what} must have shape {needed} = {shape}; got {tensor.Shape}.");
        }
    }

    /// <summary>Requires at least one element.</summary>
    public static void RequireElements(Tensor tensor, string what)
    {
        if (tensor.Rank == 0 || tensor.Length == 0)
        {
            throw new ArgumentException($"The {what} must have at least one axis and one element; got shape {tensor.Shape}.");
        }
    }

    /// <summary>The shape with its last axis replaced by others.</summary>
    public static Shape ReplaceLast(Shape shape, params ReadOnlySpan<int> last) => new([.. shape.AsSpan()[..^1], .. last]);
}
