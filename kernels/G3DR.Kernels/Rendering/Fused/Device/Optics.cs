using G3DR.Compute;

namespace G3DR.Kernels.Rendering.Fused.Device;

/// <summary>Distance and decoded outputs of one sample; colours are after their activation.</summary>
internal readonly struct RaySample
{
    private const float ColorScale = 1.002f, ColorShift = 0.001f;

    /// <summary>A sample of given values.</summary>
    public RaySample(float distance, float density, float red, float green, float blue)
    {
        Distance = distance;
        Density = density;
        Red = red;
        Green = green;
        Blue = blue;
    }

    /// <summary>Distance along the ray.</summary>
    public float Distance { get; }

    /// <summary>Density before its activation.</summary>
    public float Density { get; }

    /// <summary>Red.</summary>
    public float Red { get; }

    /// <summary>Green.</summary>
    public float Green { get; }

    /// <summary>Blue.</summary>
    public float Blue { get; }

    /// <summary>A sample of a chunk's scratch; behind the last one there is nothing.</summary>
    public static RaySample Load(ArrayView<float> samples, RayRows rows, int sample, int ray) => sample >= rows.Samples
        ? new(0f, 0f, 0f, 0f, 0f)
        : new(
            samples[rows.At(0, sample, ray)],
            samples[rows.At(1, sample, ray)],
            Color(samples[rows.At(2, sample, ray)]),
            Color(samples[rows.At(3, sample, ray)]),
            Color(samples[rows.At(4, sample, ray)]));

    /// <summary>Distance and density of a sample.</summary>
    public static RaySample LoadDensity(ArrayView<float> samples, RayRows rows, int sample, int ray) =>
        new(samples[rows.At(0, sample, ray)], samples[rows.At(1, sample, ray)], 0f, 0f, 0f);

    /// <summary>Gradient of the raw output from that of the colour.</summary>
    public static float ColorGradient(float color, float gradient)
    {
        float sigmoid = (color + ColorShift) * (1f / ColorScale);
        return gradient * sigmoid * (1f - sigmoid) * ColorScale;
    }

    private static float Color(float raw) => XMath.FusedMultiplyAdd(Activation.Sigmoid(raw), ColorScale, -ColorShift);
}

/// <summary>
/// One item of volume rendering: an interval between two samples (mid-point rule) or a sample. Both rules share one form: opacity a = 1 - e,
/// e = exp(-sigma delta), weight w = a T, and transmittance T' = T (e + epsilon); see <see cref="RayMarch"/>.
/// </summary>
internal static class Optics
{
    /// <summary>Added to the opacity where a depth is divided by it.</summary>
    public const float DepthEpsilon = 0.001f;

    /// <summary>Items of a ray.</summary>
    public static int Items(MarchingRule rule, int samples) => rule == MarchingRule.MidPoint ? samples - 1 : samples;

    /// <summary>The released code adds this to the transmittance of each interval.</summary>
    public static float TransmittanceEpsilon(MarchingRule rule) => rule == MarchingRule.MidPoint ? 1e-10f : 0f;

    /// <summary>The released code keeps the picture in [-1, 1].</summary>
    public static float OutputScale(MarchingRule rule) => rule == MarchingRule.MidPoint ? 2f : 1f;

    /// <summary>Share of light that passes an item.</summary>
    /// <param name="rule">Marching rule.</param>
    /// <param name="sample">Its sample, or its first one.</param>
    /// <param name="next">The sample behind.</param>
    /// <param name="end">Where the item ends.</param>
    /// <param name="slope">Derivative of the opacity by the density before its activation.</param>
    public static float Survival(MarchingRule rule, RaySample sample, RaySample next, float end, out float slope)
    {
        float density = Mean(rule, sample.Density, next.Density), delta = end - sample.Distance;
        float sigma = Activation.Softplus(density - 1f, out float derivative);
        float survival = XMath.Exp(-(sigma * delta));
        slope = derivative * delta * survival;
        return survival;
    }

    /// <summary>Where an item counts as lying.</summary>
    public static float Centre(MarchingRule rule, float distance, float end) =>
        rule == MarchingRule.MidPoint ? XMath.FusedMultiplyAdd(0.5f, end - distance, distance) : distance;

    /// <summary>A value of an item from those of its sample and the next one.</summary>
    public static float Mean(MarchingRule rule, float sample, float next) => rule == MarchingRule.MidPoint ? (sample + next) * 0.5f : sample;
}
