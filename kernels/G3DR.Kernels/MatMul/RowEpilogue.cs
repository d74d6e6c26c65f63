using System.Runtime.CompilerServices;
using G3DR.Compute;
using G3DR.Compute.Simd;
using G3DR.Kernels.Elementwise;
using G3DR.Kernels.Normalization;

namespace G3DR.Kernels.MatMul;

/// <summary>An <see cref="Epilogue{T}"/> on rows of a result that a shard has just written and that are still in its processor's cache.</summary>
/// <param name="activation">Applied to the result.</param>
/// <param name="result">First element of the whole result.</param>
/// <param name="residual">First element of the residual, or null.</param>
internal readonly unsafe struct RowEpilogue(Activation activation, float* result, float* residual)
{
    private readonly float* _result = result, _residual = residual;

    /// <summary>The epilogue of a result.</summary>
    public static RowEpilogue Of(Epilogue<float> epilogue, ArrayView<float> result) =>
        new(epilogue.Activation, result.Pointer, epilogue.Residual.Length == 0 ? null : epilogue.Residual.Pointer);

    /// <summary>Applies it to rows.</summary>
    /// <typeparam name="V">Vector type.</typeparam>
    /// <param name="first">First element of the first row, in the result.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="step">Elements between rows.</param>
    /// <param name="columns">Elements of a row.</param>
    public void Run<V>(float* first, int rows, long step, long columns)
        where V : struct, ISimd<V>
    {
        switch (activation)
        {
            case Activation.None:
                if (_residual != null)
                {
                    Run<V, Identity>(first, rows, step, columns);
                }

                break;
            case Activation.Relu:
                Run<V, Relu>(first, rows, step, columns);
                break;
            case Activation.Silu:
                Run<V, Silu>(first, rows, step, columns);
                break;
            case Activation.Gelu:
                Run<V, Gelu>(first, rows, step, columns);
                break;
            case Activation.GeluTanh:
                Run<V, GeluTanh>(first, rows, step, columns);
                break;
            case Activation.QuickGelu:
                Run<V, QuickGelu>(first, rows, step, columns);
                break;
            default:
                throw new InvalidOperationException($"There is no activation {activation}.");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Run<V, TActivation>(float* first, int rows, long step, long columns)
        where V : struct, ISimd<V>
        where TActivation : struct, IActivation
    {
        for (int row = 0; row < rows; row++)
        {
            float* y = first + (row * step);
            float* added = _residual == null ? null : _residual + (y - _result);
            long i = 0;
            for (; i + V.Count <= columns; i += V.Count)
            {
                V value = TActivation.Forward(V.Load(y + i));
                (added == null ? value : value + V.Load(added + i)).Store(y + i);
            }

            if (i < columns)
            {
                Last<V, TActivation>(y + i, added == null ? null : added + i, (int)(columns - i));
            }
        }
    }

    // Through full vectors too, so that an element's value does not depend on its position.
    private static void Last<V, TActivation>(float* y, float* added, int count)
        where V : struct, ISimd<V>
        where TActivation : struct, IActivation
    {
        float* buffer = stackalloc float[V.Count];
        V value = TActivation.Forward(VectorTail.Load<V>(y, count));
        (added == null ? value : value + VectorTail.Load<V>(added, count)).Store(buffer);
        VectorTail.Store(buffer, y, count);
    }
}
