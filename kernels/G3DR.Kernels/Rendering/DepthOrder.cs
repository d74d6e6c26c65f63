using System.Numerics;
using G3DR.Compute;

namespace G3DR.Kernels.Rendering;

/// <summary>Stable sorting of samples by distance, and moving what belongs to the samples along.</summary>
public static class DepthOrder
{
    /// <summary>
    /// Finds the place of one sample among the sorted samples of its ray: the number of samples that are nearer, or equally near and earlier.
    /// Distances that are not numbers come last, so that the result is a permutation whatever comes in.
    /// </summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="item">(ray, sample), row-major.</param>
    /// <param name="distances">Distances (rays, samples).</param>
    /// <param name="order">For each sorted place the sample that goes there (rays, samples), overwritten.</param>
    /// <param name="samples">Samples per ray.</param>
    [Kernel]
    public static void Rank<T>(Index1D item, ArrayView<T> distances, ArrayView<int> order, int samples)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int own = item.X % samples;
        long ray = (long)item.X - own;
        T distance = distances[item.X];
        int place = 0;
        for (int other = 0; other < samples; other++)
        {
            T candidate = distances[ray + other];
            bool nearer = candidate < distance || (T.IsNaN(distance) && !T.IsNaN(candidate));
            bool farther = distance < candidate || (T.IsNaN(candidate) && !T.IsNaN(distance));
            place += nearer || (!farther && other < own) ? 1 : 0;
        }

        order[ray + place] = own;
    }

    /// <summary>Takes samples in the given order: output[ray, place] = input[ray, order[ray, place]].</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="item">(ray, place), row-major.</param>
    /// <param name="input">Values (rays, samples, channels).</param>
    /// <param name="order">Order (rays, samples), a permutation of each ray's samples.</param>
    /// <param name="output">Sorted values (rays, samples, channels), overwritten.</param>
    /// <param name="samples">Samples per ray.</param>
    /// <param name="channels">Values per sample.</param>
    [Kernel]
    public static void Gather<T>(Index1D item, ArrayView<T> input, ArrayView<int> order, ArrayView<T> output, int samples, int channels)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        long source = (long)(item.X / samples * (long)samples) + order[item.X];
        for (int c = 0; c < channels; c++)
        {
            output[((long)item.X * channels) + c] = input[(source * channels) + c];
        }
    }

    /// <summary>Adjoint (and inverse) of <see cref="Gather"/>: input gradient[ray, order[ray, place]] = output gradient[ray, place].</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="item">(ray, place), row-major.</param>
    /// <param name="cotangent">Gradient of the sorted values (rays, samples, channels).</param>
    /// <param name="order">Order (rays, samples), a permutation of each ray's samples.</param>
    /// <param name="gradient">Gradient of the values (rays, samples, channels), overwritten.</param>
    /// <param name="samples">Samples per ray.</param>
    /// <param name="channels">Values per sample.</param>
    [Kernel]
    public static void Scatter<T>(Index1D item, ArrayView<T> cotangent, ArrayView<int> order, ArrayView<T> gradient, int samples, int channels)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        long target = (long)(item.X / samples * (long)samples) + order[item.X];
        for (int c = 0; c < channels; c++)
        {
            gradient[(target * channels) + c] = cotangent[((long)item.X * channels) + c];
        }
    }
}
