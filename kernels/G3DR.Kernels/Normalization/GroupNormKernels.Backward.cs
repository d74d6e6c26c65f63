using System.Numerics;
using G3DR.Compute;
using G3DR.Compute.Memory;

namespace G3DR.Kernels.Normalization;

/// <summary>Where the gradients of a group normalisation go; those whose view is empty are not wanted.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="Input">Gradient of the elements (batch, positions, channels).</param>
/// <param name="Affine">Gradients of what follows the normalisation.</param>
public readonly record struct GroupNormGradients<T>(ArrayView<T> Input, GroupNormAffine<T> Affine)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Whether sums over positions are needed for a parameter.</summary>
    internal bool WantsParameters => Affine.Weight.Length + Affine.Bias.Length + Affine.ScaleShift.Length > 0;
}

/// <content>The backward pass.</content>
public static partial class GroupNormKernels
{
    /// <summary>All gradients but that of the residual, which is that of the result, by the variant that suits the device.</summary>
    /// <typeparam name="T"><c>float</c> or <c>double</c>.</typeparam>
    /// <param name="device">Where to run.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="x">Elements (batch, positions, channels).</param>
    /// <param name="statistics">Mean and biased variance (batch, groups, 2).</param>
    /// <param name="affine">What followed the normalisation.</param>
    /// <param name="activation">What followed that.</param>
    /// <param name="g">Gradient of the results (batch, positions, channels).</param>
    /// <param name="gradients">Where the gradients go.</param>
    /// <param name="constantStatistics">Whether the statistics do not depend on the elements, as in batch normalisation with running statistics.</param>
    /// <exception cref="ArgumentException">The sizes or views do not fit.</exception>
    public static void Backward<T>(
        Accelerator device,
        GroupNormShape shape,
        ArrayView<T> x,
        ArrayView<T> statistics,
        GroupNormAffine<T> affine,
        Activation activation,
        ArrayView<T> g,
        GroupNormGradients<T> gradients,
        bool constantStatistics = false)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        Backward(device, shape, x, statistics, affine, activation, g, gradients, constantStatistics, UseVectors<T>(device, shape));

    /// <summary>The plain variant of the backward pass, or the vector variant where <paramref name="vectors"/> says so.</summary>
    internal static void Backward<T>(
        Accelerator device,
        GroupNormShape shape,
        ArrayView<T> x,
        ArrayView<T> statistics,
        GroupNormAffine<T> affine,
        Activation activation,
        ArrayView<T> g,
        GroupNormGradients<T> gradients,
        bool constantStatistics,
        bool vectors)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        RequireSizes(shape, x, statistics);
        RequireOptional(affine, shape);
        RequireLength("gradient of the result", g.Length, shape.Length);
        RequireLength("gradient of the input", gradients.Input.Length, shape.Length, optional: true);
        RequireOptional(gradients.Affine, shape);
        using MemoryBuffer<T> coefficients = Coefficients(device, shape, statistics, affine);
        using MemoryBuffer<T> sums = device.Allocate<T>(2L * shape.Batch * shape.Channels);
        if (gradients.WantsParameters || !constantStatistics)
        {
            if (vectors)
            {
                GradientSumsVectors(device, shape, x.Cast<float>(), coefficients.View.Cast<float>(), activation, g.Cast<float>(), sums.View.Cast<float>());
            }
            else
            {
                GradientSumsPlain(device, shape, x, coefficients.View, activation, g, sums.View);
            }

            ParameterGradients(device, shape, statistics, affine, sums.View, gradients.Affine);
        }

        if (gradients.Input.Length == 0)
        {
            return;
        }

        device.Launch(
            GroupTermsPlain,
            new Index1D(checked(shape.Batch * shape.Groups)),
            sums.View,
            statistics,
            coefficients.View,
            shape,
            constantStatistics ? 1 : 0);
        if (vectors)
        {
            InputGradientVectors(
                device, shape, x.Cast<float>(), coefficients.View.Cast<float>(), activation, g.Cast<float>(), gradients.Input.Cast<float>());
        }
        else
        {
            ActivationTypes.Run(activation, new PlainInputGradient<T>(device, shape, x, coefficients.View, g, gradients.Input));
        }
    }

    private static void GradientSumsPlain<T>(
        Accelerator device, GroupNormShape shape, ArrayView<T> x, ArrayView<T> coefficients, Activation activation, ArrayView<T> g, ArrayView<T> sums)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        (_, int pieces) = Pieces(shape);
        using MemoryBuffer<T> partials = device.Allocate<T>(2L * shape.Batch * pieces * shape.Channels);
        ActivationTypes.Run(activation, new PlainGradientSums<T>(device, shape, x, coefficients, g, partials.View));
        FoldSamples(device, shape.Batch, partials.View, sums, pieces);
    }

    // partials (batch, pieces, width) to sums (batch, width).
    private static void FoldSamples<T>(Accelerator device, int batch, ArrayView<T> partials, ArrayView<T> sums, int pieces)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int width = checked((int)(sums.Length / batch));
        for (int sample = 0; sample < batch; sample++)
        {
            ArrayView<T> own = partials.SubView((long)sample * pieces * width, (long)pieces * width);
            PartialSums.Fold(device, own, sums.SubView((long)sample * width, width), pieces, width, 0);
        }
    }

    private static void ParameterGradients<T>(
        Accelerator device, GroupNormShape shape, ArrayView<T> statistics, GroupNormAffine<T> affine, ArrayView<T> sums, GroupNormAffine<T> gradients)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (gradients.Weight.Length + gradients.Bias.Length > 0)
        {
            device.Launch(
                ParameterGradientsPlain,
                new Index1D(shape.Channels),
                sums,
                statistics,
                affine.ScaleShift,
                gradients.Weight,
                gradients.Bias,
                shape);
        }

        if (gradients.ScaleShift.Length > 0)
        {
            device.Launch(
                ModulationGradientsPlain,
                new Index1D(checked(shape.Batch * shape.Channels)),
                sums,
                statistics,
                affine.Weight,
                affine.Bias,
                gradients.ScaleShift,
                shape);
        }
    }

    private sealed class PlainGradientSums<T>(
        Accelerator device, GroupNormShape shape, ArrayView<T> x, ArrayView<T> coefficients, ArrayView<T> g, ArrayView<T> partials)
        : PlainActivationWork<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public override void Launch<TFunction>()
        {
            (int length, int pieces) = Pieces(shape);
            device.Launch(GradientSumsPlain<T, TFunction>, PieceExtent(shape, pieces), x, coefficients, g, partials, shape, length, pieces);
        }
    }

    private sealed class PlainInputGradient<T>(
        Accelerator device, GroupNormShape shape, ArrayView<T> x, ArrayView<T> coefficients, ArrayView<T> g, ArrayView<T> dx) : PlainActivationWork<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public override void Launch<TFunction>() => device.Launch(InputGradientPlain<T, TFunction>, ElementExtent(shape), x, coefficients, g, dx, shape);
    }
}
