using System.Runtime.CompilerServices;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Rendering.Fused;

/// <summary>From distances along one ray to decoder outputs: positions, texel addresses, sampling, activation and second layer.</summary>
internal static unsafe class RayPass
{
    /// <summary>Positions of <paramref name="count"/> samples in plane units, from -1 to 1 inside the box.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Positions<V>(float* origin, float* direction, float scale, float* distance, int count, float* coordinate, int stride)
        where V : struct, ISimd<V>
    {
        for (int axis = 0; axis < 3; axis++)
        {
            V o = V.Create(origin[axis] * scale), d = V.Create(direction[axis] * scale);
            for (int s = 0; s < count; s += V.Count)
            {
                V.MultiplyAdd(V.Load(distance + s), d, o).Store(coordinate + (axis * stride) + s);
            }
        }
    }

    /// <summary>
    /// Addresses and weights of the four texels around each sample on one level of one plane (bilinear, texel centres at half-integers,
    /// zero outside: the border of the hidden planes is zero and positions are held within it).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Texels<V>(float* u, float* v, int count, int width, int height, int units, int* offset, float* weight, int stride)
        where V : struct, ISimd<V>
    {
        V one = V.Create(1f), half = V.Create(0.5f);
        V halfWidth = V.Create(width * 0.5f), halfHeight = V.Create(height * 0.5f), maxX = V.Create(width), maxY = V.Create(height), low = V.Create(-1f);
        V rowTexels = V.Create(width + 2f);
        for (int s = 0; s < count; s += V.Count)
        {
            V x = V.Min(V.Max(V.MultiplyAdd(V.Load(u + s) + one, halfWidth, -half), low), maxX);
            V y = V.Min(V.Max(V.MultiplyAdd(V.Load(v + s) + one, halfHeight, -half), low), maxY);
            V x0 = V.Floor(x), y0 = V.Floor(y);
            V wx = x - x0, wy = y - y0;
            V.MultiplyAdd(y0 + one, rowTexels, x0 + one).StoreScaledInt32(units, offset + s);
            V nx = one - wx, ny = one - wy;
            (nx * ny).Store(weight + s);
            (wx * ny).Store(weight + stride + s);
            (nx * wy).Store(weight + (2 * stride) + s);
            (wx * wy).Store(weight + (3 * stride) + s);
        }
    }

    /// <summary>hidden[s] = bias + weighted sum of the texels of all maps.</summary>
    /// <param name="bases">First float of each map.</param>
    /// <param name="rowStrides">Floats per texel row of each map.</param>
    /// <param name="maps">Number of maps.</param>
    /// <param name="offset">[map][sample].</param>
    /// <param name="weight">[map][corner][sample].</param>
    /// <param name="stride">Samples per row.</param>
    /// <param name="count">Samples to do.</param>
    /// <param name="units">Floats per texel.</param>
    /// <param name="bias">Start value.</param>
    /// <param name="hidden">[sample][unit].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gather<V>(float** bases, long* rowStrides, int maps, int* offset, float* weight, int stride, int count, int units, float* bias, float* hidden)
        where V : struct, ISimd<V>
    {
        for (int s = 0; s < count; s++)
        {
            for (int c = 0; c < units; c += 4 * V.Count)
            {
                // Two sets of sums, for the upper and the lower texel row: eight independent chains hide the latency of the additions.
                V a0 = V.Load(bias + c), a1 = V.Load(bias + c + V.Count), a2 = V.Load(bias + c + (2 * V.Count)), a3 = V.Load(bias + c + (3 * V.Count));
                V b0 = V.Zero, b1 = V.Zero, b2 = V.Zero, b3 = V.Zero;
                int* o = offset + s;
                float* w = weight + s;
                for (int m = 0; m < maps; m++)
                {
                    float* top = bases[m] + *o + c, bottom = top + rowStrides[m];
                    V k = V.Create(w[0]), l = V.Create(w[2 * stride]);
                    a0 = V.MultiplyAdd(k, V.Load(top), a0);
                    a1 = V.MultiplyAdd(k, V.Load(top + V.Count), a1);
                    a2 = V.MultiplyAdd(k, V.Load(top + (2 * V.Count)), a2);
                    a3 = V.MultiplyAdd(k, V.Load(top + (3 * V.Count)), a3);
                    b0 = V.MultiplyAdd(l, V.Load(bottom), b0);
                    b1 = V.MultiplyAdd(l, V.Load(bottom + V.Count), b1);
                    b2 = V.MultiplyAdd(l, V.Load(bottom + (2 * V.Count)), b2);
                    b3 = V.MultiplyAdd(l, V.Load(bottom + (3 * V.Count)), b3);
                    top += units;
                    bottom += units;
                    k = V.Create(w[stride]);
                    l = V.Create(w[3 * stride]);
                    a0 = V.MultiplyAdd(k, V.Load(top), a0);
                    a1 = V.MultiplyAdd(k, V.Load(top + V.Count), a1);
                    a2 = V.MultiplyAdd(k, V.Load(top + (2 * V.Count)), a2);
                    a3 = V.MultiplyAdd(k, V.Load(top + (3 * V.Count)), a3);
                    b0 = V.MultiplyAdd(l, V.Load(bottom), b0);
                    b1 = V.MultiplyAdd(l, V.Load(bottom + V.Count), b1);
                    b2 = V.MultiplyAdd(l, V.Load(bottom + (2 * V.Count)), b2);
                    b3 = V.MultiplyAdd(l, V.Load(bottom + (3 * V.Count)), b3);
                    o += stride;
                    w += 4 * stride;
                }

                float* h = hidden + ((long)s * units) + c;
                (a0 + b0).Store(h);
                (a1 + b1).Store(h + V.Count);
                (a2 + b2).Store(h + (2 * V.Count));
                (a3 + b3).Store(h + (3 * V.Count));
            }
        }
    }

