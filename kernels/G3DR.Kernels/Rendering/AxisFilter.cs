namespace G3DR.Kernels.Rendering;

/// <summary>
/// A linear map along one axis as a sparse matrix: output i is the weighted sum of inputs Index[k], k in [Start[i], Start[i + 1]).
/// </summary>
public sealed class AxisFilter
{
    private AxisFilter(int inputs, int outputs, int[] start, int[] index, double[] weight)
    {
        (Inputs, Outputs, Start, Index) = (inputs, outputs, start, index);
        WeightDouble = weight;
        Weight = Array.ConvertAll(weight, w => (float)w);
    }

    /// <summary>Length of the axis that is read.</summary>
    public int Inputs { get; }

    /// <summary>Length of the axis that is written.</summary>
    public int Outputs { get; }

    /// <summary>First tap of each output; one more entry at the end.</summary>
    public int[] Start { get; }

    /// <summary>Input position of each tap.</summary>
    public int[] Index { get; }

    /// <summary>Weight of each tap.</summary>
    public float[] Weight { get; }

    /// <summary>The same weights before rounding.</summary>
    public double[] WeightDouble { get; }

    /// <summary>
    /// Antialiased bilinear reduction by exactly <paramref name="scale"/>, as PyTorch's <c>interpolate(scale_factor = 1 / scale, antialias = True)</c>:
    /// a triangle of half-width <paramref name="scale"/> around scale (i + 0.5), cut and renormalised at the borders; floor(n / scale) outputs.
    /// </summary>
    /// <param name="inputs">Axis length n.</param>
    /// <param name="scale">Reduction, 2, 4, 8, ...</param>
    /// <exception cref="ArgumentException">The axis is shorter than the scale.</exception>
    public static AxisFilter Antialiased(int inputs, int scale)
    {
        int outputs = inputs / scale;
        if (outputs == 0)
        {
            throw new ArgumentException($"An axis of {inputs} texels cannot be reduced {scale} times.");
        }

        var start = new int[outputs + 1];
        var index = new List<int>();
        var weight = new List<double>();
        for (int i = 0; i < outputs; i++)
        {
            double centre = scale * (i + 0.5);
            int low = Math.Max(0, (int)(centre - scale + 0.5));
            int high = Math.Min(inputs, (int)(centre + scale + 0.5));
            double sum = 0;
            for (int j = low; j < high; j++)
            {
                double w = Math.Max(0, 1 - Math.Abs((j + 0.5 - centre) / scale));
                index.Add(j);
                weight.Add(w);
                sum += w;
            }

            for (int k = start[i]; k < index.Count; k++)
            {
                weight[k] /= sum;
            }

            start[i + 1] = index.Count;
        }

        return new(inputs, outputs, start, [.. index], [.. weight]);
    }

    /// <summary>
    /// Bilinear interpolation without antialiasing, as PyTorch's <c>interpolate(size, mode = "bilinear", align_corners = False)</c>:
    /// output i reads position max(0, (i + 0.5) inputs / outputs - 0.5) between two neighbours.
    /// </summary>
    /// <param name="inputs">Axis length that is read.</param>
    /// <param name="outputs">Axis length that is written.</param>
    /// <exception cref="ArgumentOutOfRangeException">A length is below 1.</exception>
    public static AxisFilter Bilinear(int inputs, int outputs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        var start = new int[outputs + 1];
        var index = new int[2 * outputs];
        var weight = new double[2 * outputs];
        for (int i = 0; i < outputs; i++)
        {
            double position = Math.Max(0, ((i + 0.5) * inputs / outputs) - 0.5);
            int low = Math.Min((int)position, inputs - 1);
            double fraction = position - low;
            (index[2 * i], weight[2 * i]) = (low, 1 - fraction);
            (index[(2 * i) + 1], weight[(2 * i) + 1]) = (Math.Min(low + 1, inputs - 1), fraction);
            start[i + 1] = 2 * (i + 1);
        }

        return new(inputs, outputs, start, index, weight);
    }

    /// <summary>Means of neighbours: one output fewer than inputs.</summary>
    /// <param name="inputs">Axis length, at least 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no neighbours.</exception>
    public static AxisFilter Midpoints(int inputs) => Neighbours(inputs, 0.5, 0.5);

    /// <summary>Differences of neighbours, the later minus the earlier: one output fewer than inputs.</summary>
    /// <param name="inputs">Axis length, at least 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no neighbours.</exception>
    public static AxisFilter Differences(int inputs) => Neighbours(inputs, -1, 1);

    /// <summary>The adjoint map: inputs and outputs exchanged.</summary>
    public AxisFilter Transpose()
    {
        var start = new int[Inputs + 1];
        foreach (int j in Index)
        {
            start[j + 1]++;
        }

        for (int j = 0; j < Inputs; j++)
        {
            start[j + 1] += start[j];
        }

        var next = (int[])start.Clone();
        var index = new int[Index.Length];
        var weight = new double[Index.Length];
        for (int i = 0; i < Outputs; i++)
        {
            for (int k = Start[i]; k < Start[i + 1]; k++)
            {
                int slot = next[Index[k]]++;
                index[slot] = i;
                weight[slot] = WeightDouble[k];
            }
        }

        return new(Outputs, Inputs, start, index, weight);
    }

    private static AxisFilter Neighbours(int inputs, double earlier, double later)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 2);
        int outputs = inputs - 1;
        var start = new int[outputs + 1];
        var index = new int[2 * outputs];
        var weight = new double[2 * outputs];
        for (int i = 0; i < outputs; i++)
        {
            (index[2 * i], weight[2 * i]) = (i, earlier);
            (index[(2 * i) + 1], weight[(2 * i) + 1]) = (i + 1, later);
            start[i + 1] = 2 * (i + 1);
        }

        return new(inputs, outputs, start, index, weight);
    }
}
