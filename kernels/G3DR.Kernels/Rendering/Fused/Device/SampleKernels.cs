using G3DR.Compute;

namespace G3DR.Kernels.Rendering.Fused.Device;

/// <summary>Rules and sizes of the samples of a chunk of rays.</summary>
/// <param name="Seed">Seed of the numbers that are not given.</param>
/// <param name="FirstRay">First ray of the chunk among all rays of the call.</param>
/// <param name="FirstInStream">Its number in the random streams.</param>
/// <param name="Coarse">Coarse samples S.</param>
/// <param name="Fine">Fine samples K.</param>
/// <param name="CoarseRule">Where coarse samples lie.</param>
/// <param name="FineRule">Where fine samples lie.</param>
internal readonly record struct SampleShape(
    ulong Seed, long FirstRay, long FirstInStream, int Coarse, int Fine, CoarseSampling CoarseRule, FineSampling FineRule);

/// <summary>Where samples lie on the rays of a chunk, with the rules of <see cref="RaySampling"/>.</summary>
internal static class SampleKernels
{
    /// <summary>One coarse distance.</summary>
    /// <param name="item">(ray, sample).</param>
    /// <param name="near">Nearest distances of the call.</param>
    /// <param name="far">Farthest distances of the call.</param>
    /// <param name="noise">Uniform numbers (all rays, S), or empty to draw them.</param>
    /// <param name="given">Distances (all rays, S) for <see cref="CoarseSampling.Given"/>.</param>
    /// <param name="samples">Scratch of the chunk: receives distances.</param>
    /// <param name="rows">Layout of the scratch.</param>
    /// <param name="shape">Rules and sizes.</param>
    [Kernel]
    public static void Coarse(
        Index2D item,
        ArrayView<float> near,
        ArrayView<float> far,
        ArrayView<float> noise,
        ArrayView<float> given,
        ArrayView<float> samples,
        RayRows rows,
        SampleShape shape)
    {
        int s = item.Y, count = shape.Coarse;
        long ray = shape.FirstRay + item.X, number = (ray * count) + s;
        float distance;
        if (shape.CoarseRule == CoarseSampling.Given)
        {
            distance = given[number];
        }
        else
        {
            float range = far[ray] - near[ray];
            float uniform = noise.Length > 0
                ? noise[number]
                : Philox.Uniform(shape.Seed, SampleStreams.Coarse, (ulong)(((shape.FirstInStream + item.X) * count) + s));
            float step = range / XMath.Max(count - 1, 1);
            distance = shape.CoarseRule == CoarseSampling.Stratified
                ? near[ray] + (s * step) + (uniform * step)
                : near[ray] + ((s + uniform) / count * range);
        }

        samples[rows.At(0, s, item.X)] = distance;
    }

    /// <summary>
    /// Distribution of one ray's fine samples over its bins: running sums of the blurred and normalised weights of the coarse samples
    /// (<see cref="RaySampling.Importance"/>).
    /// </summary>
    /// <param name="ray">Ray of the chunk.</param>
    /// <param name="samples">Scratch of the chunk with distances and raw outputs of the coarse samples.</param>
    /// <param name="cumulative">Receives S - 2 rising numbers of each ray [bin][ray].</param>
    /// <param name="rows">Layout of the scratch.</param>
    /// <param name="shape">Rules and sizes.</param>
    /// <param name="marching">How samples become weights.</param>
    [Kernel]
    public static void Cumulative(
        Index1D ray, ArrayView<float> samples, ArrayView<float> cumulative, RayRows rows, SampleShape shape, MarchingRule marching)
    {
        int r = ray.X, bins = shape.Coarse - 3;
        float transmittance = 1f, earlier = 0f, before = 0f, sum = 0f;
        RaySample sample = RaySample.LoadDensity(samples, rows, 0, r);
        for (int i = 0; i < shape.Coarse - 1; i++)
        {
            RaySample next = RaySample.LoadDensity(samples, rows, i + 1, r);
            float survival = Optics.Survival(marching, sample, next, next.Distance, out float slope);
            float weight = (1f - survival) * transmittance;
            transmittance *= survival + Optics.TransmittanceEpsilon(marching);
            float larger = XMath.Max(earlier, weight);
            if (i >= 2)
            {
                // Blurred weight of interval i - 1: mean of the maxima over its two pairs of neighbours.
                float blurred = ((before + larger) / 2f) + 0.01f + 1e-5f;
                cumulative[((long)(i - 1) * rows.Rays) + r] = blurred;
                sum += blurred;
            }

            before = larger;
            earlier = weight;
            sample = next;
        }

        float total = 0f;
        cumulative[r] = 0f;
        for (int i = 1; i <= bins; i++)
        {
            long place = ((long)i * rows.Rays) + r;
            total += cumulative[place] / sum;
            cumulative[place] = total;
        }
    }

