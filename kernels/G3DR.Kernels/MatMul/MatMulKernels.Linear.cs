using System.Numerics;
using G3DR.Compute;
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
            CpuAccelerator cpu = Shards.RequireCpu(device);
            DirectConvolution.Multiply(cpu, shape, a.Cast<float>(), b.Cast<float>(), bias.Cast<float>(), epilogue.Cast<float>(), c.Cast<float>());
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
}
