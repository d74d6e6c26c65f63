namespace G3DR.Core.Imaging;

/// <summary>
/// Which source pixels each target pixel of an axis is interpolated from, with which weights, by the rules of OpenCV's <c>resize</c>: half-pixel centres, no antialiasing, the
/// border pixel repeated, positions and weights in single precision.
/// </summary>
internal sealed class SampledAxis
{
    // OpenCV's coefficient of cubic convolution (Keys 1981).
    private const float Sharpness = -0.75f;

    private readonly int[] _sources;
    private readonly float[] _weights;

    public SampledAxis(int sourceLength, int targetLength, OpenCvFilter filter)
    {
        Taps = filter switch
        {
            OpenCvFilter.Linear => 2,
            OpenCvFilter.Cubic => 4,
            _ => throw new ArgumentOutOfRangeException(nameof(filter), filter, "Unknown filter."),
        };
        TargetLength = targetLength;
        _sources = new int[checked(targetLength * Taps)];
        _weights = new float[_sources.Length];
        double scale = 1.0 / ((double)targetLength / sourceLength);
        for (int i = 0; i < targetLength; i++)
        {
            float position = (float)(((i + 0.5) * scale) - 0.5);
            int first = (int)MathF.Floor(position);
            Span<float> weights = _weights.AsSpan(i * Taps, Taps);
            if (filter == OpenCvFilter.Linear)
            {
                // Outside of the outermost centres a pixel stands alone.
                float share = first < 0 || first >= sourceLength - 1 ? 0 : position - first;
                (weights[0], weights[1]) = (1 - share, share);
            }
            else
            {
                Cubic(position - first, weights);
                first--;
            }

            for (int tap = 0; tap < Taps; tap++)
            {
                _sources[(i * Taps) + tap] = Math.Clamp(first + tap, 0, sourceLength - 1);
            }
        }
    }

    /// <summary>Source pixels of a target pixel.</summary>
    public int Taps { get; }

    public int TargetLength { get; }

    /// <summary>Indices of the source pixels, neighbours or equal.</summary>
    public ReadOnlySpan<int> Sources(int i) => _sources.AsSpan(i * Taps, Taps);

    /// <summary>Their weights.</summary>
    public ReadOnlySpan<float> Weights(int i) => _weights.AsSpan(i * Taps, Taps);

    // Weights of the pixels at -1, 0, 1 and 2 for a position between 0 and 1; the last one makes their sum 1.
    private static void Cubic(float t, Span<float> weights)
    {
        const float a = Sharpness;
        weights[0] = Outer(t + 1);
        weights[1] = Inner(t);
        weights[2] = Inner(1 - t);
        weights[3] = 1 - weights[0] - weights[1] - weights[2];

        static float Inner(float x) => ((((a + 2) * x) - (a + 3)) * x * x) + 1;
        static float Outer(float x) => (((((a * x) - (5 * a)) * x) + (8 * a)) * x) - (4 * a);
    }
}
