using System.Numerics;
using G3DR.Compute;

namespace G3DR.Kernels.Rendering;

/// <summary>Where rays meet the box and where samples lie on them before anything is known about the scene.</summary>
public static class RayDistances
{
    /// <summary>
    /// Entry into and exit from the cube [-half, half]^3 by the slab test (Kay and Kajiya 1986), in the released code's order of comparisons.
    /// Rays that miss get near -1 and far -2; an origin inside the box gives a negative near.
    /// </summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="ray">Ray.</param>
    /// <param name="origins">Origins (rays, 3).</param>
    /// <param name="directions">Directions (rays, 3); components may be zero.</param>
    /// <param name="near">Entry distances (rays), overwritten.</param>
    /// <param name="far">Exit distances (rays), overwritten.</param>
    /// <param name="half">Half the side of the cube.</param>
    [Kernel]
    public static void Limits<T>(Index1D ray, ArrayView<T> origins, ArrayView<T> directions, ArrayView<T> near, ArrayView<T> far, T half)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T enter = T.NegativeInfinity, exit = T.PositiveInfinity;
        bool hit = true;
        for (int axis = 0; axis < 3; axis++)
        {
            T inverse = T.One / directions[(3L * ray.X) + axis];
            T origin = origins[(3L * ray.X) + axis];
            T first = ((inverse < T.Zero ? half : -half) - origin) * inverse;
            T second = ((inverse < T.Zero ? -half : half) - origin) * inverse;
            hit = hit && !(enter > second || first > exit);
            enter = T.Max(enter, first);
            exit = T.Min(exit, second);
        }

