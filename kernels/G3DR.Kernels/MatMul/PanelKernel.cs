using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.MatMul;

/// <summary>
/// The innermost block of products with prepared weights: a few rows of A, read where they lie, times one packed panel of B (for each step two vectors).
/// It serves linear layers, convolutions (one segment for each tap) and the products in Winograd's domain. Additions run along the segments in order, so
/// the result does not depend on how rows are split into blocks.
/// </summary>
internal static unsafe partial class PanelKernel
{
    /// <summary>Columns of C that a panel makes.</summary>
    /// <typeparam name="V">Vector type.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Width<V>()
        where V : struct, ISimd<V> => 2 * V.Count;

    /// <summary>C (rows, width) = or += A (rows, segments x depth) times a panel (segments x depth, width), in register blocks of the best heights.</summary>
    /// <typeparam name="V">Vector type.</typeparam>
    /// <param name="product">Steps and starting values.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="a">First row of A.</param>
    /// <param name="panel">Panel of B.</param>
    /// <param name="c">First row of C; all of the width is written.</param>
    public static void Run<V>(in PanelProduct product, int rows, float* a, float* panel, float* c)
        where V : struct, ISimd<V>
    {
        while (rows > 0)
        {
            int height = RowBlocks.Next<V>(rows);
            RunBlock<V>(height, product, a, panel, c);
            rows -= height;
            a += height * product.RowStep;
            c += height * product.RowStepC;
        }
    }

    /// <summary>The same where C may end before the panel does: the last panel then goes through memory aside.</summary>
    /// <typeparam name="V">Vector type.</typeparam>
    /// <param name="product">Steps and starting values.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="a">First row of A.</param>
    /// <param name="panel">Panel of B.</param>
    /// <param name="c">First row of C.</param>
    /// <param name="left">Columns from here to the end of C.</param>
    /// <param name="aside">Room for (rows, width).</param>
    public static void RunEdge<V>(PanelProduct product, int rows, float* a, float* panel, float* c, int left, float* aside)
        where V : struct, ISimd<V>
    {
        int width = Width<V>();
        if (left >= width)
        {
            Run<V>(product, rows, a, panel, c);
            return;
        }

        long step = product.RowStepC;
        for (int row = 0; product.Accumulate && row < rows; row++)
        {
            new Span<float>(c + (row * step), left).CopyTo(new(aside + ((long)row * width), left));
        }

        product.RowStepC = width;
        Run<V>(product, rows, a, panel, aside);
        for (int row = 0; row < rows; row++)
        {
            new Span<float>(aside + ((long)row * width), left).CopyTo(new(c + (row * step), left));
        }
    }

    /// <summary>The numbers that the sums of a panel start from: where they lie, or with zeros behind the last one where the panel reaches further.</summary>
    /// <param name="bias">First number, or null for none.</param>
    /// <param name="columns">Numbers that there are.</param>
    /// <param name="width">Columns of the panel.</param>
    /// <param name="aside">Room for <paramref name="width"/> numbers.</param>
    public static float* Start(float* bias, int columns, int width, float* aside)
    {
        if (bias == null || columns == width)
        {
            return bias;
        }

        new Span<float>(aside + columns, width - columns).Clear();
        new Span<float>(bias, columns).CopyTo(new(aside, columns));
        return aside;
    }

    /// <summary>One register block.</summary>
    /// <typeparam name="V">Vector type.</typeparam>
    /// <param name="height">A height that <see cref="RowBlocks"/> gives for this vector type.</param>
    /// <param name="product">Steps and starting values.</param>
    /// <param name="a">First row of A.</param>
    /// <param name="panel">Panel of B.</param>
    /// <param name="c">First row of C.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void RunBlock<V>(int height, in PanelProduct product, float* a, float* panel, float* c)
        where V : struct, ISimd<V>
    {
        switch (height)
        {
            case 14:
                Run14<V>(product, a, panel, c);
                break;
            case 12:
                Run12<V>(product, a, panel, c);
                break;
            case 8:
                Run8<V>(product, a, panel, c);
                break;
            case 6:
                Run6<V>(product, a, panel, c);
                break;
            case 4:
                Run4<V>(product, a, panel, c);
                break;
            case 2:
                Run2<V>(product, a, panel, c);
                break;
            default:
                Run1<V>(product, a, panel, c);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Start<V>(in PanelProduct product, float* c, out V left, out V right)
        where V : struct, ISimd<V>
    {
        if (Sse.IsSupported)
        {
            // The line that the sums will be stored to: without it the first store waits for memory.
            Sse.Prefetch0(c);
            Sse.Prefetch0(c + V.Count);
        }

        float* from = product.Accumulate ? c : product.Start;
        left = from == null ? V.Zero : V.Load(from);
        right = from == null ? V.Zero : V.Load(from + V.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fetch(float* place)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch1(place);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<V>(float* c, V left, V right)
        where V : struct, ISimd<V>
    {
        left.Store(c);
        right.Store(c + V.Count);
    }
}
