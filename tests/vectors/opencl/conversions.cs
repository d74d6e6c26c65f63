static class Ops
{
    [Kernel]
    public static void Convert(Index1D i, ArrayView<float> x, ArrayView<short> y, ArrayView3D<ulong> z)
    {
        int whole = (int)x[i];
        y[i] = (short)x[i + whole];
        z[0, whole, 1] = (ulong)y[i] + (ulong)whole + (ulong)x[i] + (ulong)z.Depth;
        x[i] = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(x[i]) & int.MaxValue) + uint.MaxValue + 1e-45f;
    }
}
