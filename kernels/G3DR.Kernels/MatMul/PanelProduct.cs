namespace G3DR.Kernels.MatMul;

/// <summary>
/// What is the same for all register blocks of a product whose left operand is read in place: row i of A starts at <c>i * RowStep</c> and consists of
/// <see cref="Segments"/> runs of <see cref="Depth"/> elements. A matrix has one segment, a convolution one for each tap of its kernel; its weight gradient, which
/// adds over pixels, has one for each row of the picture.
/// </summary>
internal unsafe struct PanelProduct
{
    /// <summary>First element of each segment, relative to the start of a row of A.</summary>
    public long* Offsets;

    /// <summary>Number of segments.</summary>
    public int Segments;

    /// <summary>Elements of a segment.</summary>
    public int Depth;

    /// <summary>Elements of A between steps along a segment.</summary>
    public long DepthStep = 1;

    /// <summary>Elements between rows of A. A multiple of 4 KiB lets the rows evict each other from the first-level cache.</summary>
    public long RowStep;

    /// <summary>Elements between rows of C.</summary>
    public long RowStepC;

    /// <summary>Two vectors that the sums start from, or null for zero.</summary>
    public float* Start;

    /// <summary>Whether the sums start from what C holds instead.</summary>
    public bool Accumulate;

    /// <summary>Elements from each step of the panel to the cache line that the step fetches into the second-level cache: what comes after this product. 0 for none.</summary>
    public long Ahead;

    /// <summary>A product whose segments are runs of neighbours.</summary>
    public PanelProduct()
    {
    }
}
