using System.Numerics;
using G3DR.Compute;
using G3DR.Kernels.Elementwise;
using G3DR.Kernels.Layout;
using G3DR.Kernels.Normalization;

namespace G3DR.Kernels.MatMul;

/// <summary>What follows a product or convolution in the pass that writes its result: y = activation(product + bias) + residual.</summary>
/// <typeparam name="T"><c>float</c> or <c>double</c>.</typeparam>
/// <param name="Activation">Applied to the result.</param>
/// <param name="Residual">Added after the activation, as many elements as the result; or empty. It must not be the memory of the result.</param>
public readonly record struct Epilogue<T>(Activation Activation, ArrayView<T> Residual)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Whether nothing follows.</summary>
    public bool IsEmpty => Activation == Activation.None && Residual.Length == 0;

    /// <summary>The same for elements of another name for the same type.</summary>
    /// <typeparam name="TOther">The type.</typeparam>
    public Epilogue<TOther> Cast<TOther>()
        where TOther : unmanaged, IFloatingPointIeee754<TOther> => new(Activation, Residual.Cast<TOther>());

    /// <summary>Requires a residual of the result's size, if there is one.</summary>
    /// <param name="results">Elements of the result.</param>
    /// <exception cref="ArgumentException">It has another size.</exception>
    public void Require(long results)
    {
        if (Residual.Length != 0 && Residual.Length != results)
        {
            throw new ArgumentException($"The residual of a result of {results} elements must have as many, got {Residual.Length}.");
        }
    }

    /// <summary>Applies it in passes of its own, where the kernel that made the result cannot.</summary>
    /// <param name="device">Where to run.</param>
    /// <param name="y">The result.</param>
    public void Run(Accelerator device, ArrayView<T> y)
    {
        if (Activation != Activation.None)
        {
            ActivationKernels.Forward(device, Activation, y, y);
        }

        if (Residual.Length != 0)
        {
            AddTo(device, y, Residual, checked((int)y.Length));
        }
    }

    /// <summary>y += values, which repeat for each row of y.</summary>
    internal static void AddTo(Accelerator device, ArrayView<T> y, ArrayView<T> values, int columns)
    {
        int[] shape = [checked((int)(y.Length / columns)), columns], repeated = [columns];
        var layout = new BroadcastLayout(shape, shape, repeated, repeated);
        if (typeof(T) == typeof(float))
        {
            ArrayView<float> single = y.Cast<float>(), added = values.Cast<float>();
            BroadcastKernels<ForwardOf<Add>>.Run(device, layout, single, added, added, single);
        }
        else
        {
            ArrayView<double> wide = y.Cast<double>(), added = values.Cast<double>();
            BroadcastKernels<ForwardOf<Add>>.Run(device, layout, wide, added, added, wide);
        }
    }
}
