namespace G3DR.Kernels.Resampling;

/// <summary>
/// A linear map along one axis as a sparse matrix: output i is the weighted sum of inputs Index[k], k in [Start[i], Start[i + 1]).
/// </summary>
public sealed partial class AxisFilter
{
    private AxisFilter(int inputs, int outputs, int[] start, int[] index, double[] weight)
    {
        (Inputs, Outputs, Start, Index) = (inputs, outputs, start, index);
        WeightDouble = weight;
        Weight = Array.ConvertAll(weight, w => (float)w);
        IsIdentity = inputs == outputs && index.Length == outputs && index.SequenceEqual(Enumerable.Range(0, inputs)) && weight.All(w => w == 1);
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

    /// <summary>Whether each output is the input at its place.</summary>
    public bool IsIdentity { get; }

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
        var taps = new Taps(inputs);
        for (int i = 0; i + 1 < inputs; i++)
        {
            taps.Add(i, earlier);
            taps.Add(i + 1, later);
            taps.EndOutput();
        }

        return taps.ToFilter();
    }

    /// <summary>Taps as they are found, output by output.</summary>
    private sealed class Taps(int inputs)
    {
        private readonly List<int> _start = [0], _index = [];
        private readonly List<double> _weight = [];

        /// <summary>Adds a tap to the output at hand: positions outside the axis count as its ends, and taps of one position are one.</summary>
        public void Add(int position, double weight)
        {
            int inside = Math.Clamp(position, 0, inputs - 1);
            int known = _index.IndexOf(inside, _start[^1]);
            if (known >= 0)
            {
                _weight[known] += weight;
            }
            else if (weight != 0)
            {
                _index.Add(inside);
                _weight.Add(weight);
            }
        }

        /// <summary>Ends the output at hand.</summary>
        /// <param name="normalise">Whether its weights are divided by their sum.</param>
        public void EndOutput(bool normalise = false)
        {
            int first = _start[^1];
            if (normalise)
            {
                double sum = _weight.Skip(first).Sum();
                for (int k = first; k < _weight.Count; k++)
                {
                    _weight[k] /= sum;
                }
            }

            _start.Add(_index.Count);
        }

        public AxisFilter ToFilter() => new(inputs, _start.Count - 1, [.. _start], [.. _index], [.. _weight]);
    }
}
