namespace G3DR.Kernels.Rendering.Fused;

/// <summary>Gradients of the decoder: float sums of a block of rays, added up in block order in double precision.</summary>
internal sealed unsafe class DecoderSums(int units, int channels)
{
    private readonly double[] _others = new double[BlockSize(units)];

    /// <summary>Gradient of the used first weights (units, channels), times 3.</summary>
    public double[] First { get; } = new double[(long)units * channels];

    /// <summary>Floats of one block's sums: second layer (4, units), first bias (units), direction weights (3, units), second bias (4).</summary>
    public static int BlockSize(int units) => (8 * units) + 4;

    public static float* SecondOf(float* block) => block;

    public static float* FirstBiasOf(float* block, int units) => block + (4 * units);

    public static float* SecondBiasOf(float* block, int units) => block + (8 * units);

    /// <summary>Adds one ray's gradient of the direction weights: the outer product of its bias gradient and its direction.</summary>
    public static void AddDirection(float* block, int units, float* direction, float* rayBias)
    {
        float* sums = block + (5 * units);
        for (int axis = 0; axis < 3; axis++)
        {
            for (int u = 0; u < units; u++)
            {
                sums[(axis * units) + u] += direction[axis] * rayBias[u];
            }
        }
    }

    /// <summary>Adds the sums of one block.</summary>
    public void Add(float* block)
    {
        for (int i = 0; i < _others.Length; i++)
        {
            _others[i] += block[i];
        }
    }

    /// <summary>Writes the gradients of the stored parameters.</summary>
    public void Store(FusedRenderProblem problem, in FusedRenderGradients gradients)
    {
        int inputs = channels + (problem.UsesDirections ? 3 : 0);
        for (int u = 0; u < problem.Hidden; u++)
        {
            for (int c = 0; c < channels; c++)
            {
                gradients.Weight0[((long)u * inputs) + c] = (float)(First[((long)u * channels) + c] * problem.FirstGain / 3);
            }

            for (int axis = 0; axis < inputs - channels; axis++)
            {
                gradients.Weight0[((long)u * inputs) + channels + axis] = (float)(_others[((5 + axis) * units) + u] * problem.FirstGain);
            }

            gradients.Bias0[u] = (float)(_others[(4 * units) + u] * problem.BiasGain);
            for (int o = 0; o < 4; o++)
            {
                gradients.Weight2[(o * problem.Hidden) + u] = (float)(_others[(o * units) + u] * problem.SecondGain);
            }
        }

        for (int o = 0; o < 4; o++)
        {
            gradients.Bias2[o] = (float)(_others[(8 * units) + o] * problem.BiasGain);
        }
    }
}
