using System.Runtime.CompilerServices;
using G3DR.Compute.Simd;
using G3DR.Compute.Threading;

namespace G3DR.Kernels.Rendering.Fused;

/// <summary>
/// The decoder's first layer applied to the planes before they are sampled. Sampling, summing levels and averaging planes are linear, so
/// W1 (mean over planes of sampled features) = sum over planes of sampled (W1 features / 3): the points then need no matrix product at all,
/// and the gradient of W1 becomes a product over texels instead of points.
/// </summary>
internal static unsafe class HiddenPlanes
{
    private const int RowsPerShard = 4;

    /// <summary>Hidden units rounded up so that all vector widths divide them into whole groups of four vectors.</summary>
    public static int PadHidden(int hidden) => (hidden + 63) & ~63;

    /// <summary>Writes the hidden planes of one scene, all levels, into <paramref name="hidden"/> (zeroed before).</summary>
    /// <param name="team">Threads.</param>
    /// <param name="layout">Where texels go.</param>
    /// <param name="problem">Sizes.</param>
    /// <param name="planes">Planes (3, H, W, C) of the scene.</param>
    /// <param name="weight">First layer (C, padded hidden), gain and 1/3 included.</param>
    /// <param name="hidden">Destination.</param>
    /// <param name="scratch">Room for <see cref="FilterScratch"/> floats.</param>
    public static void Build<V>(ThreadTeam team, HiddenLayout layout, FusedRenderProblem problem, float* planes, float* weight, float* hidden, float* scratch)
        where V : struct, ISimd<V>
    {
        int height = problem.Height, width = problem.Width, channels = problem.Channels, units = layout.Hidden;
        for (int p = 0; p < layout.Sources.Length; p++)
        {
            int target = p;
            PlaneSource source = layout.Sources[p];
            team.For((height + RowsPerShard - 1) / RowsPerShard, shard =>
            {
                for (int row = shard * RowsPerShard; row < Math.Min(height, (shard + 1) * RowsPerShard); row++)
                {
                    float* to = hidden + layout.Texel(0, target, row, 0);
                    float* from = planes + ((((long)source.Plane * height) + row) * width * channels);
                    Project<V>(from, channels, width, channels, weight, units, to, accumulate: false);
                    if (source.Transposed >= 0)
                    {
                        // Row `row` of the sampled plane is column `row` of the transposed one.
                        from = planes + ((((long)source.Transposed * height * width) + row) * channels);
                        Project<V>(from, (long)width * channels, width, channels, weight, units, to, accumulate: true);
                    }
                }
            });
        }

        for (int level = 1; level < layout.Heights.Length; level++)
        {
            PlaneFilter.Reduce<V>(team, layout, level, hidden, scratch);
        }
    }

    /// <summary>
    /// Carries gradients of all levels back to the finest, then to the planes and the first layer.
    /// <paramref name="gradient"/> has the layout of the hidden planes and is changed.
    /// </summary>
    /// <param name="team">Threads.</param>
    /// <param name="layout">Where texels lie.</param>
    /// <param name="problem">Sizes.</param>
    /// <param name="planes">Planes (3, H, W, C) of the scene.</param>
    /// <param name="weightTransposed">First layer (padded hidden, C), gain and 1/3 included.</param>
    /// <param name="gradient">Gradient of the hidden planes.</param>
    /// <param name="gradPlanes">Receives the gradient of the planes (3, H, W, C).</param>
    /// <param name="gradWeight">Receives, added, the gradient of the used weights times 3 (padded hidden, C).</param>
    /// <param name="scratch">Room for the larger of <see cref="FilterScratch"/> and <see cref="OuterScratch"/> floats.</param>
    public static void Backward<V>(
        ThreadTeam team, HiddenLayout layout, FusedRenderProblem problem, float* planes, float* weightTransposed, float* gradient, float* gradPlanes, double[] gradWeight, float* scratch)
        where V : struct, ISimd<V>
    {
        for (int level = layout.Heights.Length - 1; level > 0; level--)
        {
            PlaneFilter.SpreadGradient<V>(team, layout, level, gradient, scratch);
        }

        int height = problem.Height, width = problem.Width, channels = problem.Channels, units = layout.Hidden;
        int shards = OuterShards(problem), perPlane = (height + RowsPerOuterShard - 1) / RowsPerOuterShard;
        long partial = (long)units * channels;
        team.For(shards, shard =>
        {
            (int plane, int part) = Math.DivRem(shard, perPlane);
            float* sum = scratch + (shard * partial);
            new Span<float>(sum, checked((int)partial)).Clear();
            (int sampled, bool transposed) = Find(layout, plane);
            long step = transposed ? layout.RowStride(0) : units;
            for (int row = part * RowsPerOuterShard; row < Math.Min(height, (part + 1) * RowsPerOuterShard); row++)
            {
                float* from = gradient + (transposed ? layout.Texel(0, sampled, 0, row) : layout.Texel(0, sampled, row, 0));
                long texel = (((long)plane * height) + row) * width * channels;
                ProjectTail<V>(from, step, width, units, weightTransposed, channels, gradPlanes + texel);
                AddOuter<V>(from, step, units, planes + texel, channels, width, sum);
            }
        });

        for (int shard = 0; shard < shards; shard++)
        {
            float* sum = scratch + (shard * partial);
            for (long i = 0; i < partial; i++)
            {
                gradWeight[i] += sum[i];
            }
        }
    }

