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
}
