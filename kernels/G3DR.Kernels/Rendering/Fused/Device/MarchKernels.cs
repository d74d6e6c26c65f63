using G3DR.Compute;

namespace G3DR.Kernels.Rendering.Fused.Device;

/// <summary>Rules of marching through a chunk of rays.</summary>
/// <param name="FirstRay">First ray of the chunk among all rays of the call.</param>
/// <param name="Rule">How samples become weights.</param>
/// <param name="WhiteBackground">Whether the background is white instead of black.</param>
/// <param name="Kernel">Gradient scaling.</param>
internal readonly record struct MarchShape(long FirstRay, MarchingRule Rule, bool WhiteBackground, DepthKernelParameters Kernel);

/// <summary>Volume rendering, forward and backward, one ray after the other in each item; formulas as in <see cref="RayMarch"/>.</summary>
internal static class MarchKernels
{
    /// <summary>Colour, depth, opacity, weights and distances of one ray. Empty views are not written.</summary>
    /// <param name="ray">Ray of the chunk.</param>
    /// <param name="samples">Samples of the chunk, in order of distance.</param>
    /// <param name="far">Farthest distances of the call, or empty.</param>
    /// <param name="color">Colours (all rays, 3).</param>
    /// <param name="depth">Depths (all rays).</param>
    /// <param name="opacity">Sums of weights (all rays).</param>
    /// <param name="weights">Weights (all rays, items).</param>
    /// <param name="distances">Distances (all rays, T).</param>
    /// <param name="rows">Layout of the samples.</param>
    /// <param name="shape">Rules.</param>
    [Kernel]
    public static void Composite(
        Index1D ray,
        ArrayView<float> samples,
        ArrayView<float> far,
        ArrayView<float> color,
        ArrayView<float> depth,
        ArrayView<float> opacity,
        ArrayView<float> weights,
        ArrayView<float> distances,
        RayRows rows,
        MarchShape shape)
    {
        MarchingRule rule = shape.Rule;
        int r = ray.X, items = Optics.Items(rule, rows.Samples);
        long index = shape.FirstRay + r;
        float red = 0f, green = 0f, blue = 0f, along = 0f, total = 0f, transmittance = 1f;
        RaySample sample = RaySample.Load(samples, rows, 0, r);
        for (int i = 0; i < items; i++)
        {
            RaySample next = RaySample.Load(samples, rows, i + 1, r);
            float end = i + 1 < rows.Samples ? next.Distance : Read(far, index);
            float survival = Optics.Survival(rule, sample, next, end, out float slope);
            float weight = (1f - survival) * transmittance;
            transmittance *= survival + Optics.TransmittanceEpsilon(rule);
            total += weight;
            along = XMath.FusedMultiplyAdd(weight, Optics.Centre(rule, sample.Distance, end), along);
            red = XMath.FusedMultiplyAdd(weight, Optics.Mean(rule, sample.Red, next.Red), red);
            green = XMath.FusedMultiplyAdd(weight, Optics.Mean(rule, sample.Green, next.Green), green);
            blue = XMath.FusedMultiplyAdd(weight, Optics.Mean(rule, sample.Blue, next.Blue), blue);
            if (weights.Length > 0)
            {
                weights[(index * items) + i] = weight;
            }

            sample = next;
        }

        float background = shape.WhiteBackground ? 1f - total : 0f, scale = Optics.OutputScale(rule);
        float shift = rule == MarchingRule.MidPoint ? -1f : 0f;
        if (color.Length > 0)
        {
            color[3 * index] = (scale * (red + background)) + shift;
            color[(3 * index) + 1] = (scale * (green + background)) + shift;
            color[(3 * index) + 2] = (scale * (blue + background)) + shift;
        }

        Store(depth, index, along / (total + Optics.DepthEpsilon));
        Store(opacity, index, total);
        if (distances.Length > 0)
        {
            for (int s = 0; s < rows.Samples; s++)
            {
                distances[(index * rows.Samples) + s] = samples[rows.At(0, s, r)];
            }
        }
    }

