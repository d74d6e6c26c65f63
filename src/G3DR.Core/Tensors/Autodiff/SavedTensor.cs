namespace G3DR.Core.Tensors;

/// <summary>A tensor that the tape keeps for the backward pass, whatever its owner does.</summary>
internal sealed class SavedTensor(Tensor tensor, TensorStorage storage)
{
    private readonly int _version = storage.Version;

    /// <summary>The tensor as it was when it was saved.</summary>
    /// <exception cref="InvalidOperationException">Its elements were changed since.</exception>
    public Tensor Get(string operation) => storage.Version == _version
        ? tensor
        : throw new InvalidOperationException(
            $"'{operation}' needs {tensor} for its gradient, but its elements were changed after the forward pass; change a Clone() or run backward first.");

    public void Release() => tensor.Dispose();
}
