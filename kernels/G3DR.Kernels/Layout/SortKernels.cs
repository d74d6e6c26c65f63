using System.Numerics;
using G3DR.Compute;

namespace G3DR.Kernels.Layout;

/// <summary>
/// Sorts whole numbers by the bitonic network (Batcher, "Sorting networks and their applications", AFIPS 1968): (log n)^2 / 2 launches that compare
/// pairs, so the result does not depend on who runs them.
/// </summary>
public static class SortKernels
{
    /// <summary>Most keys of a sort.</summary>
    public const int MaxLength = 1 << 30;

    /// <summary>One pair of one stage.</summary>
    /// <param name="pair">Number of the pair.</param>
    /// <param name="keys">Keys, exchanged in place.</param>
    /// <param name="stride">Distance of the two, a power of two.</param>
    /// <param name="size">Length of the runs that the stage makes, a power of two; runs rise and fall in turns.</param>
    [Kernel]
    public static void CompareExchange(Index1D pair, ArrayView<ulong> keys, int stride, int size)
    {
        int low = (pair.X / stride * 2 * stride) + (pair.X % stride);
        bool rising = (low & size) == 0;
        ulong first = keys[low], second = keys[low + stride];
        if ((first > second) == rising)
        {
            keys[low] = second;
            keys[low + stride] = first;
        }
    }

    /// <summary>Sorts keys, the smallest first.</summary>
    /// <param name="device">Where to run.</param>
    /// <param name="keys">Keys; their number is a power of two.</param>
    /// <exception cref="ArgumentException">The number of keys is no power of two or above <see cref="MaxLength"/>.</exception>
    public static void Sort(Accelerator device, ArrayView<ulong> keys)
    {
        if (!BitOperations.IsPow2(keys.Length) || keys.Length > MaxLength)
        {
            throw new ArgumentException($"The number of keys must be a power of two of at most {MaxLength}, got {keys.Length}.", nameof(keys));
        }

        int length = (int)keys.Length;
        for (long size = 2; size <= length; size *= 2)
        {
            for (long stride = size / 2; stride > 0; stride /= 2)
            {
                device.Launch(CompareExchange, new Index1D(length / 2), keys, (int)stride, (int)size);
            }
        }
    }
}