    /// <summary>Floats of scratch that pyramid filters need.</summary>
    public static long FilterScratch(HiddenLayout layout)
    {
        long most = 0;
        for (int level = 1; level < layout.Heights.Length; level++)
        {
            most = Math.Max(most, (long)layout.Heights[layout.Parent(level)] * layout.Widths[level] * layout.Hidden);
        }

        return most;
    }

    /// <summary>Floats of scratch that the sums for the first layer need.</summary>
    public static long OuterScratch(FusedRenderProblem problem) => (long)OuterShards(problem) * PadHidden(problem.Hidden) * problem.Channels;

    private const int RowsPerOuterShard = 16;

    private static int OuterShards(FusedRenderProblem problem) => 3 * ((problem.Height + RowsPerOuterShard - 1) / RowsPerOuterShard);

    /// <summary>Which sampled plane holds a given one, and whether transposed.</summary>
    public static (int Sampled, bool Transposed) Find(HiddenLayout layout, int plane)
    {
        for (int p = 0; p < layout.Sources.Length; p++)
        {
            if (layout.Sources[p].Plane == plane || layout.Sources[p].Transposed == plane)
            {
                return (p, layout.Sources[p].Transposed == plane);
            }
        }

        throw new InvalidOperationException($"Plane {plane} is not sampled.");
    }

