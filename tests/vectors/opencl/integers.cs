static class Ops
{
    [Kernel]
    public static void Wrap(Index1D i, ArrayView<int> x, ArrayView<byte> y, long step)
    {
        int a = x[i], b = x[i + 1];
        x[i] = a * b - -a + (b << 3) - (a >> b) % 7;
        uint bits = (uint)a >>> b;
        bits *= 5;
        y[i] += 1;
        y[step * i + 2] = (byte)(bits ^ 255u);
        x[XMath.Min(a, b)] &= ~15;
    }
}
