using G3DR.Compute.Simd;

namespace G3DR.Kernels;

/// <summary>Moves the last, incomplete vector of a loop through a small buffer.</summary>
internal static unsafe class VectorTail
{
    /// <summary>Copies <paramref name="count"/> floats; the rest of the buffer keeps what it holds.</summary>
    public static void Load(float* source, float* buffer, int count)
    {
        for (int i = 0; i < count; i++)
        {
            buffer[i] = source[i];
        }
    }

    /// <summary>Copies <paramref name="count"/> floats.</summary>
    public static void Store(float* buffer, float* destination, int count) => Load(buffer, destination, count);

    /// <summary>Reads a vector of which there are <paramref name="count"/> floats, or more than it holds; the others are zero.</summary>
    public static V Load<V>(float* source, int count)
        where V : struct, ISimd<V>
    {
        if (count >= V.Count)
        {
            return V.Load(source);
        }

        float* buffer = stackalloc float[V.Count];
        V.Zero.Store(buffer);
        Load(source, buffer, count);
        return V.Load(buffer);
    }
}
