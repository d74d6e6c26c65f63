using System.Numerics;
using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Kernels.Convolution;

namespace G3DR.Kernels.MatMul;

/// <content>Products with what follows them in a network.</content>
public static partial class MatMulKernels
{
    /// <summary>C = activation(A B + bias) + residual, in one pass where the device has a kernel for it.</summary>
    /// <typeparam name="T"><c>float</c> or <c>double</c>.</typeparam>
    /// <param name="device">Where to run.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="a">A.</param>
    /// <param name="b">B.</param>
    /// <param name="bias">One number for each column of C, or empty.</param>
    /// <param name="epilogue">Activation and residual.</param>
    /// <param name="c">C.</param>
    /// <exception cref="ArgumentException">A view does not have the length that the sizes ask for.</exception>
    public static void RunLinear<T>(
        Accelerator device, MatMulShape shape, ArrayView<T> a, ArrayView<T> b, ArrayView<T> bias, Epilogue<T> epilogue, ArrayView<T> c)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        RequireInside(shape, MatMulBatch.Single, a.Length, b.Length, c.Length);
        epilogue.Require(c.Length);
        if (bias.Length != 0 && bias.Length != shape.N)
        {
            throw new ArgumentException($"A product of {shape.N} columns needs as many biases, got {bias.Length}.");
        }

        if (shape.LengthC == 0)
        {
            return;
        }

        if (typeof(T) == typeof(float) && Shards.UseVectors(device) && !shape.TransposeA && shape.K > 0)
        {
            RunLinearVectors(Shards.RequireCpu(device), shape, a.Cast<float>(), b.Cast<float>(), bias.Cast<float>(), epilogue.Cast<float>(), c.Cast<float>());
            return;
        }

        if (typeof(T) == typeof(float))
        {
            Run(device, shape, MatMulBatch.Single, a.Cast<float>(), b.Cast<float>(), c.Cast<float>());
        }
        else
        {
            RunPlain(device, shape, MatMulBatch.Single, a, b, c);
        }

        if (bias.Length != 0)
        {
            Epilogue<T>.AddTo(device, c, bias, shape.N);
        }

        epilogue.Run(device, c);
    }

    /// <summary>The vector variant for rows of A that are rows in memory, chosen by the sizes.</summary>
    internal static unsafe void RunLinearVectors(
        CpuAccelerator cpu, MatMulShape shape, ArrayView<float> a, ArrayView<float> b, ArrayView<float> bias, Epilogue<float> epilogue, ArrayView<float> c)
    {
        float* start = bias.Length == 0 ? null : bias.Pointer;
        var end = RowEpilogue.Of(epilogue, c);
        if (FewRowsProduct.IsSuited(shape))
        {
            var few = new FewRowsProduct(shape, a.Pointer, b.Pointer, start, end, c.Pointer);
            cpu.Launch(few, few.ShardCount);
            return;
        }

        if (!OwnedPanelProduct.IsSuited(shape))
        {
            // Panels of B are packed once for all rows.
            DirectConvolution.Multiply(cpu, shape, a, b, bias, epilogue, c);
            return;
        }

        bool apart = RowCopy.IsNeeded(shape.K);
        int step = apart ? RowCopy.Step(shape.K) : shape.K;
        using MemoryBuffer<float> copy = cpu.Allocate<float>(apart ? (long)shape.M * step : 0);
        float* rows = apart ? copy.View.Pointer : a.Pointer;
        if (apart)
        {
            var copier = new RowCopy(a.Pointer, shape.M, shape.K, rows);
            cpu.Launch(copier, copier.ShardCount);
        }

        var product = new OwnedPanelProduct(cpu, shape, rows, step, b.Pointer, start, end, c.Pointer);
        cpu.Launch(product, product.ShardsOf(2 * DirectConvolution.Lanes(cpu)));
    }
}
