using System.Runtime.CompilerServices;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Convolution;

/// <summary>A small matrix times a column of vectors: one of the matrices of Winograd's algorithms, with the products that are shared taken out.</summary>
internal unsafe interface IWinogradTransform
{
    /// <summary>Length of the column.</summary>
    static abstract int Inputs { get; }

    /// <summary>Length of the result.</summary>
    static abstract int Outputs { get; }

    /// <summary>Transforms one column.</summary>
    /// <typeparam name="V">Vector type.</typeparam>
    /// <param name="from">First vector.</param>
    /// <param name="step">Elements between vectors.</param>
    /// <param name="to">First vector of the result.</param>
    /// <param name="toStep">Elements between vectors of the result.</param>
    static abstract void Apply<V>(float* from, long step, float* to, long toStep)
        where V : struct, ISimd<V>;
}

/// <summary>The transform that ends a convolution; it can add a vector to all of its results.</summary>
internal unsafe interface IWinogradResult : IWinogradTransform
{
    /// <summary>Transforms one column and adds <paramref name="offset"/> to each result.</summary>
    static abstract void Apply<V>(float* from, long step, V offset, float* to, long toStep)
        where V : struct, ISimd<V>;
}

/// <summary>Transforms of squares: T X T', for a square X of vectors.</summary>
internal static unsafe class WinogradSquare
{
    /// <summary>T X T'.</summary>
    /// <typeparam name="TTransform">T.</typeparam>
    /// <typeparam name="V">Vector type.</typeparam>
    /// <param name="from">First vector of X.</param>
    /// <param name="rowStep">Elements between its rows.</param>
    /// <param name="columnStep">Elements between its columns.</param>
    /// <param name="to">First vector of the result.</param>
    /// <param name="toRowStep">Elements between rows of the result.</param>
    /// <param name="toColumnStep">Elements between columns of the result.</param>
    /// <param name="scratch">Inputs x Outputs vectors.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply<TTransform, V>(
        float* from, long rowStep, long columnStep, float* to, long toRowStep, long toColumnStep, float* scratch)
        where TTransform : struct, IWinogradTransform
        where V : struct, ISimd<V>
    {
        Rows<TTransform, V>(from, rowStep, columnStep, scratch);
        for (int j = 0; j < TTransform.Outputs; j++)
        {
            TTransform.Apply<V>(scratch + (j * V.Count), TTransform.Outputs * V.Count, to + (j * toColumnStep), toRowStep);
        }
    }

    /// <summary>T X T' plus a vector that is added to all results.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply<TTransform, V>(
        float* from, long rowStep, long columnStep, V offset, float* to, long toRowStep, long toColumnStep, float* scratch)
        where TTransform : struct, IWinogradResult
        where V : struct, ISimd<V>
    {
        Rows<TTransform, V>(from, rowStep, columnStep, scratch);
        for (int j = 0; j < TTransform.Outputs; j++)
        {
            TTransform.Apply(scratch + (j * V.Count), TTransform.Outputs * V.Count, offset, to + (j * toColumnStep), toRowStep);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Rows<TTransform, V>(float* from, long rowStep, long columnStep, float* scratch)
        where TTransform : struct, IWinogradTransform
        where V : struct, ISimd<V>
    {
        for (int i = 0; i < TTransform.Inputs; i++)
        {
            TTransform.Apply<V>(from + (i * rowStep), columnStep, scratch + (i * TTransform.Outputs * V.Count), V.Count);
        }
    }
}
