using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Kernels.Convolution;

namespace G3DR.Tests.Convolution;

/// <summary>Random operands of a convolution: activations, weights and gradients from -1 to 1.</summary>
internal sealed class ConvolutionInputs
{
    public ConvolutionInputs(in ConvolutionShape shape, int seed, bool withBias = true, bool standardized = true)
    {
        var random = new Random(seed);
        Shape = shape;
        X = Draw(random, shape.InputLength);
        Weight = Draw(random, shape.WeightLength);
        Bias = Draw(random, withBias ? shape.OutputChannels : 0);
        Statistics = Draw(random, standardized ? 2 * shape.OutputChannels : 0);
        OutputGradient = Draw(random, shape.OutputLength);
    }

    public ConvolutionShape Shape { get; }

    public float[] X { get; }

    public float[] Weight { get; }

    public float[] Bias { get; }

    public float[] Statistics { get; }

    public float[] OutputGradient { get; }

    public delegate void ForwardPass(
        CpuAccelerator device, in ConvolutionShape shape, ArrayView<float> x, ArrayView<float> weight, ArrayView<float> bias, ArrayView<float> statistics, ArrayView<float> y);

    public delegate void InputGradientPass(
        CpuAccelerator device, in ConvolutionShape shape, ArrayView<float> dy, ArrayView<float> weight, ArrayView<float> statistics, ArrayView<float> dx);

    public delegate void WeightGradientPass(CpuAccelerator device, in ConvolutionShape shape, ArrayView<float> x, ArrayView<float> dy, ArrayView<float> dw);

    /// <summary>Output, input gradient, weight gradient; memory starts as NaN, so what is not written shows.</summary>
    public IReadOnlyList<float[]> Run(CpuAccelerator device, ForwardPass forward, InputGradientPass inputGradient, WeightGradientPass weightGradient)
    {
        using MemoryBuffer<float> x = Upload(device, X), weight = Upload(device, Weight), bias = Upload(device, Bias);
        using MemoryBuffer<float> statistics = Upload(device, Statistics), dy = Upload(device, OutputGradient);
        using MemoryBuffer<float> y = Nothing(device, Shape.OutputLength), dx = Nothing(device, Shape.InputLength), dw = Nothing(device, Shape.WeightLength);
        forward(device, Shape, x.View, weight.View, bias.View, statistics.View, y.View);
        inputGradient(device, Shape, dy.View, weight.View, statistics.View, dx.View);
        weightGradient(device, Shape, x.View, dy.View, dw.View);
        return [y.View.AsSpan().ToArray(), dx.View.AsSpan().ToArray(), dw.View.AsSpan().ToArray()];
    }

    private static MemoryBuffer<float> Upload(CpuAccelerator device, float[] values)
    {
        MemoryBuffer<float> buffer = device.Allocate<float>(values.Length);
        buffer.CopyFrom(values);
        return buffer;
    }

    private static MemoryBuffer<float> Nothing(CpuAccelerator device, long length)
    {
        MemoryBuffer<float> buffer = device.Allocate<float>(length);
        buffer.View.AsSpan().Fill(float.NaN);
        return buffer;
    }

    private static float[] Draw(Random random, long length)
    {
        float[] values = new float[length];
        for (long i = 0; i < length; i++)
        {
            values[i] = (2 * random.NextSingle()) - 1;
        }

        return values;
    }
}
