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
