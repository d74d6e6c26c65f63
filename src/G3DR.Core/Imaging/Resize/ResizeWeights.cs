namespace G3DR.Core.Imaging;

/// <summary>
/// Which source pixels make each target pixel along one axis, with which weights: the order of operations of Pillow's
/// <c>precompute_coeffs</c> in double precision, because the last bit of a weight decides whether results agree exactly.
/// </summary>
internal sealed class ResizeWeights
{
    private readonly int[] _start;
    private readonly int[] _count;
    private readonly double[] _weights;
    private readonly int _stride;

    public ResizeWeights(int sourceLength, int targetLength, ResizeFilter filter)
    {
        double scale = (double)sourceLength / targetLength;
        double filterScale = Math.Max(scale, 1.0);
        double support = Support(filter) * filterScale;
        double inverse = 1.0 / filterScale;
        // No window reaches further than the source, however wide the filter is.
        _stride = (int)Math.Min(sourceLength, Math.Ceiling(support) * 2 + 1);
        _start = new int[targetLength];
        _count = new int[targetLength];
        _weights = new double[checked(targetLength * _stride)];
        for (int i = 0; i < targetLength; i++)
        {
            double centre = (i + 0.5) * scale;
            int first = Math.Max(0, (int)(centre - support + 0.5));
            int end = Math.Min(sourceLength, (int)(centre + support + 0.5));
            Span<double> weights = _weights.AsSpan(i * _stride, end - first);
            double sum = 0.0;
            for (int j = 0; j < weights.Length; j++)
            {
                weights[j] = Evaluate(filter, (j + first - centre + 0.5) * inverse);
                sum += weights[j];
            }
            if (sum != 0.0)
            {
                for (int j = 0; j < weights.Length; j++)
                    weights[j] /= sum;
            }
            _start[i] = first;
            _count[i] = weights.Length;
        }
    }

    public int TargetLength => _start.Length;

    /// <summary>Index of the first source pixel of target pixel <paramref name="i"/>.</summary>
    public int Start(int i) => _start[i];

    /// <summary>Weights of the source pixels from <see cref="Start"/> on; they sum to 1.</summary>
    public ReadOnlySpan<double> Weights(int i) => _weights.AsSpan(i * _stride, _count[i]);

    /// <summary>The weights as integers of <paramref name="bits"/> fractional bits, rounded half away from zero.</summary>
    public FixedPoint ToFixedPoint(int bits)
    {
        int[] values = new int[_weights.Length];
        for (int i = 0; i < values.Length; i++)
        {
            double scaled = _weights[i] * (1 << bits);
            values[i] = (int)(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
        }
        return new FixedPoint(this, values);
    }

    private static double Support(ResizeFilter filter) => filter switch
    {
        ResizeFilter.Box => 0.5,
        ResizeFilter.Bilinear => 1.0,
        ResizeFilter.Bicubic => 2.0,
        ResizeFilter.Lanczos => 3.0,
        _ => throw new ArgumentOutOfRangeException(nameof(filter), filter, "Unknown resize filter."),
    };

    private static double Evaluate(ResizeFilter filter, double x) => filter switch
    {
        ResizeFilter.Box => x is > -0.5 and <= 0.5 ? 1.0 : 0.0,
        ResizeFilter.Bilinear => Math.Max(0.0, 1.0 - Math.Abs(x)),
        ResizeFilter.Bicubic => Cubic(Math.Abs(x)),
        _ => x is >= -3.0 and < 3.0 ? Sinc(x) * Sinc(x / 3.0) : 0.0,
    };

    private static double Sinc(double x)
    {
        if (x == 0.0)
            return 1.0;
        x *= Math.PI;
        return Math.Sin(x) / x;
    }

    private static double Cubic(double x)
    {
        const double A = -0.5;
        if (x < 1.0)
            return ((A + 2.0) * x - (A + 3.0)) * x * x + 1;
        return x < 2.0 ? (((x - 5) * x + 8) * x - 4) * A : 0.0;
    }

    /// <summary>The same windows with integer weights.</summary>
    public sealed class FixedPoint(ResizeWeights windows, int[] values)
    {
        /// <inheritdoc cref="ResizeWeights.TargetLength"/>
        public int TargetLength => windows.TargetLength;

        /// <inheritdoc cref="ResizeWeights.Start(int)"/>
        public int Start(int i) => windows.Start(i);

        /// <inheritdoc cref="ResizeWeights.Weights(int)"/>
        public ReadOnlySpan<int> Weights(int i) => values.AsSpan(i * windows._stride, windows._count[i]);
    }
}
