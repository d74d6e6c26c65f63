using G3DR.Compute;
using G3DR.Kernels.MatMul;

namespace G3DR.Kernels.Convolution;

/// <summary>
/// Weights (output channels, input channels, taps) as a convolution reads them: forward, or with the channels' roles swapped and the taps rotated, which makes
/// the gradient of the input. Standardised on the way if there are statistics.
/// </summary>
/// <param name="Weight">First weight.</param>
/// <param name="Statistics">Mean and reciprocal deviation of each output channel, or zero.</param>
/// <param name="OutputChannels">Output channels of the weights.</param>
/// <param name="InputChannels">Input channels of the weights.</param>
/// <param name="Taps">Positions of the kernel.</param>
/// <param name="Swapped">Whether for the gradient of the input.</param>
internal readonly unsafe record struct WeightSource(nint Weight, nint Statistics, int OutputChannels, int InputChannels, int Taps, bool Swapped)
{
    /// <summary>Channels that the convolution makes.</summary>
    public int Lanes => Swapped ? InputChannels : OutputChannels;

    /// <summary>Channels that it reads.</summary>
    public int Depth => Swapped ? OutputChannels : InputChannels;

    /// <summary>Weights of a convolution of one group.</summary>
    /// <param name="shape">Sizes of the convolution.</param>
    /// <param name="weight">Weights.</param>
    /// <param name="statistics">Mean and reciprocal deviation of each output channel, or empty.</param>
    /// <param name="swapped">Whether for the gradient of the input.</param>
    public static WeightSource Of(in ConvolutionShape shape, ArrayView<float> weight, ArrayView<float> statistics, bool swapped) => new(
        (nint)weight.Pointer, statistics.Length == 0 ? 0 : (nint)statistics.Pointer, shape.OutputChannels, shape.InputChannels, shape.Taps, swapped);

    /// <summary>Reads weights [input][tap][output] of one panel; outputs beyond the last are zero.</summary>
    /// <param name="width">Outputs of a panel.</param>
    /// <param name="lane">First output.</param>
    /// <param name="first">First input.</param>
    /// <param name="depth">Number of inputs.</param>
    /// <param name="to">Result.</param>
    public void Read(int width, int lane, int first, int depth, float* to)
    {
        float* weight = (float*)Weight, statistics = (float*)Statistics;
        int lines = Math.Min(width, Lanes - lane), elements = Swapped ? Taps : depth * Taps;
        long* places = stackalloc long[elements];
        for (int e = 0; e < elements; e++)
        {
            places[e] = (Swapped ? Taps - 1 - e : e) * width;
        }

        if (!Swapped)
        {
            long line = (long)InputChannels * Taps;
            float* of = statistics == null ? null : statistics + (2L * lane);
            PanelPacking.Scatter(weight + (lane * line) + ((long)first * Taps), line, lines, width, elements, places, to, of, 2);
            return;
        }

        for (long channel = first; channel < first + depth; channel++)
        {
            float* of = statistics == null ? null : statistics + (2 * channel);
            PanelPacking.Scatter(weight + (((channel * InputChannels) + lane) * Taps), Taps, lines, width, elements, places, to, of);
            to += Taps * width;
        }
    }
}
