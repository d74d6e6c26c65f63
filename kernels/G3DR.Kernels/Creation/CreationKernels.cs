using System.Numerics;
using G3DR.Compute;

namespace G3DR.Kernels.Creation;

/// <summary>Fills memory: constants, random numbers, and the numbers of another element type. One item writes one element.</summary>
public static class CreationKernels
{
    /// <summary>y[i] = value.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    [Kernel]
    public static void FillConstant<T>(Index1D i, ArrayView<T> y, T value)
        where T : unmanaged => y[i] = value;

    /// <summary>y[i] = uniform random number i of a stream, in [0, 1); see <see cref="Philox.Uniform"/>.</summary>
    /// <typeparam name="T">Element type; all get the same numbers.</typeparam>
    [Kernel]
    public static void FillUniform<T>(Index1D i, ArrayView<T> y, ulong seed, uint stream)
        where T : unmanaged, IFloatingPointIeee754<T> => y[i] = T.CreateTruncating(Philox.Uniform(seed, stream, (ulong)i.X));

    /// <summary>y[i] = standard normal random number i of a stream; see <see cref="Philox.Normal"/>, which computes in double precision.</summary>
    /// <typeparam name="T">Element type; all get the same numbers.</typeparam>
    [Kernel]
    public static void FillNormal<T>(Index1D i, ArrayView<T> y, ulong seed, uint stream)
        where T : unmanaged, IFloatingPointIeee754<T> => y[i] = T.CreateTruncating(Philox.Normal(seed, stream, (ulong)i.X));

    /// <summary>y[i] = x[i], exactly.</summary>
    [Kernel]
    public static void Widen(Index1D i, ArrayView<float> x, ArrayView<double> y) => y[i] = x[i];

    /// <summary>y[i] = x[i], rounded.</summary>
    [Kernel]
    public static void Narrow(Index1D i, ArrayView<double> x, ArrayView<float> y) => y[i] = (float)x[i];
}