    /// <summary>Softplus and second layer: raw[o][s] = bias[o] + weight[o] . softplus(hidden[s]).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Head<V>(float* hidden, int count, int units, float* weight, float* bias, float* raw, int stride)
        where V : struct, ISimd<V>
    {
        float* sums = stackalloc float[4];
        for (int s = 0; s < count; s++)
        {
            float* h = hidden + ((long)s * units);
            V y0 = V.Zero, y1 = V.Zero, y2 = V.Zero, y3 = V.Zero;
            for (int c = 0; c < units; c += V.Count)
            {
                V a = SimdMath.Softplus(V.Load(h + c));
                float* w = weight + c;
                y0 = V.MultiplyAdd(a, V.Load(w), y0);
                y1 = V.MultiplyAdd(a, V.Load(w + units), y1);
                y2 = V.MultiplyAdd(a, V.Load(w + (2 * units)), y2);
                y3 = V.MultiplyAdd(a, V.Load(w + (3 * units)), y3);
            }

            StoreOutputs(y0, y1, y2, y3, sums, bias, raw + s, stride);
        }
    }

    /// <summary>As <see cref="Head"/>, keeping the activation in <paramref name="hidden"/> and its derivative in <paramref name="sigmoid"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void HeadKeeping<V>(float* hidden, float* sigmoid, int count, int units, float* weight, float* bias, float* raw, int stride)
        where V : struct, ISimd<V>
    {
        float* sums = stackalloc float[4];
        for (int s = 0; s < count; s++)
        {
            float* h = hidden + ((long)s * units), g = sigmoid + ((long)s * units);
            V y0 = V.Zero, y1 = V.Zero, y2 = V.Zero, y3 = V.Zero;
            for (int c = 0; c < units; c += V.Count)
            {
                V a = SimdMath.SoftplusWithSigmoid(V.Load(h + c), out V derivative);
                a.Store(h + c);
                derivative.Store(g + c);
                float* w = weight + c;
                y0 = V.MultiplyAdd(a, V.Load(w), y0);
                y1 = V.MultiplyAdd(a, V.Load(w + units), y1);
                y2 = V.MultiplyAdd(a, V.Load(w + (2 * units)), y2);
                y3 = V.MultiplyAdd(a, V.Load(w + (3 * units)), y3);
            }

            StoreOutputs(y0, y1, y2, y3, sums, bias, raw + s, stride);
        }
    }