    /// <summary>One fine distance, behind the coarse ones of its ray.</summary>
    /// <param name="item">(ray, fine sample).</param>
    /// <param name="surface">Surface depths of the call, for <see cref="FineSampling.SurfaceGuided"/>.</param>
    /// <param name="noise">Uniform numbers (all rays, K), or empty to draw them.</param>
    /// <param name="cumulative">What <see cref="Cumulative"/> wrote.</param>
    /// <param name="samples">Scratch of the chunk.</param>
    /// <param name="rows">Layout of the scratch.</param>
    /// <param name="shape">Rules and sizes.</param>
    [Kernel]
    public static void Fine(
        Index2D item,
        ArrayView<float> surface,
        ArrayView<float> noise,
        ArrayView<float> cumulative,
        ArrayView<float> samples,
        RayRows rows,
        SampleShape shape)
    {
        int r = item.X, k = item.Y, count = shape.Fine;
        long ray = shape.FirstRay + r;
        float distance;
        if (shape.FineRule == FineSampling.SurfaceGuided)
        {
            distance = surface[ray] + (count == 1 ? -0.05f : -0.05f + (0.1f * k / (count - 1)));
        }
        else
        {
            float uniform = noise.Length > 0
                ? noise[(ray * count) + k]
                : Philox.Uniform(shape.Seed, SampleStreams.Fine, (ulong)(((shape.FirstInStream + r) * count) + k));
            distance = Invert(uniform, cumulative, samples, rows, r, shape.Coarse - 3);
        }

        samples[rows.At(0, shape.Coarse + k, r)] = distance;
    }

    /// <summary>
    /// Moves one sample to its place in order of distance: the number of samples that are nearer, or equally near and earlier. Distances that are not numbers
    /// come last, so that every place is taken whatever comes in.
    /// </summary>
    /// <param name="item">(ray, sample).</param>
    /// <param name="unsorted">Samples, coarse ones first.</param>
    /// <param name="sorted">Receives them in order.</param>
    /// <param name="rows">Layout of both.</param>
    [Kernel]
    public static void Order(Index2D item, ArrayView<float> unsorted, ArrayView<float> sorted, RayRows rows)
    {
        int r = item.X, s = item.Y, place = 0;
        float distance = unsorted[rows.At(0, s, r)];
        bool isNumber = IsNumber(distance);
        for (int other = 0; other < rows.Samples; other++)
        {
            float candidate = unsorted[rows.At(0, other, r)];
            bool nearer = candidate < distance || (!isNumber && IsNumber(candidate));
            bool farther = distance < candidate || (isNumber && !IsNumber(candidate));
            place += nearer || (!farther && other < s) ? 1 : 0;
        }

        for (int row = 0; row < RayRows.SampleRows; row++)
        {
            sorted[rows.At(row, place, r)] = unsorted[rows.At(row, s, r)];
        }
    }

    /// <summary>Brings one distance that an earlier forward pass wrote into the scratch of a chunk.</summary>
    /// <param name="item">(ray, sample).</param>
    /// <param name="distances">Distances (all rays, T).</param>
    /// <param name="samples">Scratch of the chunk.</param>
    /// <param name="rows">Layout of the scratch.</param>
    /// <param name="firstRay">First ray of the chunk among all rays of the call.</param>
    [Kernel]
    public static void Load(Index2D item, ArrayView<float> distances, ArrayView<float> samples, RayRows rows, long firstRay) =>
        samples[rows.At(0, item.Y, item.X)] = distances[((firstRay + item.X) * rows.Samples) + item.Y];

    private static bool IsNumber(float value) => value <= 0f || value > 0f;

    /// <summary>The distance below which the distribution of a ray has the share <paramref name="uniform"/>.</summary>
    private static float Invert(float uniform, ArrayView<float> cumulative, ArrayView<float> samples, RayRows rows, int ray, int bins)
    {
        // Number of entries that are not above, by bisection.
        int index = 0, end = bins + 1;
        while (index < end)
        {
            int middle = (index + end) / 2;
            if (cumulative[((long)middle * rows.Rays) + ray] <= uniform)
            {
                index = middle + 1;
            }
            else
            {
                end = middle;
            }
        }

        int low = XMath.Max(index - 1, 0), high = XMath.Min(index, bins);
        float from = cumulative[((long)low * rows.Rays) + ray];
        float width = cumulative[((long)high * rows.Rays) + ray] - from;
        float start = Edge(samples, rows, low, ray), stop = Edge(samples, rows, high, ray);
        return start + ((uniform - from) / (width < 1e-5f ? 1f : width) * (stop - start));
    }

    /// <summary>Edge of a bin: the middle between two coarse samples.</summary>
    private static float Edge(ArrayView<float> samples, RayRows rows, int bin, int ray) =>
        (samples[rows.At(0, bin, ray)] + samples[rows.At(0, bin + 1, ray)]) * 0.5f;
}
