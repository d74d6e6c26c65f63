using System.Runtime.CompilerServices;
using G3DR.Compute;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Rendering.Fused;

/// <summary>Where the samples of one ray lie: coarse distances, fine distances by importance, and the merge of both.</summary>
internal static unsafe class RaySampling
{
    /// <summary>Numbers <paramref name="first"/> ... of a uniform stream, four to a counter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FillUniform(ulong seed, uint stream, ulong first, int count, float* destination)
    {
        uint* words = stackalloc uint[4];
        for (int i = 0; i < count;)
        {
            ulong index = first + (ulong)i;
            words[0] = (uint)(index >> 2);
            words[1] = (uint)(index >> 34);
            words[2] = stream;
            words[3] = 0;
            Philox.Rounds(ref words[0], ref words[1], ref words[2], ref words[3], (uint)seed, (uint)(seed >> 32));
            for (int lane = (int)(index & 3); lane < 4 && i < count; lane++, i++)
            {
                destination[i] = (words[lane] >> 8) * (1f / 16777216f);
            }
        }
    }

    /// <summary>Coarse distances of one ray from its limits and uniform numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Coarse(CoarseSampling rule, float near, float far, float* noise, int count, float* distance)
    {
        float range = far - near;
        if (rule == CoarseSampling.Stratified)
        {
            float step = range / Math.Max(count - 1, 1);
            for (int s = 0; s < count; s++)
            {
                distance[s] = near + (s * step) + (noise[s] * step);
            }
        }
        else
        {
            for (int s = 0; s < count; s++)
            {
                distance[s] = near + ((s + noise[s]) / count * range);
            }
        }
    }

    /// <summary>Distances around a known surface, evenly within 0.05 (released code).</summary>
    public static void AroundSurface(float surface, int count, float* distance)
    {
        for (int k = 0; k < count; k++)
        {
            distance[k] = surface + (count == 1 ? -0.05f : -0.05f + (0.1f * k / (count - 1)));
        }
    }

    /// <summary>
    /// Fine distances from the weights of the coarse intervals (NeRF's inverse transform sampling with the blur of mip-NeRF, exactly as in
    /// the released code, whose last bin edge is never used), sorted.
    /// </summary>
    /// <param name="distance">Coarse distances, rising.</param>
    /// <param name="count">Their number S.</param>
    /// <param name="weight">Weights of the S - 1 intervals.</param>
    /// <param name="uniform">Uniform numbers.</param>
    /// <param name="fineCount">Their number K.</param>
    /// <param name="fine">Receives K distances, rising.</param>
    /// <param name="scratch">Rows of samples for the distribution, and K unsorted distances.</param>
    /// <param name="stride">Samples per row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Importance<V>(float* distance, int count, float* weight, float* uniform, int fineCount, float* fine, float* scratch, int stride)
        where V : struct, ISimd<V>
    {
        float* cumulative = scratch, unsorted = scratch + stride;
        int bins = count - 3;
        float sum = 0;
        float before = Math.Max(weight[0], weight[1]);
        for (int i = 0; i < bins; i++)
        {
            // Blurred weight of interval i + 1: mean of the maxima over its two pairs of neighbours.
            float after = Math.Max(weight[i + 1], weight[i + 2]);
            float w = ((before + after) / 2) + 0.01f + 1e-5f;
            before = after;
            cumulative[i + 1] = w;
            sum += w;
        }

        cumulative[0] = 0;
        for (int i = 1; i <= bins; i++)
        {
            cumulative[i] = cumulative[i - 1] + (cumulative[i] / sum);
        }

        for (int i = bins + 1; i < stride; i++)
        {
            cumulative[i] = float.PositiveInfinity;
        }

        for (int k = 0; k < fineCount; k++)
        {
            float u = uniform[k];
            int index = CountNotAbove<V>(cumulative, bins + 1, u);
            int low = Math.Max(index - 1, 0), high = Math.Min(index, bins);
            float width = cumulative[high] - cumulative[low];
            float start = (distance[low] + distance[low + 1]) * 0.5f, end = (distance[high] + distance[high + 1]) * 0.5f;
            unsorted[k] = start + ((u - cumulative[low]) / (width < 1e-5f ? 1 : width) * (end - start));
        }

        Sort<V>(unsorted, fineCount, fine, stride);
    }

    /// <summary>
    /// Merges two rising runs of <paramref name="source"/> (row 0 distances, rows 1-4 outputs; coarse first, then fine) into rising order.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Merge(float* source, int coarse, int fine, int stride, float* distance, float* raw)
    {
        int i = 0, j = coarse, end = coarse + fine;
        for (int s = 0; s < end; s++)
        {
            int from = j >= end || (i < coarse && source[i] <= source[j]) ? i++ : j++;
            distance[s] = source[from];
            raw[s] = source[stride + from];
            raw[stride + s] = source[(2 * stride) + from];
            raw[(2 * stride) + s] = source[(3 * stride) + from];
            raw[(3 * stride) + s] = source[(4 * stride) + from];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int CountNotAbove<V>(float* sorted, int count, float value)
        where V : struct, ISimd<V>
    {
        int total = 0;
        V v = V.Create(value);
        for (int i = 0; i < count; i += V.Count)
        {
            total += V.CountTrue(V.GreaterOrEqual(v, V.Load(sorted + i)));
        }

        return total;
    }

    /// <summary>Sorts by counting, for each number, how many are smaller: no branches to mispredict at the few numbers of a ray.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sort<V>(float* values, int count, float* sorted, int stride)
        where V : struct, ISimd<V>
    {
        for (int i = count; i < Math.Min(stride, count + 16); i++)
        {
            values[i] = float.PositiveInfinity;
        }

        for (int i = 0; i < count; i++)
        {
            sorted[i] = float.NaN;
        }

        for (int i = 0; i < count; i++)
        {
            int rank = 0;
            V v = V.Create(values[i]);
            for (int j = 0; j < count; j += V.Count)
            {
                rank += V.CountTrue(V.Greater(v, V.Load(values + j)));
            }

            // Equal numbers have equal ranks: take the next free place.
            while (rank < count && !float.IsNaN(sorted[rank]))
            {
                rank++;
            }

            if (rank < count)
            {
                sorted[rank] = values[i];
            }
        }
    }
}
