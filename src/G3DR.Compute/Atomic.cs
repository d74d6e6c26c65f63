using System.Runtime.CompilerServices;

namespace G3DR.Compute;

/// <summary>Atomic operations on device memory. Floating-point sums by several threads have no fixed order: use only where a named variant says so.</summary>
public static class Atomic
{
    /// <summary>Adds <paramref name="value"/> to <paramref name="target"/> and returns what was there before.</summary>
    public static int Add(ref int target, int value) => Interlocked.Add(ref target, value) - value;

    /// <inheritdoc cref="Add(ref int, int)"/>
    public static uint Add(ref uint target, uint value) => Interlocked.Add(ref target, value) - value;

    /// <inheritdoc cref="Add(ref int, int)"/>
    public static float Add(ref float target, float value)
    {
        ref int bits = ref Unsafe.As<float, int>(ref target);
        while (true)
        {
            int before = Volatile.Read(ref bits);
            float old = BitConverter.Int32BitsToSingle(before);
            if (Interlocked.CompareExchange(ref bits, BitConverter.SingleToInt32Bits(old + value), before) == before)
            {
                return old;
            }
        }
    }
}
