using System.Numerics;
using G3DR.Compute;
using G3DR.Kernels.Elementwise;

namespace G3DR.Kernels.Normalization;

/// <summary>The loops of an activation that is named by its value.</summary>
public static class ActivationKernels
{
    /// <summary>y = f(x).</summary>
    /// <typeparam name="T"><c>float</c> or <c>double</c>.</typeparam>
    /// <param name="device">Where to run.</param>
    /// <param name="activation">f.</param>
    /// <param name="x">Elements.</param>
    /// <param name="y">Results; may be the memory of <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">The views have different lengths.</exception>
    public static void Forward<T>(Accelerator device, Activation activation, ArrayView<T> x, ArrayView<T> y)
        where T : unmanaged, IFloatingPointIeee754<T> => ActivationTypes.Run(activation, new ForwardWork<T>(device, x, y));

    /// <summary>dx = g f'(x).</summary>
    /// <typeparam name="T"><c>float</c> or <c>double</c>.</typeparam>
    /// <param name="device">Where to run.</param>
    /// <param name="activation">f.</param>
    /// <param name="x">Elements; for <see cref="Activation.Relu"/> the results serve as well.</param>
    /// <param name="g">Gradient of the results.</param>
    /// <param name="dx">Gradient of the elements; may be the memory of <paramref name="g"/>.</param>
    /// <exception cref="ArgumentException">The views have different lengths.</exception>
    public static void Backward<T>(Accelerator device, Activation activation, ArrayView<T> x, ArrayView<T> g, ArrayView<T> dx)
        where T : unmanaged, IFloatingPointIeee754<T> => ActivationTypes.Run(activation, new BackwardWork<T>(device, x, g, dx));

    private sealed class ForwardWork<T>(Accelerator device, ArrayView<T> x, ArrayView<T> y) : IActivationWork
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run<TActivation>()
            where TActivation : struct, IActivation
        {
            if (typeof(T) == typeof(float))
            {
                UnaryKernels<Unparameterized<TActivation>>.Forward(device, x.Cast<float>(), y.Cast<float>(), 0f, 0f);
            }
            else
            {
                UnaryKernels<Unparameterized<TActivation>>.Forward(device, x.Cast<double>(), y.Cast<double>(), 0, 0);
            }
        }
    }

    // The activations' derivatives need the argument alone; that of Relu reads what it takes for the result, which has the same sign.
    private sealed class BackwardWork<T>(Accelerator device, ArrayView<T> x, ArrayView<T> g, ArrayView<T> dx) : IActivationWork
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run<TActivation>()
            where TActivation : struct, IActivation
        {
            if (typeof(T) == typeof(float))
            {
                ArrayView<float> single = x.Cast<float>();
                UnaryKernels<Unparameterized<TActivation>>.Backward(device, single, single, g.Cast<float>(), dx.Cast<float>(), 0f, 0f);
            }
            else
            {
                ArrayView<double> wide = x.Cast<double>();
                UnaryKernels<Unparameterized<TActivation>>.Backward(device, wide, wide, g.Cast<double>(), dx.Cast<double>(), 0, 0);
            }
        }
    }
}
