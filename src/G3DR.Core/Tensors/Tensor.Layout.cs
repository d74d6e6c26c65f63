namespace G3DR.Core.Tensors;

/// <content>Changing shapes and choosing parts.</content>
public sealed partial class Tensor
{
    /// <summary>The same elements under another shape; memory is shared.</summary>
    /// <param name="sizes">New lengths; one of them may be -1 and follows from the others.</param>
    /// <exception cref="ArgumentException">The number of elements differs.</exception>
    public Tensor Reshape(params ReadOnlySpan<int> sizes)
    {
        int[] resolved = sizes.ToArray();
        int open = Array.IndexOf(resolved, -1);
        if (open >= 0)
        {
            resolved[open] = 1;
            long others = new Shape(resolved).Length;
            if (others == 0 || Length % others != 0)
            {
                throw new ArgumentException($"{this} cannot be reshaped to ({string.Join(", ", sizes.ToArray())}): {Length} elements do not divide by {others}.");
            }

            resolved[open] = checked((int)(Length / others));
        }

        var shape = new Shape(resolved);
        return shape.Length == Length
            ? new ReshapeTensorOp(shape).Apply(this)
            : throw new ArgumentException($"{this} has {Length} elements and cannot be reshaped to {shape}, which has {shape.Length}.");
    }
}
