using G3DR.Core.Imaging;
using G3DR.Core.Networks;

namespace G3DR.Core.Depth;

/// <summary>
/// Turns what depth networks estimate into the distances that G3DR works with: along rays, from 4 (near) to 6 (far). Estimates are known up to a scale, depth up to a shift as
/// well, so neither changes the result.
/// </summary>
/// <remarks>
/// Inverse depth is inverted, not flipped: a plane seen at a slant stays a plane. What is 0 or less has no depth; it is put at <see cref="DepthConversionOptions.LargestRatio"/>
/// times the distance of the nearest pixels, which bounds the range as well. Then depth is stretched over the range, outliers apart. Order is kept.
/// </remarks>
public static class DepthConversion
{
    // Quantiles of more values than this are those of an even sample.
    private const int LargestSample = 1 << 20;

    /// <summary>Distances of a map.</summary>
    /// <param name="values">What was estimated.</param>
    /// <param name="meaning">What it means.</param>
    /// <param name="options">How outliers are told; null for the defaults.</param>
    /// <returns>
    /// Distances in [4, 6], as many. A map that is constant lies in the middle. Infinities go to the end that they mean; what is not a number counts as far.
    /// </returns>
    /// <exception cref="ArgumentException">No value is finite.</exception>
    public static float[] ToDistances(ReadOnlySpan<float> values, DepthMeaning meaning, DepthConversionOptions? options = null)
    {
        options ??= new();
        options.Validate();
        bool inverse = meaning == DepthMeaning.InverseDepth;
        Range range = Range.Of(values, options.OutlierShare);
        double floor = inverse ? range.High / options.LargestRatio : 0;
        if (inverse && floor <= 0)
        {
            // Fewer pixels than count as outliers are nearer than infinitely far.
            floor = range.Maximum / options.LargestRatio;
        }

        // A map without any depth is constant.
        double ToDepth(double value) => !inverse ? value : floor > 0 ? 1 / Math.Max(value, floor) : 0;
        Range depth = inverse
            ? new(ToDepth(range.Maximum), ToDepth(range.High), ToDepth(range.Low), ToDepth(range.Minimum))
            : range;
        (double near, double far) = depth.Ends(options.Margin);
        const double span = RgbdPicture.FarDepth - RgbdPicture.NearDepth;
        float[] distances = new float[values.Length];
        for (int i = 0; i < distances.Length; i++)
        {
            double value = values[i];
            double share = double.IsNaN(value) ? 1
                : double.IsInfinity(value) ? (value > 0 != inverse ? 1 : 0)
                : far > near ? Math.Clamp((ToDepth(value) - near) / (far - near), 0, 1)
                : 0.5;
            distances[i] = (float)(RgbdPicture.NearDepth + (span * share));
        }

        return distances;
    }

    /// <summary>Ends of all values, and of those that are left without the outlying shares.</summary>
    private readonly record struct Range(double Minimum, double Low, double High, double Maximum)
    {
        public static Range Of(ReadOnlySpan<float> values, double outliers)
        {
            (float minimum, float maximum) = (float.PositiveInfinity, float.NegativeInfinity);
            foreach (float value in values)
            {
                if (float.IsFinite(value))
                {
                    (minimum, maximum) = (Math.Min(minimum, value), Math.Max(maximum, value));
                }
            }

            if (minimum > maximum)
            {
                throw new ArgumentException("The depth map has no finite value.", nameof(values));
            }

            (float low, float high) = ColorMap.RobustRange(Sample(values), outliers, 1 - outliers);

            // A sample may have missed the few values that are finite.
            return new(minimum, Math.Clamp(low, minimum, maximum), Math.Clamp(high, minimum, maximum), maximum);
        }

        public (double Near, double Far) Ends(double margin)
        {
            double more = margin * (High - Low);
            return High > Low ? (Math.Max(Minimum, Low - more), Math.Min(Maximum, High + more)) : (Minimum, Maximum);
        }

        private static ReadOnlySpan<float> Sample(ReadOnlySpan<float> values)
        {
            if (values.Length <= LargestSample)
            {
                return values;
            }

            float[] sample = new float[LargestSample];
            for (int i = 0; i < sample.Length; i++)
            {
                sample[i] = values[(int)((long)i * values.Length / sample.Length)];
            }

            return sample;
        }
    }
}
