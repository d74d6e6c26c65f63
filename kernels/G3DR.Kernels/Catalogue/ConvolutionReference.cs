using G3DR.Kernels.Convolution;

namespace G3DR.Kernels.Catalogue;

/// <summary>Convolutions in double precision: all passes visit the same triples of input pixel, tap and output pixel.</summary>
internal sealed class ConvolutionReference
{
    private readonly ConvolutionShape _shape;

    // (output channels, taps, input channels of a group), standardised.
    private readonly double[] _weights;

    /// <summary>Takes the weights in checkpoint layout, with mean and scale of each output channel.</summary>
    public ConvolutionReference(ConvolutionShape shape, float[] weight, float[] statistics)
    {
        _shape = shape;
        _weights = new double[weight.Length];
        for (int i = 0; i < weight.Length; i++)
        {
            int output = PlaceOf(i, out int place);
            _weights[place] = ((double)weight[i] - statistics[2 * output]) * statistics[(2 * output) + 1];
        }
    }

    /// <summary>The output.</summary>
    public double[] Forward(float[] x, float[] bias)
    {
        double[] y = new double[_shape.OutputLength];
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = bias[i % bias.Length];
        }

        Visit((input, weight, output) =>
        {
            double sum = 0;
            for (int c = 0; c < _shape.GroupInputChannels; c++)
            {
                sum += x[input + c] * _weights[weight + c];
            }

            y[output] += sum;
        });
        return y;
    }

    /// <summary>The gradient of the input.</summary>
    public double[] InputGradient(float[] dy)
    {
        double[] dx = new double[_shape.InputLength];
        Visit((input, weight, output) =>
        {
            for (int c = 0; c < _shape.GroupInputChannels; c++)
            {
                dx[input + c] += dy[output] * _weights[weight + c];
            }
        });
        return dx;
    }

    /// <summary>The gradient of the standardised weights, in checkpoint layout.</summary>
    public double[] WeightGradient(float[] x, float[] dy)
    {
        double[] sums = new double[_weights.Length], dw = new double[_weights.Length];
        Visit((input, weight, output) =>
        {
            for (int c = 0; c < _shape.GroupInputChannels; c++)
            {
                sums[weight + c] += (double)x[input + c] * dy[output];
            }
        });
        for (int i = 0; i < dw.Length; i++)
        {
            PlaceOf(i, out int place);
            dw[i] = sums[place];
        }

        return dw;
    }

    // Where an element of the checkpoint's weights lies here, and its output channel.
    private int PlaceOf(int element, out int place)
    {
        int channels = _shape.GroupInputChannels;
        int tap = element % _shape.Taps, channel = element / _shape.Taps % channels, output = element / _shape.Taps / channels;
        place = (((output * _shape.Taps) + tap) * channels) + channel;
        return output;
    }

    // Calls with the first elements of all input channels of a group and of their weights, and the element of the output that they are summed in.
    private void Visit(Action<int, int, int> visit)
    {
        int channels = _shape.GroupInputChannels;
        for (int pixel = 0; pixel < _shape.OutputPixels; pixel++)
        {
            int column = pixel % _shape.OutputWidth, row = pixel / _shape.OutputWidth % _shape.OutputHeight, picture = pixel / _shape.OutputWidth / _shape.OutputHeight;
            for (int tap = 0; tap < _shape.Taps; tap++)
            {
                int inputRow = (row * _shape.StrideY) - _shape.PadTop + (tap / _shape.KernelWidth * _shape.DilationY);
                int inputColumn = (column * _shape.StrideX) - _shape.PadLeft + (tap % _shape.KernelWidth * _shape.DilationX);
                if (inputRow < 0 || inputRow >= _shape.InputHeight || inputColumn < 0 || inputColumn >= _shape.InputWidth)
                {
                    continue;
                }

                int from = ((((picture * _shape.InputHeight) + inputRow) * _shape.InputWidth) + inputColumn) * _shape.InputChannels;
                for (int output = 0; output < _shape.OutputChannels; output++)
                {
                    int group = output / _shape.GroupOutputChannels;
                    visit(from + (group * channels), ((output * _shape.Taps) + tap) * channels, (pixel * _shape.OutputChannels) + output);
                }
            }
        }
    }
}
