using System.Numerics;
using G3DR.Compute;

namespace G3DR.Kernels.Normalization;

/// <content>Plain kernels, which every device runs in both precisions.</content>
public static partial class GroupNormKernels
{
    // Numbers of a channel of a sample: a, m and b of act(a (x - m) + b), then the constants A and B of its gradient a g' - A - B (x - m).
    private const int CoefficientRows = 5;

    /// <summary>Mean of some positions of a channel, and the sum of squared deviations from it.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="i">Channel, and piece of all samples.</param>
    /// <param name="x">Elements (batch, positions, channels).</param>
    /// <param name="partials">Results (batch, pieces, 2, channels).</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="pieceLength">Positions of a piece.</param>
    /// <param name="pieces">Pieces of a sample.</param>
    [Kernel]
    public static void PieceStatisticsPlain<T>(Index2D i, ArrayView<T> x, ArrayView<T> partials, GroupNormShape shape, int pieceLength, int pieces)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int from = i.Y % pieces * pieceLength, length = XMath.Min(pieceLength, shape.Positions - from);
        long start = ((((long)(i.Y / pieces) * shape.Positions) + from) * shape.Channels) + i.X;
        T n = T.CreateTruncating(length), sum = T.Zero, drift = T.Zero, squares = T.Zero;
        for (int k = 0; k < length; k++)
        {
            sum += x[start + ((long)k * shape.Channels)];
        }

        T mean = sum / n;
        for (int k = 0; k < length; k++)
        {
            T deviation = x[start + ((long)k * shape.Channels)] - mean;
            drift += deviation;
            squares += deviation * deviation;
        }