    /// <summary>to[t] (+)= from[t] W for <paramref name="count"/> texels; W is (channels, units), units a multiple of four vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Project<V>(float* from, long stride, int count, int channels, float* weight, int units, float* to, bool accumulate)
        where V : struct, ISimd<V>
    {
        int block = 4 * V.Count;
        for (int t = 0; t < count; t += 3)
        {
            // The last group repeats its last texel; repeated results are not stored.
            float* x0 = from + (t * stride), x1 = from + (Math.Min(t + 1, count - 1) * stride), x2 = from + (Math.Min(t + 2, count - 1) * stride);
            for (int u = 0; u < units; u += block)
            {
                V a0 = V.Zero, a1 = V.Zero, a2 = V.Zero, a3 = V.Zero, b0 = V.Zero, b1 = V.Zero, b2 = V.Zero, b3 = V.Zero, c0 = V.Zero, c1 = V.Zero, c2 = V.Zero, c3 = V.Zero;
                float* w = weight + u;
                for (int c = 0; c < channels; c++, w += units)
                {
                    V w0 = V.Load(w), w1 = V.Load(w + V.Count), w2 = V.Load(w + (2 * V.Count)), w3 = V.Load(w + (3 * V.Count));
                    V x = V.Create(x0[c]);
                    a0 = V.MultiplyAdd(x, w0, a0);
                    a1 = V.MultiplyAdd(x, w1, a1);
                    a2 = V.MultiplyAdd(x, w2, a2);
                    a3 = V.MultiplyAdd(x, w3, a3);
                    x = V.Create(x1[c]);
                    b0 = V.MultiplyAdd(x, w0, b0);
                    b1 = V.MultiplyAdd(x, w1, b1);
                    b2 = V.MultiplyAdd(x, w2, b2);
                    b3 = V.MultiplyAdd(x, w3, b3);
                    x = V.Create(x2[c]);
                    c0 = V.MultiplyAdd(x, w0, c0);
                    c1 = V.MultiplyAdd(x, w1, c1);
                    c2 = V.MultiplyAdd(x, w2, c2);
                    c3 = V.MultiplyAdd(x, w3, c3);
                }

                float* d = to + ((long)t * units) + u;
                StoreFour(d, a0, a1, a2, a3, accumulate);
                if (t + 1 < count)
                {
                    StoreFour(d + units, b0, b1, b2, b3, accumulate);
                }

                if (t + 2 < count)
                {
                    StoreFour(d + (2 * units), c0, c1, c2, c3, accumulate);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreFour<V>(float* to, V v0, V v1, V v2, V v3, bool accumulate)
        where V : struct, ISimd<V>
    {
        if (accumulate)
        {
            v0 += V.Load(to);
            v1 += V.Load(to + V.Count);
            v2 += V.Load(to + (2 * V.Count));
            v3 += V.Load(to + (3 * V.Count));
        }

        v0.Store(to);
        v1.Store(to + V.Count);
        v2.Store(to + (2 * V.Count));
        v3.Store(to + (3 * V.Count));
    }

    /// <summary>to[t] = from[t] W for any number of columns; W is (units, columns).</summary>
    private static void ProjectTail<V>(float* from, long stride, int count, int units, float* weight, int columns, float* to)
        where V : struct, ISimd<V>
    {
        int column = 0;
        for (; column + (2 * V.Count) <= columns; column += 2 * V.Count)
        {
            ProjectColumns<V>(from, stride, count, units, weight + column, columns, to + column, pair: true);
        }

        for (; column + V.Count <= columns; column += V.Count)
        {
            ProjectColumns<V>(from, stride, count, units, weight + column, columns, to + column, pair: false);
        }

        for (; column < columns; column++)
        {
            for (int t = 0; t < count; t++)
            {
                float sum = 0;
                for (int u = 0; u < units; u++)
                {
                    sum += from[(t * stride) + u] * weight[((long)u * columns) + column];
                }

                to[((long)t * columns) + column] = sum;
            }
        }
    }

    /// <summary>One or two vectors of columns for all texels, four texels at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ProjectColumns<V>(float* from, long stride, int count, int units, float* weight, int columns, float* to, bool pair)
        where V : struct, ISimd<V>
    {
        // Without a second vector the first is computed twice and stored once.
        int second = pair ? V.Count : 0;
        for (int t = 0; t < count; t += 4)
        {
            float* x0 = from + (t * stride), x1 = from + (Math.Min(t + 1, count - 1) * stride);
            float* x2 = from + (Math.Min(t + 2, count - 1) * stride), x3 = from + (Math.Min(t + 3, count - 1) * stride);
            V a0 = V.Zero, a1 = V.Zero, b0 = V.Zero, b1 = V.Zero, c0 = V.Zero, c1 = V.Zero, d0 = V.Zero, d1 = V.Zero;
            float* w = weight;
            for (int u = 0; u < units; u++, w += columns)
            {
                V w0 = V.Load(w), w1 = V.Load(w + second);
                V x = V.Create(x0[u]);
                a0 = V.MultiplyAdd(x, w0, a0);
                a1 = V.MultiplyAdd(x, w1, a1);
                x = V.Create(x1[u]);
                b0 = V.MultiplyAdd(x, w0, b0);
                b1 = V.MultiplyAdd(x, w1, b1);
                x = V.Create(x2[u]);
                c0 = V.MultiplyAdd(x, w0, c0);
                c1 = V.MultiplyAdd(x, w1, c1);
                x = V.Create(x3[u]);
                d0 = V.MultiplyAdd(x, w0, d0);
                d1 = V.MultiplyAdd(x, w1, d1);
            }

            float* d = to + ((long)t * columns);
            StoreTwo(d, a0, a1, second);
            if (t + 1 < count)
            {
                StoreTwo(d + columns, b0, b1, second);
            }

            if (t + 2 < count)
            {
                StoreTwo(d + (2L * columns), c0, c1, second);
            }

            if (t + 3 < count)
            {
                StoreTwo(d + (3L * columns), d0, d1, second);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreTwo<V>(float* to, V v0, V v1, int second)
        where V : struct, ISimd<V>
    {
        v1.Store(to + second);
        v0.Store(to);
    }

    /// <summary>sum[u, c] += sum over texels of g[t, u] x[t, c].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddOuter<V>(float* g, long stride, int units, float* x, int channels, int count, float* sum)
        where V : struct, ISimd<V>
    {
        int blocked = channels / (2 * V.Count) * (2 * V.Count);
        for (int u = 0; u < units; u += 4)
        {
            for (int c = 0; c < blocked; c += 2 * V.Count)
            {
                V a0 = V.Zero, a1 = V.Zero, b0 = V.Zero, b1 = V.Zero, c0 = V.Zero, c1 = V.Zero, d0 = V.Zero, d1 = V.Zero;
                for (int t = 0; t < count; t++)
                {
                    float* row = g + (t * stride) + u;
                    V x0 = V.Load(x + ((long)t * channels) + c), x1 = V.Load(x + ((long)t * channels) + c + V.Count);
                    a0 = V.MultiplyAdd(V.Create(row[0]), x0, a0);
                    a1 = V.MultiplyAdd(V.Create(row[0]), x1, a1);
                    b0 = V.MultiplyAdd(V.Create(row[1]), x0, b0);
                    b1 = V.MultiplyAdd(V.Create(row[1]), x1, b1);
                    c0 = V.MultiplyAdd(V.Create(row[2]), x0, c0);
                    c1 = V.MultiplyAdd(V.Create(row[2]), x1, c1);
                    d0 = V.MultiplyAdd(V.Create(row[3]), x0, d0);
                    d1 = V.MultiplyAdd(V.Create(row[3]), x1, d1);
                }

                float* s = sum + ((long)u * channels) + c;
                AddTwo(s, a0, a1);
                AddTwo(s + channels, b0, b1);
                AddTwo(s + (2 * channels), c0, c1);
                AddTwo(s + (3 * channels), d0, d1);
            }

            for (int c = blocked; c < channels; c++)
            {
                for (int k = 0; k < 4; k++)
                {
                    float total = 0;
                    for (int t = 0; t < count; t++)
                    {
                        total += g[(t * stride) + u + k] * x[((long)t * channels) + c];
                    }

                    sum[((long)(u + k) * channels) + c] += total;
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTwo<V>(float* to, V v0, V v1)
        where V : struct, ISimd<V>
    {
        (V.Load(to) + v0).Store(to);
        (V.Load(to + V.Count) + v1).Store(to + V.Count);
    }
}