    /// <summary>
    /// Gradients of the decoder's outputs along one ray from those of colour, depth, opacity and weights (zero where empty), scaled with the depth kernel around the
    /// surface (one where it is empty).
    /// </summary>
    /// <param name="ray">Ray of the chunk.</param>
    /// <param name="samples">Samples of the chunk, in order of distance.</param>
    /// <param name="gradients">Receives four rows of gradients; three more are scratch.</param>
    /// <param name="far">Farthest distances of the call, or empty.</param>
    /// <param name="surface">Surface depths (all rays), or empty.</param>
    /// <param name="color">Cotangent of the colours (all rays, 3).</param>
    /// <param name="depth">Cotangent of the depths (all rays).</param>
    /// <param name="opacity">Cotangent of the opacities (all rays).</param>
    /// <param name="weights">Cotangent of the weights (all rays, items).</param>
    /// <param name="rows">Layout of samples and gradients.</param>
    /// <param name="shape">Rules.</param>
    [Kernel]
    public static void Gradient(
        Index1D ray,
        ArrayView<float> samples,
        ArrayView<float> gradients,
        ArrayView<float> far,
        ArrayView<float> surface,
        ArrayView<float> color,
        ArrayView<float> depth,
        ArrayView<float> opacity,
        ArrayView<float> weights,
        RayRows rows,
        MarchShape shape)
    {
        MarchingRule rule = shape.Rule;
        bool midPoint = rule == MarchingRule.MidPoint;
        int r = ray.X, items = Optics.Items(rule, rows.Samples);
        long index = shape.FirstRay + r;
        float total = Weigh(samples, gradients, far, rows, r, index, rule, out float along);

        float scale = Optics.OutputScale(rule);
        float red = scale * Read(color, 3 * index), green = scale * Read(color, (3 * index) + 1), blue = scale * Read(color, (3 * index) + 2);
        float perDistance = Read(depth, index) / (total + Optics.DepthEpsilon);
        float constant = Read(opacity, index) - (perDistance * (along / (total + Optics.DepthEpsilon))) - (shape.WhiteBackground ? red + green + blue : 0f);
        DepthKernelParameters kernel = surface.Length > 0 ? shape.Kernel : DepthKernelParameters.None;
        float at = Read(surface, index), inverseWidth = 1f / kernel.S2;

        // From the last item to the first: behind = what the weights behind an item contribute per unit of light that passes it. An interval gives half of its
        // gradient to each of its samples; the half of the nearer one waits for the interval before.
        float behind = 0f, waitingDensity = 0f, waitingColor = 0f;
        RaySample next = RaySample.Load(samples, rows, items, r);
        for (int i = items - 1; i >= 0; i--)
        {
            RaySample sample = RaySample.Load(samples, rows, i, r);
            float survival = gradients[rows.At(4, i, r)], transmittance = gradients[rows.At(5, i, r)], slope = gradients[rows.At(6, i, r)];
            float centre = Optics.Centre(rule, sample.Distance, next.Distance);
            float gradient = XMath.FusedMultiplyAdd(perDistance, centre, constant);
            gradient = XMath.FusedMultiplyAdd(blue, Optics.Mean(rule, sample.Blue, next.Blue), gradient);
            gradient = XMath.FusedMultiplyAdd(green, Optics.Mean(rule, sample.Green, next.Green), gradient);
            gradient = XMath.FusedMultiplyAdd(red, Optics.Mean(rule, sample.Red, next.Red), gradient);
            gradient += Read(weights, (index * items) + i);

            float density = transmittance * (gradient - behind);
            behind = (gradient * (1f - survival)) + ((survival + Optics.TransmittanceEpsilon(rule)) * behind);

            float offset = centre - at;
            float k = XMath.Min(kernel.Max, XMath.Max(kernel.S1 * XMath.Exp(-(offset * offset * inverseWidth)), kernel.Min));
            density = density * k * slope;
            float weight = (1f - survival) * transmittance * k;
            if (midPoint)
            {
                StoreGradient(gradients, rows, i + 1, r, next, (density + waitingDensity) * 0.5f, (weight + waitingColor) * 0.5f, red, green, blue);
                waitingDensity = density;
                waitingColor = weight;
            }
            else
            {
                StoreGradient(gradients, rows, i, r, sample, density, weight, red, green, blue);
            }

            next = sample;
        }

        if (midPoint)
        {
            StoreGradient(gradients, rows, 0, r, next, waitingDensity * 0.5f, waitingColor * 0.5f, red, green, blue);
        }
    }

    /// <summary>Stores survival, transmittance and slope of every item; returns the sum of the weights.</summary>
    private static float Weigh(
        ArrayView<float> samples, ArrayView<float> gradients, ArrayView<float> far, RayRows rows, int ray, long index, MarchingRule rule, out float along)
    {
        int items = Optics.Items(rule, rows.Samples);
        float total = 0f, transmittance = 1f;
        along = 0f;
        RaySample sample = RaySample.LoadDensity(samples, rows, 0, ray);
        for (int i = 0; i < items; i++)
        {
            bool isLast = i + 1 == rows.Samples;
            RaySample next = isLast ? new RaySample(Read(far, index), 0f, 0f, 0f, 0f) : RaySample.LoadDensity(samples, rows, i + 1, ray);
            float survival = Optics.Survival(rule, sample, next, next.Distance, out float slope);
            gradients[rows.At(4, i, ray)] = survival;
            gradients[rows.At(5, i, ray)] = transmittance;
            gradients[rows.At(6, i, ray)] = slope;
            float weight = (1f - survival) * transmittance;
            transmittance *= survival + Optics.TransmittanceEpsilon(rule);
            total += weight;
            along = XMath.FusedMultiplyAdd(weight, Optics.Centre(rule, sample.Distance, next.Distance), along);
            sample = next;
        }

        return total;
    }

    private static void StoreGradient(
        ArrayView<float> gradients, RayRows rows, int sample, int ray, RaySample values, float density, float weight, float red, float green, float blue)
    {
        gradients[rows.At(0, sample, ray)] = density;
        gradients[rows.At(1, sample, ray)] = RaySample.ColorGradient(values.Red, weight * red);
        gradients[rows.At(2, sample, ray)] = RaySample.ColorGradient(values.Green, weight * green);
        gradients[rows.At(3, sample, ray)] = RaySample.ColorGradient(values.Blue, weight * blue);
    }

    private static float Read(ArrayView<float> view, long index) => view.Length > 0 ? view[index] : 0f;

    private static void Store(ArrayView<float> view, long index, float value)
    {
        if (view.Length > 0)
        {
            view[index] = value;
        }
    }
}