    /// <summary>
    /// Gradient of the head: adds to the sums for the second layer and the first bias, writes the gradient of the hidden units before the activation.
    /// </summary>
    /// <param name="hidden">Activations [sample][unit].</param>
    /// <param name="sigmoid">Their derivatives.</param>
    /// <param name="gradient">Gradient of the outputs [output][sample].</param>
    /// <param name="stride">Samples per row of <paramref name="gradient"/>.</param>
    /// <param name="count">Samples.</param>
    /// <param name="units">Hidden units.</param>
    /// <param name="weight">Second layer (4, units).</param>
    /// <param name="gradWeight">Sums for the second layer (4, units).</param>
    /// <param name="gradBias">Sum over all samples of the hidden gradient.</param>
    /// <param name="rayBias">Receives the sum over this ray.</param>
    /// <param name="gradHidden">Receives the hidden gradient [sample][unit].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void HeadGradient<V>(
        float* hidden, float* sigmoid, float* gradient, int stride, int count, int units, float* weight, float* gradWeight, float* gradBias, float* rayBias, float* gradHidden)
        where V : struct, ISimd<V>
    {
        for (int c = 0; c < units; c += V.Count)
        {
            V w0 = V.Load(weight + c), w1 = V.Load(weight + units + c), w2 = V.Load(weight + (2 * units) + c), w3 = V.Load(weight + (3 * units) + c);
            V g0 = V.Zero, g1 = V.Zero, g2 = V.Zero, g3 = V.Zero, sum = V.Zero;
            for (int s = 0; s < count; s++)
            {
                V d0 = V.Create(gradient[s]), d1 = V.Create(gradient[stride + s]), d2 = V.Create(gradient[(2 * stride) + s]), d3 = V.Create(gradient[(3 * stride) + s]);
                V a = V.Load(hidden + ((long)s * units) + c);
                g0 = V.MultiplyAdd(d0, a, g0);
                g1 = V.MultiplyAdd(d1, a, g1);
                g2 = V.MultiplyAdd(d2, a, g2);
                g3 = V.MultiplyAdd(d3, a, g3);
                V x = V.MultiplyAdd(d0, w0, d1 * w1) + V.MultiplyAdd(d2, w2, d3 * w3);
                x *= V.Load(sigmoid + ((long)s * units) + c);
                sum += x;
                x.Store(gradHidden + ((long)s * units) + c);
            }

            (V.Load(gradWeight + c) + g0).Store(gradWeight + c);
            (V.Load(gradWeight + units + c) + g1).Store(gradWeight + units + c);
            (V.Load(gradWeight + (2 * units) + c) + g2).Store(gradWeight + (2 * units) + c);
            (V.Load(gradWeight + (3 * units) + c) + g3).Store(gradWeight + (3 * units) + c);
            (V.Load(gradBias + c) + sum).Store(gradBias + c);
            sum.Store(rayBias + c);
        }
    }

    /// <summary>Adds the hidden gradient of <paramref name="count"/> samples to the texels they read, for units first .. first + 31 of one map.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scatter<V>(float* map, long rowStride, int* offset, float* weight, int stride, int count, int units, int first, float* gradHidden)
        where V : struct, ISimd<V>
    {
        for (int s = 0; s < count; s++)
        {
            V k0 = V.Create(weight[s]), k1 = V.Create(weight[stride + s]), k2 = V.Create(weight[(2 * stride) + s]), k3 = V.Create(weight[(3 * stride) + s]);
            float* g = gradHidden + ((long)s * units) + first;
            float* top = map + offset[s] + first, bottom = top + rowStride;
            for (int c = 0; c < ScatterUnits; c += 2 * V.Count)
            {
                V x = V.Load(g + c), y = V.Load(g + c + V.Count);
                V.MultiplyAdd(k0, x, V.Load(top + c)).Store(top + c);
                V.MultiplyAdd(k0, y, V.Load(top + c + V.Count)).Store(top + c + V.Count);
                V.MultiplyAdd(k1, x, V.Load(top + units + c)).Store(top + units + c);
                V.MultiplyAdd(k1, y, V.Load(top + units + c + V.Count)).Store(top + units + c + V.Count);
                V.MultiplyAdd(k2, x, V.Load(bottom + c)).Store(bottom + c);
                V.MultiplyAdd(k2, y, V.Load(bottom + c + V.Count)).Store(bottom + c + V.Count);
                V.MultiplyAdd(k3, x, V.Load(bottom + units + c)).Store(bottom + units + c);
                V.MultiplyAdd(k3, y, V.Load(bottom + units + c + V.Count)).Store(bottom + units + c + V.Count);
            }
        }
    }

    /// <summary>Units that one call of <see cref="Scatter"/> covers: a multiple of two vectors of every width.</summary>
    public const int ScatterUnits = 32;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreOutputs<V>(V y0, V y1, V y2, V y3, float* sums, float* bias, float* raw, int stride)
        where V : struct, ISimd<V>
    {
        V.SumFour(y0, y1, y2, y3, sums);
        raw[0] = sums[0] + bias[0];
        raw[stride] = sums[1] + bias[1];
        raw[2 * stride] = sums[2] + bias[2];
        raw[3 * stride] = sums[3] + bias[3];
    }
}
