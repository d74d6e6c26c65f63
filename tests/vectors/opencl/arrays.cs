static class Ops
{
    [Kernel]
    public static void Median(Index1D i, ArrayView<float> x)
    {
        Span<float> window = stackalloc float[3];
        ReadOnlySpan<int> taps = stackalloc int[] { -1, 0, 1 };
        for (int k = 0; k < window.Length; k++)
            window[k] = x[i + taps[k]];
        Sort(window);
        x[i] = window[1];
    }

    static void Sort(Span<float> values)
    {
        for (int k = 1; k < values.Length; k++)
        {
            for (int j = k; j > 0 && values[j] < values[j - 1]; j--)
                Swap(ref values[j], ref values[j - 1]);
        }
    }

    static void Swap(ref float a, ref float b)
    {
        float t = a;
        a = b;
        b = t;
    }
}
