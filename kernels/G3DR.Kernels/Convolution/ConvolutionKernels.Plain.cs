using System.Numerics;
using G3DR.Compute;

namespace G3DR.Kernels.Convolution;

/// <content>The definition: one item for each element of a result.</content>
public static partial class ConvolutionKernels
{
    /// <summary>One element of the output.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="i">Element of <paramref name="y"/>.</param>
    /// <param name="x">Input.</param>
    /// <param name="weight">Weights.</param>
    /// <param name="bias">One number for each output channel, or empty.</param>
    /// <param name="statistics">Mean and scale for each output channel, or empty.</param>
    /// <param name="y">Output.</param>
    /// <param name="shape">Sizes.</param>
    [Kernel]
    public static void PlainForward<T>(
        Index1D i, ArrayView<T> x, ArrayView<T> weight, ArrayView<T> bias, ArrayView<T> statistics, ArrayView<T> y, ConvolutionShape shape)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int channel = i.X % shape.OutputChannels, pixel = i.X / shape.OutputChannels;
        int column = pixel % shape.OutputWidth, line = pixel / shape.OutputWidth;
        int row = line % shape.OutputHeight, picture = line / shape.OutputHeight;
        int channels = shape.GroupInputChannels, taps = shape.Taps;
        int firstChannel = channel / shape.GroupOutputChannels * channels;
        T mean = Mean(statistics, channel), scale = Scale(statistics, channel), sum = T.Zero;
        for (int tap = 0; tap < taps; tap++)
        {
            int inputRow = shape.InputRow(row, tap), inputColumn = shape.InputColumn(column, tap);
            if (!shape.IsInsideInput(inputRow, inputColumn))
            {
                continue;
            }

            long from = shape.InputOffset(picture, inputRow, inputColumn) + firstChannel;
            long at = ((long)channel * channels * taps) + tap;
            for (int c = 0; c < channels; c++)
            {
                sum += x[from + c] * ((weight[at + ((long)c * taps)] - mean) * scale);
            }
        }

        y[i] = bias.Length == 0 ? sum : sum + bias[channel];
    }

    /// <summary>One element of the input's gradient.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="i">Element of <paramref name="dx"/>.</param>
    /// <param name="dy">Gradient of the output.</param>
    /// <param name="weight">Weights.</param>
    /// <param name="statistics">Mean and scale for each output channel, or empty.</param>
    /// <param name="dx">Gradient of the input.</param>
    /// <param name="shape">Sizes.</param>
    [Kernel]
    public static void PlainInputGradient<T>(
        Index1D i, ArrayView<T> dy, ArrayView<T> weight, ArrayView<T> statistics, ArrayView<T> dx, ConvolutionShape shape)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int channel = i.X % shape.InputChannels, pixel = i.X / shape.InputChannels;
        int column = pixel % shape.InputWidth, line = pixel / shape.InputWidth;
        int row = line % shape.InputHeight, picture = line / shape.InputHeight;
        int channels = shape.GroupInputChannels, outputs = shape.GroupOutputChannels, taps = shape.Taps;
        int firstOutput = channel / channels * outputs;
        T sum = T.Zero;
        for (int tap = 0; tap < taps; tap++)
        {
            int outputRow = shape.OutputRow(row, tap), outputColumn = shape.OutputColumn(column, tap);
            if (outputRow < 0 || outputColumn < 0)
            {
                continue;
            }

            long from = shape.OutputOffset(picture, outputRow, outputColumn);
            for (int output = firstOutput; output < firstOutput + outputs; output++)
            {
                T w = weight[(((long)output * channels) + (channel % channels)) * taps + tap];
                sum += dy[from + output] * ((w - Mean(statistics, output)) * Scale(statistics, output));
            }
        }

        dx[i] = sum;
    }

    /// <summary>One element of the gradient of the weights that the convolution used, which are the standardised ones where they are standardised.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="i">Element of <paramref name="dw"/>.</param>
    /// <param name="x">Input.</param>
    /// <param name="dy">Gradient of the output.</param>
    /// <param name="dw">Gradient of the weights.</param>
    /// <param name="shape">Sizes.</param>
    [Kernel]
    public static void PlainWeightGradient<T>(Index1D i, ArrayView<T> x, ArrayView<T> dy, ArrayView<T> dw, ConvolutionShape shape)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int taps = shape.Taps, channels = shape.GroupInputChannels;
        int tap = i.X % taps, pair = i.X / taps;
        int output = pair / channels;
        int channel = (output / shape.GroupOutputChannels * channels) + (pair % channels);
        T sum = T.Zero;
        for (int picture = 0; picture < shape.Batch; picture++)
        {
            for (int row = 0; row < shape.OutputHeight; row++)
            {
                int inputRow = shape.InputRow(row, tap);

                // A running sum of a row at a time keeps the error of large pictures small.
                T part = T.Zero;
                for (int column = 0; column < shape.OutputWidth; column++)
                {
                    int inputColumn = shape.InputColumn(column, tap);
                    if (shape.IsInsideInput(inputRow, inputColumn))
                    {
                        part += x[shape.InputOffset(picture, inputRow, inputColumn) + channel] * dy[shape.OutputOffset(picture, row, column) + output];
                    }
                }

                sum += part;
            }
        }

        dw[i] = sum;
    }

    private static T Mean<T>(ArrayView<T> statistics, int channel)
        where T : unmanaged, IFloatingPointIeee754<T> => statistics.Length == 0 ? T.Zero : statistics[2L * channel];

    private static T Scale<T>(ArrayView<T> statistics, int channel)
        where T : unmanaged, IFloatingPointIeee754<T> => statistics.Length == 0 ? T.One : statistics[(2L * channel) + 1];
}
