using G3DR.Compute.Simd;
using G3DR.Kernels.MatMul;

namespace G3DR.Kernels.Attention;

/// <summary>Products of small matrices with panels two vectors wide, as attention needs them.</summary>
internal static unsafe class PanelProducts
{
    /// <summary>C (rows, width) = or += A (rows, depth) times a panel (depth, width).</summary>
    /// <typeparam name="V">Vector type.</typeparam>
    /// <param name="a">A.</param>
    /// <param name="step">Elements between rows of A.</param>
    /// <param name="rows">Rows of A.</param>
    /// <param name="depth">Columns of A.</param>
    /// <param name="panel">Right operand.</param>
    /// <param name="c">Result.</param>
    /// <param name="stepC">Elements between rows of C.</param>
    /// <param name="accumulate">Whether to add to what C holds.</param>
    public static void Multiply<V>(float* a, long step, int rows, int depth, float* panel, float* c, long stepC, bool accumulate)
        where V : struct, ISimd<V>
    {
        long offset = 0;
        var product = new PanelProduct
        {
            Offsets = &offset,
            Segments = 1,
            Depth = depth,
            RowStep = step,
            RowStepC = stepC,
            Accumulate = accumulate,
        };
        PanelKernel.Run<V>(product, rows, a, panel, c);
    }

    /// <summary>C (columns, width) = or += transposed A (rows, columns) times a panel (rows, width).</summary>
    /// <typeparam name="V">Vector type.</typeparam>
    /// <param name="a">A.</param>
    /// <param name="step">Elements between rows of A.</param>
    /// <param name="rows">Rows of A.</param>
    /// <param name="columns">Columns of A.</param>
    /// <param name="panel">Right operand.</param>
    /// <param name="c">Result, a panel.</param>
    /// <param name="accumulate">Whether to add to what C holds.</param>
    public static void MultiplyTransposed<V>(float* a, long step, int rows, int columns, float* panel, float* c, bool accumulate)
        where V : struct, ISimd<V>
    {
        // The micro-kernel walks down the columns of A, and its rows are the neighbouring columns.
        long offset = 0;
        var product = new PanelProduct
        {
            Offsets = &offset,
            Segments = 1,
            Depth = rows,
            DepthStep = step,
            RowStep = 1,
            RowStepC = PanelKernel.Width<V>(),
            Accumulate = accumulate,
        };
        PanelKernel.Run<V>(product, columns, a, panel, c);
    }
}