        long at = ((long)i.Y * 2 * shape.Channels) + i.X;
        partials[at] = mean + (drift / n);
        partials[at + shape.Channels] = PartialSums.SquaresAroundMean(squares, drift, n);
    }

    /// <summary>Mean and biased variance of a group of a sample from those of its pieces (Chan, Golub, LeVeque, 1979).</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="i">Group of all samples.</param>
    /// <param name="partials">Means and sums of squared deviations (batch, pieces, 2, channels).</param>
    /// <param name="statistics">Results (batch, groups, 2).</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="pieceLength">Positions of a piece.</param>
    /// <param name="pieces">Pieces of a sample.</param>
    [Kernel]
    public static void MergePlain<T>(Index1D i, ArrayView<T> partials, ArrayView<T> statistics, GroupNormShape shape, int pieceLength, int pieces)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int parts = pieces * shape.GroupChannels;
        T total = T.CreateTruncating(shape.GroupLength), pivot = partials[PartAt(shape, i.X, pieces, 0)], drift = T.Zero;
        for (int k = 0; k < parts; k++)
        {
            T n = T.CreateTruncating(PartLength(shape, pieceLength, k));
            drift += n * (partials[PartAt(shape, i.X, pieces, k)] - pivot);
        }

        T mean = pivot + (drift / total), squares = T.Zero;
        drift = T.Zero;
        for (int k = 0; k < parts; k++)
        {
            long at = PartAt(shape, i.X, pieces, k);
            T n = T.CreateTruncating(PartLength(shape, pieceLength, k)), deviation = partials[at] - mean;
            drift += n * deviation;
            squares += partials[at + shape.Channels] + (n * deviation * deviation);
        }

        statistics[2L * i.X] = mean + (drift / total);
        statistics[(2L * i.X) + 1] = PartialSums.SquaresAroundMean(squares, drift, total) / total;
    }

    /// <summary>a, m and b of a channel of a sample.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="i">Channel of all samples.</param>
    /// <param name="statistics">Mean and biased variance (batch, groups, 2).</param>
    /// <param name="weight">Factors (channels), or empty.</param>
    /// <param name="bias">Summands (channels), or empty.</param>
    /// <param name="scaleShift">Factors less 1 and summands of the samples (batch, 2 channels), or empty.</param>
    /// <param name="coefficients">Results, in the first three of five rows (batch, 5, channels).</param>
    /// <param name="shape">Sizes.</param>
    [Kernel]
    public static void CoefficientsPlain<T>(
        Index1D i, ArrayView<T> statistics, ArrayView<T> weight, ArrayView<T> bias, ArrayView<T> scaleShift, ArrayView<T> coefficients, GroupNormShape shape)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int sample = i.X / shape.Channels, channel = i.X % shape.Channels;
        long from = StatisticsAt(shape, sample, channel);
        T scale = InverseDeviation(statistics[from + 1], shape);
        T shift = bias.Length > 0 ? bias[channel] : T.Zero;
        if (weight.Length > 0)
        {
            scale *= weight[channel];
        }

        if (scaleShift.Length > 0)
        {
            long modulation = ((long)sample * 2 * shape.Channels) + channel;
            T factor = T.One + scaleShift[modulation];
            scale *= factor;
            shift = (shift * factor) + scaleShift[modulation + shape.Channels];
        }

        long at = CoefficientsAt(shape, sample, channel);
        coefficients[at] = scale;
        coefficients[at + shape.Channels] = statistics[from];
        coefficients[at + (2L * shape.Channels)] = shift;
    }

    /// <summary>One element of the result, act(a (x - m) + b) + residual.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <typeparam name="TFunction">Activation.</typeparam>
    /// <param name="i">Channel, and position of all samples.</param>
    /// <param name="x">Elements (batch, positions, channels).</param>
    /// <param name="coefficients">Coefficients (batch, 5, channels).</param>
    /// <param name="residual">Summands (batch, positions, channels), or empty.</param>
    /// <param name="y">Results (batch, positions, channels).</param>
    /// <param name="shape">Sizes.</param>
    [Kernel]
    public static void ApplyPlain<T, TFunction>(
        Index2D i, ArrayView<T> x, ArrayView<T> coefficients, ArrayView<T> residual, ArrayView<T> y, GroupNormShape shape)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TFunction : struct, IActivationOf<T>
    {
        long at = ((long)i.Y * shape.Channels) + i.X, from = CoefficientsAt(shape, i.Y / shape.Positions, i.X);
        T value = TFunction.Value(((x[at] - coefficients[from + shape.Channels]) * coefficients[from]) + coefficients[from + (2L * shape.Channels)]);
        y[at] = residual.Length > 0 ? value + residual[at] : value;
    }

    /// <summary>Sums of g' and g' (x - m) over some positions of a channel; g' is the gradient before the activation.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <typeparam name="TFunction">Activation.</typeparam>
    /// <param name="i">Channel, and piece of all samples.</param>
    /// <param name="x">Elements (batch, positions, channels).</param>
    /// <param name="coefficients">Coefficients (batch, 5, channels).</param>
    /// <param name="g">Gradient of the results (batch, positions, channels).</param>
    /// <param name="partials">Sums (batch, pieces, 2, channels).</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="pieceLength">Positions of a piece.</param>
    /// <param name="pieces">Pieces of a sample.</param>
    [Kernel]
    public static void GradientSumsPlain<T, TFunction>(
        Index2D i, ArrayView<T> x, ArrayView<T> coefficients, ArrayView<T> g, ArrayView<T> partials, GroupNormShape shape, int pieceLength, int pieces)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TFunction : struct, IActivationOf<T>
    {
        int sample = i.Y / pieces, start = i.Y % pieces * pieceLength, end = XMath.Min(start + pieceLength, shape.Positions);
        long from = CoefficientsAt(shape, sample, i.X);
        T scale = coefficients[from], mean = coefficients[from + shape.Channels], shift = coefficients[from + (2L * shape.Channels)];
        T sum = T.Zero, product = T.Zero;
        for (int k = start; k < end; k++)
        {
            long at = ((((long)sample * shape.Positions) + k) * shape.Channels) + i.X;
            T deviation = x[at] - mean, gradient = TFunction.Gradient((deviation * scale) + shift, g[at]);
            sum += gradient;
            product += gradient * deviation;
        }

        long first = ((long)i.Y * 2 * shape.Channels) + i.X;
        partials[first] = sum;
        partials[first + shape.Channels] = product;
    }

    /// <summary>A and B of the channels of a group of a sample.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="i">Group of all samples.</param>
    /// <param name="sums">Sums of g' and g' (x - m) (batch, 2, channels); not read for constant statistics.</param>
    /// <param name="statistics">Mean and biased variance (batch, groups, 2).</param>
    /// <param name="coefficients">Coefficients, of which the last two rows are written (batch, 5, channels).</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="constantStatistics">Not 0 if the statistics do not depend on x.</param>
    [Kernel]
    public static void GroupTermsPlain<T>(
        Index1D i, ArrayView<T> sums, ArrayView<T> statistics, ArrayView<T> coefficients, GroupNormShape shape, int constantStatistics)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int sample = i.X / shape.Groups, first = i.X % shape.Groups * shape.GroupChannels;
        T offset = T.Zero, slope = T.Zero;
        if (constantStatistics == 0)
        {
            for (int channel = first; channel < first + shape.GroupChannels; channel++)
            {
                long at = ((long)sample * 2 * shape.Channels) + channel;
                T scale = coefficients[CoefficientsAt(shape, sample, channel)];
                offset += scale * sums[at];
                slope += scale * sums[at + shape.Channels];
            }

            T inverse = InverseDeviation(statistics[(2L * i.X) + 1], shape), n = T.CreateTruncating(shape.GroupLength);
            offset /= n;
            slope *= inverse * inverse / n;
        }

        for (int channel = first; channel < first + shape.GroupChannels; channel++)
        {
            long at = CoefficientsAt(shape, sample, channel) + (3L * shape.Channels);
            coefficients[at] = offset;
            coefficients[at + shape.Channels] = slope;
        }
    }

    /// <summary>One element of the gradient, a g' - A - B (x - m).</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <typeparam name="TFunction">Activation.</typeparam>
    /// <param name="i">Channel, and position of all samples.</param>
    /// <param name="x">Elements (batch, positions, channels).</param>
    /// <param name="coefficients">Coefficients (batch, 5, channels).</param>
    /// <param name="g">Gradient of the results (batch, positions, channels).</param>
    /// <param name="dx">Gradient of the elements (batch, positions, channels).</param>
    /// <param name="shape">Sizes.</param>
    [Kernel]
    public static void InputGradientPlain<T, TFunction>(
        Index2D i, ArrayView<T> x, ArrayView<T> coefficients, ArrayView<T> g, ArrayView<T> dx, GroupNormShape shape)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TFunction : struct, IActivationOf<T>
    {
        int width = shape.Channels;
        long at = ((long)i.Y * width) + i.X, from = CoefficientsAt(shape, i.Y / shape.Positions, i.X);
        T deviation = x[at] - coefficients[from + width];
        T gradient = TFunction.Gradient((deviation * coefficients[from]) + coefficients[from + (2L * width)], g[at]);
        dx[at] = (coefficients[from] * gradient) - coefficients[from + (3L * width)] - (deviation * coefficients[from + (4L * width)]);
    }

    /// <summary>Gradients of the factor and the summand of a channel.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="channel">Channel.</param>
    /// <param name="sums">Sums of g' and g' (x - m) (batch, 2, channels).</param>
    /// <param name="statistics">Mean and biased variance (batch, groups, 2).</param>
    /// <param name="scaleShift">Factors less 1 and summands of the samples (batch, 2 channels), or empty.</param>
    /// <param name="weightGradient">Gradient of the factors (channels), or empty.</param>
    /// <param name="biasGradient">Gradient of the summands (channels), or empty.</param>
    /// <param name="shape">Sizes.</param>
    [Kernel]
    public static void ParameterGradientsPlain<T>(
        Index1D channel,
        ArrayView<T> sums,
        ArrayView<T> statistics,
        ArrayView<T> scaleShift,
        ArrayView<T> weightGradient,
        ArrayView<T> biasGradient,
        GroupNormShape shape)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T weight = T.Zero, bias = T.Zero;
        for (int sample = 0; sample < shape.Batch; sample++)
        {
            long at = ((long)sample * 2 * shape.Channels) + channel.X;
            T factor = scaleShift.Length > 0 ? T.One + scaleShift[at] : T.One;
            T inverse = InverseDeviation(statistics[StatisticsAt(shape, sample, channel.X) + 1], shape);
            weight += factor * inverse * sums[at + shape.Channels];
            bias += factor * sums[at];
        }

        if (weightGradient.Length > 0)
        {
            weightGradient[channel] = weight;
        }

        if (biasGradient.Length > 0)
        {
            biasGradient[channel] = bias;
        }
    }

    /// <summary>Gradients of the modulation of a channel of a sample.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="i">Channel of all samples.</param>
    /// <param name="sums">Sums of g' and g' (x - m) (batch, 2, channels).</param>
    /// <param name="statistics">Mean and biased variance (batch, groups, 2).</param>
    /// <param name="weight">Factors (channels), or empty.</param>
    /// <param name="bias">Summands (channels), or empty.</param>
    /// <param name="scaleShiftGradient">Results (batch, 2 channels).</param>
    /// <param name="shape">Sizes.</param>
    [Kernel]
    public static void ModulationGradientsPlain<T>(
        Index1D i, ArrayView<T> sums, ArrayView<T> statistics, ArrayView<T> weight, ArrayView<T> bias, ArrayView<T> scaleShiftGradient, GroupNormShape shape)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int sample = i.X / shape.Channels, channel = i.X % shape.Channels;
        long at = ((long)sample * 2 * shape.Channels) + channel;
        T scale = sums[at + shape.Channels] * InverseDeviation(statistics[StatisticsAt(shape, sample, channel) + 1], shape);
        if (weight.Length > 0)
        {
            scale *= weight[channel];
        }

        if (bias.Length > 0)
        {
            scale += bias[channel] * sums[at];
        }

        scaleShiftGradient[at] = scale;
        scaleShiftGradient[at + shape.Channels] = sums[at];
    }

    private static long CoefficientsAt(GroupNormShape shape, int sample, int channel) => ((long)sample * CoefficientRows * shape.Channels) + channel;

    private static long StatisticsAt(GroupNormShape shape, int sample, int channel) =>
        2 * (((long)sample * shape.Groups) + (channel / shape.GroupChannels));

    // Part k of a group of all samples: a channel of a piece, channels fastest.
    private static long PartAt(GroupNormShape shape, int group, int pieces, int k)
    {
        long piece = ((long)(group / shape.Groups) * pieces) + (k / shape.GroupChannels);
        return (piece * 2 * shape.Channels) + (group % shape.Groups * shape.GroupChannels) + (k % shape.GroupChannels);
    }

    private static int PartLength(GroupNormShape shape, int pieceLength, int k) =>
        XMath.Min(pieceLength, shape.Positions - (k / shape.GroupChannels * pieceLength));

    private static T InverseDeviation<T>(T variance, GroupNormShape shape)
        where T : unmanaged, IFloatingPointIeee754<T> => T.One / T.Sqrt(variance + T.CreateTruncating(shape.Epsilon));
}
