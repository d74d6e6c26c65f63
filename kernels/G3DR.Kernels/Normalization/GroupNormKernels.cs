using System.Numerics;
using G3DR.Compute;
using G3DR.Compute.Memory;

namespace G3DR.Kernels.Normalization;

/// <summary>
/// Group normalisation (Wu and He, arXiv:1803.08494) of (batch, positions, channels) with what surrounds it in a network in the same pass:
/// y = act((xhat weight + bias) (scale + 1) + shift) + residual, xhat = (x - mean) / sqrt(var + epsilon), mean and biased variance of each group of channels of a
/// sample. With one channel in a group it is instance normalisation (arXiv:1607.08022), and batch normalisation (arXiv:1502.03167) where all samples are taken as one.
/// The backward pass needs the input and the statistics; it computes everything between again. It reads the input twice: once for the sums
/// over positions, from which the gradients of all parameters follow, and once for the gradient of the input.
/// Variants: <c>plain</c> (every device, both precisions), <c>simd</c>, and <c>grouped</c>, where groups of items merge the statistics, for other devices.
/// </summary>
public static partial class GroupNormKernels
{
    /// <summary>Mean and biased variance of each group of each sample, by the variant that suits the device.</summary>
    /// <typeparam name="T"><c>float</c> or <c>double</c>.</typeparam>
    /// <param name="device">Where to run.</param>
    /// <param name="shape">Sizes; the sample must not be empty.</param>
    /// <param name="x">Elements (batch, positions, channels).</param>
    /// <param name="statistics">Results (batch, groups, 2).</param>
    /// <exception cref="ArgumentException">The sizes or views do not fit.</exception>
    public static void Statistics<T>(Accelerator device, GroupNormShape shape, ArrayView<T> x, ArrayView<T> statistics)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        RequireSizes(shape, x, statistics);
        if (UseVectors<T>(device, shape))
        {
            StatisticsVectors(device, shape, x.Cast<float>(), statistics.Cast<float>());
        }
        else if (typeof(T) == typeof(float) && device is not CpuAccelerator)
        {
            StatisticsGroups(device, shape, x.Cast<float>(), statistics.Cast<float>());
        }
        else
        {
            StatisticsPlain(device, shape, x, statistics);
        }
    }

    /// <summary>The plain variant of the statistics.</summary>
    public static void StatisticsPlain<T>(Accelerator device, GroupNormShape shape, ArrayView<T> x, ArrayView<T> statistics)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        (int length, int pieces) = Pieces(shape);
        using MemoryBuffer<T> partials = device.Allocate<T>(2L * shape.Batch * pieces * shape.Channels);
        device.Launch(PieceStatisticsPlain, PieceExtent(shape, pieces), x, partials.View, shape, length, pieces);
        device.Launch(MergePlain, new Index1D(checked(shape.Batch * shape.Groups)), partials.View, statistics, shape, length, pieces);
    }

    /// <summary>Everything after the statistics, in one pass, by the variant that suits the device.</summary>
    /// <typeparam name="T"><c>float</c> or <c>double</c>.</typeparam>
    /// <param name="device">Where to run.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="x">Elements (batch, positions, channels).</param>
    /// <param name="statistics">Mean and biased variance (batch, groups, 2).</param>
    /// <param name="affine">What follows the normalisation.</param>
    /// <param name="activation">What follows that.</param>
    /// <param name="residual">What is added at the end (batch, positions, channels), or empty.</param>
    /// <param name="y">Results (batch, positions, channels); may be the memory of <paramref name="x"/> or <paramref name="residual"/>.</param>
    /// <exception cref="ArgumentException">The sizes or views do not fit.</exception>
    public static void Apply<T>(
        Accelerator device,
        GroupNormShape shape,
        ArrayView<T> x,
        ArrayView<T> statistics,
        GroupNormAffine<T> affine,
        Activation activation,
        ArrayView<T> residual,
        ArrayView<T> y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        RequireSizes(shape, x, statistics);
        RequireOptional(affine, shape);
        RequireLength("residual", residual.Length, shape.Length, optional: true);
        RequireLength("result", y.Length, shape.Length);
        if (UseVectors<T>(device, shape))
        {
            ApplyVectors(
                device, shape, x.Cast<float>(), statistics.Cast<float>(), affine.Cast<float>(), activation, residual.Cast<float>(), y.Cast<float>());
        }
        else
        {
            ApplyPlain(device, shape, x, statistics, affine, activation, residual, y);
        }
    }

    /// <summary>The plain variant of <see cref="Apply"/>.</summary>
    public static void ApplyPlain<T>(
        Accelerator device,
        GroupNormShape shape,
        ArrayView<T> x,
        ArrayView<T> statistics,
        GroupNormAffine<T> affine,
        Activation activation,
        ArrayView<T> residual,
        ArrayView<T> y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using MemoryBuffer<T> coefficients = Coefficients(device, shape, statistics, affine);
        ActivationTypes.Run(activation, new PlainApply<T>(device, shape, x, coefficients.View, residual, y));
    }

    // The rows for the gradient stay unwritten.
    private static MemoryBuffer<T> Coefficients<T>(Accelerator device, GroupNormShape shape, ArrayView<T> statistics, GroupNormAffine<T> affine)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        MemoryBuffer<T> coefficients = device.Allocate<T>((long)CoefficientRows * shape.Batch * shape.Channels);
        device.Launch(
            CoefficientsPlain,
            new Index1D(checked(shape.Batch * shape.Channels)),
            statistics,
            affine.Weight,
            affine.Bias,
            affine.ScaleShift,
            coefficients.View,
            shape);
        return coefficients;
    }

    private static bool UseVectors<T>(Accelerator device, GroupNormShape shape) =>
        typeof(T) == typeof(float) && Shards.UseVectors(device) && ChannelPeriod.Fits(shape.Channels);

    private static (int Length, int Count) Pieces(GroupNormShape shape)
    {
        int length = PartialSums.PieceLength(shape.Positions);
        return (length, Shards.Count(shape.Positions, length));
    }

    private static Index2D PieceExtent(GroupNormShape shape, int pieces) => new(shape.Channels, checked(shape.Batch * pieces));

    private static Index2D ElementExtent(GroupNormShape shape) => new(shape.Channels, checked(shape.Batch * shape.Positions));

    private static void RequireSizes<T>(GroupNormShape shape, ArrayView<T> x, ArrayView<T> statistics)
        where T : unmanaged
    {
        if (shape.Batch < 1 || shape.Positions < 1 || shape.Groups < 1 || shape.Channels < 1 || shape.Channels % shape.Groups != 0)
        {
            throw new ArgumentException(
                $"Normalising needs elements, and groups of equally many channels; got a batch of {shape.Batch} with {shape.Positions} positions, "
                + $"{shape.Channels} channels in {shape.Groups} groups.");
        }

        RequireLength("input", x.Length, shape.Length);
        RequireLength("statistics", statistics.Length, 2L * shape.Batch * shape.Groups);
    }

    private static void RequireOptional<T>(GroupNormAffine<T> affine, GroupNormShape shape)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        RequireLength("weight", affine.Weight.Length, shape.Channels, optional: true);
        RequireLength("bias", affine.Bias.Length, shape.Channels, optional: true);
        RequireLength("scale and shift", affine.ScaleShift.Length, 2L * shape.Batch * shape.Channels, optional: true);
    }

    private static void RequireLength(string what, long actual, long expected, bool optional = false)
    {
        if (actual != expected && (actual != 0 || !optional))
        {
            throw new ArgumentException($"Normalisation needs {expected} elements of {what}{(optional ? ", or none" : string.Empty)}, got {actual}.");
        }
    }

    private sealed class PlainApply<T>(
        Accelerator device, GroupNormShape shape, ArrayView<T> x, ArrayView<T> coefficients, ArrayView<T> residual, ArrayView<T> y)
        : PlainActivationWork<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public override void Launch<TFunction>() =>
            device.Launch(ApplyPlain<T, TFunction>, ElementExtent(shape), x, coefficients, residual, y, shape);
    }
}
