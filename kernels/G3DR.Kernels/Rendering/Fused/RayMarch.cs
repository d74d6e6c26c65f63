using System.Runtime.CompilerServices;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Rendering.Fused;

/// <summary>
/// Volume rendering of one ray, forward and backward, on the rows of a <see cref="RayScratch"/>. Both rules share one form: item i
/// (an interval or a sample) has opacity a = 1 - e, e = exp(-sigma delta), weight w = a T, and transmittance T' = T (e + epsilon).
/// </summary>
internal readonly unsafe struct RayMarch
{
    private const float ColorScale = 1.002f, ColorShift = 0.001f, DepthEpsilon = 0.001f;

    private readonly MarchingRule _rule;
    private readonly RayScratch _ray;
    private readonly int _samples;

    public RayMarch(FusedRenderProblem problem, RayScratch ray, int samples, DepthKernelParameters kernel)
    {
        _rule = problem.Marching;
        _ray = ray;
        _samples = samples;
        WhiteBackground = problem.WhiteBackground;
        Kernel = kernel;
    }

    /// <summary>Weights of this ray: one per interval or one per sample.</summary>
    public int Items => _rule == MarchingRule.MidPoint ? _samples - 1 : _samples;

    /// <summary>Weights [item].</summary>
    public float* Weight => Row(0);

    private bool WhiteBackground { get; }

    private DepthKernelParameters Kernel { get; }

    // Rows of the scratch; item i of a row may read item i + 1 or i - 1, so rows are longer than the samples.
    private float* Survival => Row(1);

    private float* Transmittance => Row(2);

    private float* Slope => Row(3);

    private float* Centre => Row(4);

    private float* WeightGradient => Row(5);

    private float* ScaledWeight => Row(6);

    private float* DensityGradient => Row(7);

    // The released code keeps the picture in [-1, 1] and adds 1e-10 to the transmittance of each interval.
    private float OutputScale => _rule == MarchingRule.MidPoint ? 2 : 1;

    private float TransmittanceEpsilon => _rule == MarchingRule.MidPoint ? 1e-10f : 0;

    /// <summary>Weights of the ray from its distances and raw densities; the distance behind the last sample is <paramref name="far"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Weigh<V>(float* distance, float* rawDensity, float far)
        where V : struct, ISimd<V>
    {
        int items = Items;
        distance[_samples] = far;
        rawDensity[_samples] = 0;
        bool midPoint = _rule == MarchingRule.MidPoint;
        V half = V.Create(0.5f), one = V.Create(1f);
        for (int i = 0; i < items; i += V.Count)
        {
            V t = V.Load(distance + i), delta = V.Load(distance + i + 1) - t;
            V raw = V.Load(rawDensity + i);
            V centre = t;
            if (midPoint)
            {
                raw = (raw + V.Load(rawDensity + i + 1)) * half;
                centre = V.MultiplyAdd(half, delta, t);
            }

            V sigma = SimdMath.SoftplusWithSigmoid(raw - one, out V derivative);
            V survival = SimdMath.Exp(-(sigma * delta));
            survival.Store(Survival + i);
            (derivative * delta * survival).Store(Slope + i);
            centre.Store(Centre + i);
        }

        float* survivals = Survival, transmittances = Transmittance, weights = Weight;
        float epsilon = TransmittanceEpsilon, transmittance = 1;
        for (int i = 0; i < items; i++)
        {
            transmittances[i] = transmittance;
            weights[i] = (1 - survivals[i]) * transmittance;
            transmittance *= survivals[i] + epsilon;
        }

        // Sums run over whole vectors.
        for (int i = items; i < _ray.Samples; i++)
        {
            weights[i] = 0;
            Centre[i] = 0;
        }
    }

    /// <summary>Colours of all samples from the decoder's outputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Colors<V>(float* raw)
        where V : struct, ISimd<V>
    {
        int stride = _ray.Samples;
        for (int channel = 0; channel < 3; channel++)
        {
            float* from = raw + ((channel + 1) * stride), to = _ray.Color + (channel * stride);
            for (int s = 0; s < stride; s += V.Count)
            {
                V inside = V.Greater(V.Create(_samples), V.Iota + V.Create(s));
                V color = V.MultiplyAdd(SimdMath.Sigmoid(V.Load(from + s)), V.Create(ColorScale), V.Create(-ColorShift));
                V.Select(inside, color, V.Zero).Store(to + s);
            }
        }
    }

    /// <summary>Colour, depth and opacity of the ray after <see cref="Weigh"/> and <see cref="Colors"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Composite<V>(float* color, out float depth, out float opacity)
        where V : struct, ISimd<V>
    {
        int items = Items, stride = _ray.Samples;
        bool midPoint = _rule == MarchingRule.MidPoint;
        V red = V.Zero, green = V.Zero, blue = V.Zero, along = V.Zero, total = V.Zero;
        V half = V.Create(0.5f);
        float* c = _ray.Color;
        for (int i = 0; i < items; i += V.Count)
        {
            V w = V.Load(Weight + i);
            total += w;
            along = V.MultiplyAdd(w, V.Load(Centre + i), along);
            V r = V.Load(c + i), g = V.Load(c + stride + i), b = V.Load(c + (2 * stride) + i);
            if (midPoint)
            {
                r = (r + V.Load(c + i + 1)) * half;
                g = (g + V.Load(c + stride + i + 1)) * half;
                b = (b + V.Load(c + (2 * stride) + i + 1)) * half;
            }

            red = V.MultiplyAdd(w, r, red);
            green = V.MultiplyAdd(w, g, green);
            blue = V.MultiplyAdd(w, b, blue);
        }

        opacity = V.Sum(total);
        depth = V.Sum(along) / (opacity + DepthEpsilon);
        float background = WhiteBackground ? 1 - opacity : 0;
        float shift = midPoint ? -1 : 0;
        color[0] = (OutputScale * (V.Sum(red) + background)) + shift;
        color[1] = (OutputScale * (V.Sum(green) + background)) + shift;
        color[2] = (OutputScale * (V.Sum(blue) + background)) + shift;
    }

    /// <summary>
    /// Gradients of the decoder's outputs from those of colour, depth, opacity and weights, scaled with the depth kernel around
    /// <paramref name="surface"/>: on opacity and mean colour of an interval (released code), or on density and colour of a sample (Eq. 2);
    /// as opacity depends on density alone, scaling one scales the other.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Gradient<V>(
        float* gradColor, float gradDepth, float gradOpacity, float* gradWeights, float depth, float opacity, float surface, float* gradRaw)
        where V : struct, ISimd<V>
    {
        int items = Items, stride = _ray.Samples;
        bool midPoint = _rule == MarchingRule.MidPoint;
        float* c = _ray.Color;
        float r = OutputScale * gradColor[0], g = OutputScale * gradColor[1], b = OutputScale * gradColor[2];
        float perDistance = gradDepth / (opacity + DepthEpsilon);
        float constant = gradOpacity - (perDistance * depth) - (WhiteBackground ? r + g + b : 0);
        V vr = V.Create(r), vg = V.Create(g), vb = V.Create(b), vd = V.Create(perDistance), vc = V.Create(constant), half = V.Create(0.5f);
        for (int i = 0; i < items; i += V.Count)
        {
            V red = V.Load(c + i), green = V.Load(c + stride + i), blue = V.Load(c + (2 * stride) + i);
            if (midPoint)
            {
                red = (red + V.Load(c + i + 1)) * half;
                green = (green + V.Load(c + stride + i + 1)) * half;
                blue = (blue + V.Load(c + (2 * stride) + i + 1)) * half;
            }

            V sum = V.MultiplyAdd(vd, V.Load(Centre + i), vc);
            V.MultiplyAdd(vr, red, V.MultiplyAdd(vg, green, V.MultiplyAdd(vb, blue, sum))).Store(WeightGradient + i);
        }

        float* gradWeight = WeightGradient, survivals = Survival, transmittances = Transmittance, density = DensityGradient;
        if (gradWeights != null)
        {
            for (int i = 0; i < items; i++)
            {
                gradWeight[i] += gradWeights[i];
            }
        }

        // behind = what the weights behind item i contribute per unit of light that passes it.
        float behind = 0, epsilon = TransmittanceEpsilon;
        for (int i = items - 1; i >= 0; i--)
        {
            density[i] = transmittances[i] * (gradWeight[i] - behind);
            behind = (gradWeight[i] * (1 - survivals[i])) + ((survivals[i] + epsilon) * behind);
        }

        V s1 = V.Create(Kernel.S1), inverse = V.Create(1 / Kernel.S2), low = V.Create(Kernel.Min), high = V.Create(Kernel.Max), x = V.Create(surface);
        for (int i = 0; i < items; i += V.Count)
        {
            V distance = V.Load(Centre + i) - x;
            V k = V.Min(high, V.Max(s1 * SimdMath.Exp(-(distance * distance * inverse)), low));
            (V.Load(Weight + i) * k).Store(ScaledWeight + i);
            (V.Load(density + i) * k * V.Load(Slope + i)).Store(density + i);
        }

        // Items that do not exist contribute nothing to their neighbours.
        density[-1] = 0;
        ScaledWeight[-1] = 0;
        for (int i = items; i < stride; i++)
        {
            density[i] = 0;
            ScaledWeight[i] = 0;
        }

        for (int s = 0; s < _samples; s += V.Count)
        {
            V d = V.Load(density + s), w = V.Load(ScaledWeight + s);
            if (midPoint)
            {
                d = (d + V.Load(density + s - 1)) * half;
                w = (w + V.Load(ScaledWeight + s - 1)) * half;
            }

            d.Store(gradRaw + s);
            ColorGradient(c + s, w * vr, gradRaw + stride + s);
            ColorGradient(c + stride + s, w * vg, gradRaw + (2 * stride) + s);
            ColorGradient(c + (2 * stride) + s, w * vb, gradRaw + (3 * stride) + s);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ColorGradient<V>(float* color, V gradient, float* gradRaw)
        where V : struct, ISimd<V>
    {
        V sigmoid = (V.Load(color) + V.Create(ColorShift)) * V.Create(1 / ColorScale);
        (gradient * sigmoid * (V.Create(1f) - sigmoid) * V.Create(ColorScale)).Store(gradRaw);
    }

    private float* Row(int row) => _ray.March + ((long)row * _ray.Samples);
}
