static class Ops
{
    [Kernel]
    public static void Order(Index1D i, ArrayView<int> x)
    {
        int n = 0, v = x[i];
        x[n++] = v + Next(ref v);
        x[n] = Next(ref v) + 1;
        int a, b;
        a = b = v;
        if (Half(a, out int h) && h > b)
            x[n] = h;
        while (Half(v, out h) || v++ < 3)
        {
            if (h == 2)
                continue;
            v -= h;
        }
    }

    static int Next(ref int v)
    {
        v += 10;
        return v;
    }

    static bool Half(int v, out int half)
    {
        half = v / 2;
        return v > 4;
    }
}
