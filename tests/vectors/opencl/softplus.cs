interface IUnaryOp { static abstract float Forward(float x); }

readonly struct Softplus : IUnaryOp
{
    public static float Forward(float x) => x > 20f ? x : XMath.Tanh(x) + XMath.Max(x, 0f) / XMath.Rsqrt(x);
}

static class Ops<TOp>
    where TOp : struct, IUnaryOp
{
    [Kernel]
    public static void Map(Index1D i, ArrayView<float> x) => x[i] = TOp.Forward(x[i]);
}
