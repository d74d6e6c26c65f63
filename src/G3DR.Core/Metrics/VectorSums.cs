using System.Numerics;

namespace G3DR.Core.Metrics;

/// <summary>Sums of vectors in double precision.</summary>
internal static class VectorSums
{
    /// <summary>sums += factor * values.</summary>
    public static void AddScaled(ReadOnlySpan<double> values, double factor, Span<double> sums)
    {
        var factors = new Vector<double>(factor);
        int i = 0;
        for (; i <= sums.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            Vector<double> sum = new Vector<double>(sums[i..]) + (factors * new Vector<double>(values[i..]));
            sum.CopyTo(sums[i..]);
        }

        for (; i < sums.Length; i++)
        {
            sums[i] += factor * values[i];
        }
    }
}
