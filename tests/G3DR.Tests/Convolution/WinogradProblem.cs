using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Kernels.Convolution;

namespace G3DR.Tests.Convolution;

/// <summary>A 3x3 convolution with random numbers, its three passes by definition in double precision, and the same on a device.</summary>
internal sealed class WinogradProblem
{
    private readonly float[] _x, _weight, _bias, _statistics, _dy;

    public WinogradProblem(ConvolutionShape shape, int seed, bool bias = true, bool standardized = true)
    {
        Shape = shape;
        var random = new Random(seed);
        _x = Normal(random, shape.InputLength, 1);
        _weight = Normal(random, shape.WeightLength, 1 / Math.Sqrt(9.0 * shape.InputChannels));
        _bias = bias ? Normal(random, shape.OutputChannels, 1) : [];
        _statistics = standardized ? Normal(random, 2 * shape.OutputChannels, 0.3) : [];
        _dy = Normal(random, shape.OutputLength, 1);
        for (int i = 1; i < _statistics.Length; i += 2)
        {
            _statistics[i] += 1;
        }
    }

    public ConvolutionShape Shape { get; }

    public override string ToString() => $"{Shape}, bias {_bias.Length > 0}, standardized {_statistics.Length > 0}";

    public double[] Forward()
    {
        double[] y = new double[Shape.OutputLength];
        ForEach((input, weight, output, channel) => y[output] += _x[input] * Weight(weight, channel));
        for (int i = 0; i < y.Length && _bias.Length > 0; i++)
        {
            y[i] += _bias[i % Shape.OutputChannels];
        }

        return y;
    }

    public double[] InputGradient()
    {
        double[] dx = new double[Shape.InputLength];
        ForEach((input, weight, output, channel) => dx[input] += _dy[output] * Weight(weight, channel));
        return dx;
    }

    public double[] WeightGradient()
    {
        double[] dw = new double[Shape.WeightLength];
        ForEach((input, weight, output, _) => dw[weight] += (double)_x[input] * _dy[output]);
        return dw;
    }

    public float[] Forward(Accelerator device, WinogradTile tile) => Run(
        device, _x, Shape.OutputLength, (cpu, x, weight, bias, statistics, y) => WinogradConvolution.Forward(cpu, Shape, tile, x, weight, bias, statistics, y));

    public float[] InputGradient(Accelerator device, WinogradTile tile) => Run(
        device, _dy, Shape.InputLength, (cpu, dy, weight, _, statistics, dx) => WinogradConvolution.InputGradient(cpu, Shape, tile, dy, weight, statistics, dx));

    public float[] WeightGradient(Accelerator device, WinogradTile tile) => Run(
        device, _x, Shape.WeightLength, (cpu, x, _, _, _, dw) =>
        {
            using MemoryBuffer<float> dy = Upload(device, _dy);
            WinogradConvolution.WeightGradient(cpu, Shape, tile, x, dy.View, dw);
        });

    /// <summary>Size of the sums if no tap fell outside: what rounding errors are relative to, whatever cancels in a small problem.</summary>
    public double ForwardSize => (Rms(_x) * Rms(Weights) * Math.Sqrt(9.0 * Shape.InputChannels)) + Rms(_bias);

    /// <summary>The same for the gradient of the input.</summary>
    public double InputGradientSize => Rms(_dy) * Rms(Weights) * Math.Sqrt(9.0 * Shape.OutputChannels);

    /// <summary>The same for the gradient of the weights.</summary>
    public double WeightGradientSize => Rms(_x) * Rms(_dy) * Math.Sqrt(Shape.OutputPixels);

    private float[] Weights => [.. _weight.Select((_, i) => (float)Weight(i, i / (9 * Shape.InputChannels)))];

    /// <summary>Root of the mean squared difference.</summary>
    public static double Error(double[] expected, float[] actual) => Rms([.. expected.Zip(actual, (e, a) => (float)(a - e))]);

    private double Weight(long weight, int channel) => _statistics.Length == 0
        ? _weight[weight]
        : (_weight[weight] - (double)_statistics[2 * channel]) * _statistics[(2 * channel) + 1];

    // Every product of the definition: element of the input, of the weights, of the output, output channel.
    private void ForEach(Action<long, long, long, int> visit)
    {
        for (long output = 0; output < Shape.OutputLength; output++)
        {
            int channel = (int)(output % Shape.OutputChannels);
            long pixel = output / Shape.OutputChannels, row = pixel / Shape.OutputWidth;
            for (int tap = 0; tap < 9; tap++)
            {
                long y = (row % Shape.OutputHeight) - Shape.PadTop + (tap / 3), x = (pixel % Shape.OutputWidth) - Shape.PadLeft + (tap % 3);
                if (y < 0 || x < 0 || y >= Shape.InputHeight || x >= Shape.InputWidth)
                {
                    continue;
                }

                long input = ((((row / Shape.OutputHeight * Shape.InputHeight) + y) * Shape.InputWidth) + x) * Shape.InputChannels;
                long weight = ((long)channel * Shape.InputChannels * 9) + tap;
                for (int k = 0; k < Shape.InputChannels; k++)
                {
                    visit(input + k, weight + (9 * k), output, channel);
                }
            }
        }
    }

    private float[] Run(Accelerator device, float[] input, long length, Pass pass)
    {
        using MemoryBuffer<float> x = Upload(device, input), weight = Upload(device, _weight), bias = Upload(device, _bias);
        using MemoryBuffer<float> statistics = Upload(device, _statistics), result = device.Allocate<float>(length);

        // What is not written shows.
        result.View.AsSpan().Fill(float.NaN);
        pass((CpuAccelerator)device, x.View, weight.View, bias.View, statistics.View, result.View);
        return result.View.AsSpan().ToArray();
    }

    private static MemoryBuffer<float> Upload(Accelerator device, float[] values)
    {
        MemoryBuffer<float> buffer = device.Allocate<float>(values.Length);
        buffer.CopyFrom(values);
        return buffer;
    }

    private static double Rms(float[] values) => values.Length == 0 ? 0 : Math.Sqrt(values.Average(value => (double)value * value));

    private static float[] Normal(Random random, long length, double scale)
    {
        float[] values = new float[length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)(scale * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        return values;
    }

    private delegate void Pass(
        CpuAccelerator device, ArrayView<float> input, ArrayView<float> weight, ArrayView<float> bias, ArrayView<float> statistics, ArrayView<float> result);
}
