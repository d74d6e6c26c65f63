using System.Runtime.CompilerServices;
using G3DR.Compute.Simd;
using G3DR.Compute.Threading;
using G3DR.Kernels.Resampling;

namespace G3DR.Kernels.Rendering.Fused;

/// <summary>Makes the coarser levels of the hidden planes, and carries their gradients back: one separable filter, columns then rows.</summary>
internal static unsafe class PlaneFilter
{
    /// <summary>Writes <paramref name="level"/> from its parent.</summary>
    public static void Reduce<V>(ThreadTeam team, HiddenLayout layout, int level, float* planes, float* scratch)
        where V : struct, ISimd<V>
    {
        int parent = layout.Parent(level), units = layout.Hidden;
        AxisFilter columns = layout.Columns[level]!, rows = layout.Rows[level]!;
        long width = (long)columns.Outputs * units;
        for (int p = 0; p < layout.Sources.Length; p++)
        {
            int plane = p;
            team.For(rows.Inputs, row => Filter<V>(columns, 0, columns.Outputs, planes + layout.Texel(parent, plane, row, 0), units, units, scratch + (row * width), units, accumulate: false));
            team.For(rows.Outputs, row => Filter<V>(rows, row, row + 1, scratch, width, checked((int)width), planes + layout.Texel(level, plane, row, 0), 0, accumulate: false));
        }
    }

    /// <summary>Adds to the gradient of the parent of <paramref name="level"/> what the gradient of that level contributes.</summary>
    public static void SpreadGradient<V>(ThreadTeam team, HiddenLayout layout, int level, float* gradient, float* scratch)
        where V : struct, ISimd<V>
    {
        int parent = layout.Parent(level), units = layout.Hidden;
        AxisFilter columns = layout.Columns[level]!.Transpose(), rows = layout.Rows[level]!.Transpose();
        long width = (long)columns.Inputs * units;
        for (int p = 0; p < layout.Sources.Length; p++)
        {
            int plane = p;
            long rowStride = layout.RowStride(level);
            float* from = gradient + layout.Texel(level, plane, 0, 0);
            team.For(rows.Outputs, row => Filter<V>(rows, row, row + 1, from, rowStride, checked((int)width), scratch + (row * width), 0, accumulate: false));
            team.For(rows.Outputs, row => Filter<V>(columns, 0, columns.Outputs, scratch + (row * width), units, units, gradient + layout.Texel(parent, plane, row, 0), units, accumulate: true));
        }
    }

    /// <summary>to[i] (+)= sum over taps of weight * from[index], for outputs first .. end - 1; each element is <paramref name="count"/> floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Filter<V>(AxisFilter filter, int first, int end, float* from, long stride, int count, float* to, long toStride, bool accumulate)
        where V : struct, ISimd<V>
    {
        int[] start = filter.Start, index = filter.Index;
        float[] weight = filter.Weight;
        for (int i = first; i < end; i++)
        {
            float* d = to + ((i - first) * toStride);
            for (int c = 0; c < count; c += 4 * V.Count)
            {
                V a0 = V.Zero, a1 = V.Zero, a2 = V.Zero, a3 = V.Zero;
                for (int k = start[i]; k < start[i + 1]; k++)
                {
                    float* x = from + (index[k] * stride) + c;
                    V w = V.Create(weight[k]);
                    a0 = V.MultiplyAdd(w, V.Load(x), a0);
                    a1 = V.MultiplyAdd(w, V.Load(x + V.Count), a1);
                    a2 = V.MultiplyAdd(w, V.Load(x + (2 * V.Count)), a2);
                    a3 = V.MultiplyAdd(w, V.Load(x + (3 * V.Count)), a3);
                }

                if (accumulate)
                {
                    a0 += V.Load(d + c);
                    a1 += V.Load(d + c + V.Count);
                    a2 += V.Load(d + c + (2 * V.Count));
                    a3 += V.Load(d + c + (3 * V.Count));
                }

                a0.Store(d + c);
                a1.Store(d + c + V.Count);
                a2.Store(d + c + (2 * V.Count));
                a3.Store(d + c + (3 * V.Count));
            }
        }
    }
}
