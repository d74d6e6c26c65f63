static class Ops
{
    [Kernel]
    public static void Weights<T>(Index1D i, ArrayView<T> x, int n)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T offset = T.CreateTruncating(1e-10);
        T sum = T.Zero;
        for (int k = 0; k < n; k++)
            sum += T.Max(x[k], offset) * T.CreateTruncating(k);
        x[i] = T.IsNaN(sum) ? T.One : T.Exp(-sum) / T.Sqrt(sum);
        x[T.ConvertToInteger<int>(sum)] = T.PositiveInfinity;
    }
}
