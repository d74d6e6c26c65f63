using G3DR.Kernels.Convolution;

namespace G3DR.Tests.Convolution;

/// <summary>A convolution and its gradients from the definition, in double precision.</summary>
internal static class NaiveConvolution
{
    public static (double[] Y, double[] Dx, double[] Dw) AllPasses(ConvolutionInputs inputs)
    {
        ConvolutionShape s = inputs.Shape;
        double[] y = new double[s.OutputLength], dx = new double[s.InputLength], dw = new double[s.WeightLength];
        for (long at = 0; at < s.OutputLength; at++)
        {
            int channel = (int)(at % s.OutputChannels), column = (int)(at / s.OutputChannels % s.OutputWidth);
            int row = (int)(at / s.OutputChannels / s.OutputWidth % s.OutputHeight), picture = (int)(at / s.OutputChannels / s.OutputWidth / s.OutputHeight);
            int firstInput = channel / s.GroupOutputChannels * s.GroupInputChannels;
            (double mean, double factor) = inputs.Statistics.Length == 0 ? (0, 1) : (inputs.Statistics[2 * channel], inputs.Statistics[(2 * channel) + 1]);
            y[at] = inputs.Bias.Length == 0 ? 0 : inputs.Bias[channel];
            for (int tap = 0; tap < s.Taps; tap++)
            {
                int inputRow = (row * s.StrideY) - s.PadTop + (tap / s.KernelWidth * s.DilationY);
                int inputColumn = (column * s.StrideX) - s.PadLeft + (tap % s.KernelWidth * s.DilationX);
                if (inputRow < 0 || inputRow >= s.InputHeight || inputColumn < 0 || inputColumn >= s.InputWidth)
                {
                    continue;
                }

                long pixel = ((((long)picture * s.InputHeight) + inputRow) * s.InputWidth) + inputColumn;
                for (int c = 0; c < s.GroupInputChannels; c++)
                {
                    long from = (pixel * s.InputChannels) + firstInput + c, with = ((((long)channel * s.GroupInputChannels) + c) * s.Taps) + tap;
                    double weight = (inputs.Weight[with] - mean) * factor;
                    y[at] += weight * inputs.X[from];
                    dx[from] += weight * inputs.OutputGradient[at];
                    dw[with] += (double)inputs.X[from] * inputs.OutputGradient[at];
                }
            }
        }

        return (y, dx, dw);
    }
}
