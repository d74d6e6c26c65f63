using G3DR.Compute;

namespace G3DR.Kernels.Attention;

/// <summary>What attention reads. Each view begins at its first element; steps between rows are those of <see cref="AttentionShape"/>.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="Query">Queries.</param>
/// <param name="Key">Keys.</param>
/// <param name="Value">Values.</param>
/// <param name="Mask">What is added to the scores, -infinity where a key must not be seen; empty for nothing.</param>
public readonly record struct AttentionInputs<T>(ArrayView<T> Query, ArrayView<T> Key, ArrayView<T> Value, ArrayView<T> Mask)
    where T : unmanaged
{
    /// <summary>The same views of another element type of the same size.</summary>
    internal AttentionInputs<TOther> Cast<TOther>()
        where TOther : unmanaged => new(Query.Cast<TOther>(), Key.Cast<TOther>(), Value.Cast<TOther>(), Mask.Cast<TOther>());
}

/// <summary>Gradients of what attention reads, laid out alike.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="Query">Gradients of the queries.</param>
/// <param name="Key">Gradients of the keys.</param>
/// <param name="Value">Gradients of the values.</param>
public readonly record struct AttentionGradients<T>(ArrayView<T> Query, ArrayView<T> Key, ArrayView<T> Value)
    where T : unmanaged
{
    /// <summary>The same views of another element type of the same size.</summary>
    internal AttentionGradients<TOther> Cast<TOther>()
        where TOther : unmanaged => new(Query.Cast<TOther>(), Key.Cast<TOther>(), Value.Cast<TOther>());
}

/// <summary>What the forward pass leaves for the backward pass.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="Value">Results (Batch, Rows, Heads * ValueDepth).</param>
/// <param name="LogSum">Logarithm of the sum of the exponentials of the scores (Batch, Heads, Rows); +infinity where no key may be seen.</param>
public readonly record struct AttentionResult<T>(ArrayView<T> Value, ArrayView<T> LogSum)
    where T : unmanaged
{
    /// <summary>The same views of another element type of the same size.</summary>
    internal AttentionResult<TOther> Cast<TOther>()
        where TOther : unmanaged => new(Value.Cast<TOther>(), LogSum.Cast<TOther>());
}
