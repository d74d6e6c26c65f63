namespace G3DR.Kernels.Attention;

/// <summary>
/// Sizes of scaled dot-product attention. Queries (Batch, Rows, Heads * Depth), keys (Batch, Keys, Heads * Depth) and values (Batch, Keys, Heads * ValueDepth)
/// have the channels of a head side by side; each has its own step from row to row, so that they may be parts of one packed tensor.
/// </summary>
/// <param name="Batch">Sequences.</param>
/// <param name="Heads">Heads.</param>
/// <param name="Rows">Queries of a sequence.</param>
/// <param name="Keys">Keys and values of a sequence.</param>
/// <param name="Depth">Channels of a head in queries and keys.</param>
/// <param name="ValueDepth">Channels of a head in values and results.</param>
public readonly record struct AttentionShape(int Batch, int Heads, int Rows, int Keys, int Depth, int ValueDepth)
{
    /// <summary>Elements from a query, and its gradient, to the next.</summary>
    public int QueryStep { get; init; } = Heads * Depth;

    /// <summary>Elements from a key, and its gradient, to the next.</summary>
    public int KeyStep { get; init; } = Heads * Depth;

    /// <summary>Elements from a value, and its gradient, to the next.</summary>
    public int ValueStep { get; init; } = Heads * ValueDepth;

    /// <summary>Elements of the mask from a sequence to the next; 0 if all share one.</summary>
    public long MaskBatchStep { get; init; }

    /// <summary>Elements of the mask from a head to the next; 0 if all share one.</summary>
    public long MaskHeadStep { get; init; }

    /// <summary>Elements of the mask from a query to the next; 0 if all share one row.</summary>
    public int MaskRowStep { get; init; }

    /// <summary>Not 0 if query i sees the keys 0 .. i only.</summary>
    public int Causal { get; init; }

    /// <summary>Elements from a row of the result to the next.</summary>
    public int ResultStep => Heads * ValueDepth;

    /// <summary>Sequences times heads.</summary>
    public int Products => Batch * Heads;

    /// <summary>First element of the queries of a head.</summary>
    /// <param name="product">Sequence * Heads + head; the others likewise.</param>
    public long QueryStart(int product) => Start(product, Rows, QueryStep, Depth);

    /// <summary>First element of the keys of a head.</summary>
    public long KeyStart(int product) => Start(product, Keys, KeyStep, Depth);

    /// <summary>First element of the values of a head.</summary>
    public long ValueStart(int product) => Start(product, Keys, ValueStep, ValueDepth);

    /// <summary>First element of the results of a head.</summary>
    public long ResultStart(int product) => Start(product, Rows, ResultStep, ValueDepth);

    /// <summary>First element of the mask of a head.</summary>
    public long MaskStart(int product) => (product / Heads * MaskBatchStep) + (product % Heads * MaskHeadStep);

    /// <summary>Keys that a query may see: the first ones.</summary>
    public int VisibleKeys(int row) => Causal != 0 && row + 1 < Keys ? row + 1 : Keys;

    /// <summary>First query that may see a key.</summary>
    public int FirstRow(int key) => Causal != 0 ? key : 0;

    private long Start(int product, int rows, int step, int depth) =>
        ((long)(product / Heads) * rows * step) + ((long)(product % Heads) * depth);
}