        near[ray.X] = hit ? enter : -T.One;
        far[ray.X] = hit ? exit : -T.One - T.One;
    }

    /// <summary>What the repair of rays that miss looks for the smallest and largest value of: near where a ray hits, else infinity and minus infinity.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="ray">Ray.</param>
    /// <param name="near">Entry distances (rays).</param>
    /// <param name="far">Exit distances (rays); a ray hits where they are larger.</param>
    /// <param name="low">Candidates for the smallest value (rays), overwritten.</param>
    /// <param name="high">Candidates for the largest value (rays), overwritten.</param>
    [Kernel]
    public static void NearOfHits<T>(Index1D ray, ArrayView<T> near, ArrayView<T> far, ArrayView<T> low, ArrayView<T> high)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        bool hit = far[ray.X] > near[ray.X];
        low[ray.X] = hit ? near[ray.X] : T.PositiveInfinity;
        high[ray.X] = hit ? near[ray.X] : T.NegativeInfinity;
    }

    /// <summary>Gives a ray that misses the smallest and the largest near of all rays that hit; where none hits, nothing is changed.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="ray">Ray.</param>
    /// <param name="near">Entry distances (rays), changed in place.</param>
    /// <param name="far">Exit distances (rays), changed in place.</param>
    /// <param name="smallest">Smallest near of the rays that hit, one element.</param>
    /// <param name="largest">Largest near of the rays that hit, one element.</param>
    [Kernel]
    public static void RepairMisses<T>(Index1D ray, ArrayView<T> near, ArrayView<T> far, ArrayView<T> smallest, ArrayView<T> largest)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (smallest[0] <= largest[0] && !(far[ray.X] > near[ray.X]))
        {
            near[ray.X] = smallest[0];
            far[ray.X] = largest[0];
        }
    }

    /// <summary>
    /// Evenly spaced distances, each moved by its random number: near + (s + noise) step. With step = (far - near) / (S - 1) the released code's
    /// stratified samples (the last lies up to one step behind far), with step = (far - near) / S one draw in each of S equal bins (paper).
    /// </summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="item">(ray, sample), row-major.</param>
    /// <param name="near">Nearest distance of each ray.</param>
    /// <param name="far">Farthest distance of each ray.</param>
    /// <param name="noise">Numbers in [0, 1) (rays, S).</param>
    /// <param name="distances">Distances (rays, S), overwritten.</param>
    /// <param name="samples">Samples per ray S.</param>
    /// <param name="steps">Steps from near to far: S - 1 or S.</param>
    [Kernel]
    public static void Spread<T>(
        Index1D item, ArrayView<T> near, ArrayView<T> far, ArrayView<T> noise, ArrayView<T> distances, int samples, int steps)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int ray = item.X / samples;
        T step = (far[ray] - near[ray]) / T.CreateTruncating(steps);
        distances[item.X] = near[ray] + (T.CreateTruncating(item.X % samples) * step) + (noise[item.X] * step);
    }

    /// <summary>Stratified in inverse distance: q = (s + noise) / (S - 1), t = 1 / ((1 - q) / near + q / far).</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="item">(ray, sample), row-major.</param>
    /// <param name="near">Nearest distance of each ray, positive.</param>
    /// <param name="far">Farthest distance of each ray.</param>
    /// <param name="noise">Numbers in [0, 1) (rays, S).</param>
    /// <param name="distances">Distances (rays, S), overwritten.</param>
    /// <param name="samples">Samples per ray S, at least 2.</param>
    [Kernel]
    public static void SpreadDisparity<T>(
        Index1D item, ArrayView<T> near, ArrayView<T> far, ArrayView<T> noise, ArrayView<T> distances, int samples)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int ray = item.X / samples;
        T q = (T.CreateTruncating(item.X % samples) + noise[item.X]) / T.CreateTruncating(samples - 1);
        distances[item.X] = T.One / (((T.One - q) / near[ray]) + (q / far[ray]));
    }

    /// <summary>Distances around the surface: surface + linspace(-reach, reach, K).</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="item">(ray, sample), row-major.</param>
    /// <param name="surface">Distance of the surface along each ray.</param>
    /// <param name="distances">Distances (rays, K), overwritten.</param>
    /// <param name="samples">Samples per ray K; one alone lies at -reach, as in PyTorch.</param>
    /// <param name="reach">How far the outermost samples lie from the surface.</param>
    [Kernel]
    public static void AroundSurface<T>(Index1D item, ArrayView<T> surface, ArrayView<T> distances, int samples, T reach)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T step = (reach + reach) / T.CreateTruncating(XMath.Max(samples - 1, 1));
        distances[item.X] = surface[item.X / samples] - reach + (T.CreateTruncating(item.X % samples) * step);
    }

    /// <summary>World positions of samples: origin + distance x direction.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="item">(ray, sample), row-major.</param>
    /// <param name="origins">Origins (rays, 3).</param>
    /// <param name="directions">Directions (rays, 3).</param>
    /// <param name="distances">Distances (rays, S).</param>
    /// <param name="points">Points (rays, S, 3), overwritten.</param>
    /// <param name="samples">Samples per ray S.</param>
    [Kernel]
    public static void Points<T>(
        Index1D item, ArrayView<T> origins, ArrayView<T> directions, ArrayView<T> distances, ArrayView<T> points, int samples)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        long ray = item.X / samples;
        for (int axis = 0; axis < 3; axis++)
        {
            points[(3L * item.X) + axis] = origins[(3 * ray) + axis] + (distances[item.X] * directions[(3 * ray) + axis]);
        }
    }

    /// <summary>Random numbers of the samples of a call, numbered so that parts of a picture draw what the whole picture draws.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="item">Number (ray, sample), row-major.</param>
    /// <param name="numbers">Uniform numbers in [0, 1), overwritten.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="stream">Stream of the seed.</param>
    /// <param name="first">Number of item 0 within the stream.</param>
    [Kernel]
    public static void Uniform<T>(Index1D item, ArrayView<T> numbers, ulong seed, uint stream, ulong first)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        numbers[item.X] = T.CreateTruncating(Philox.Uniform(seed, stream, first + (ulong)item.X));
}
