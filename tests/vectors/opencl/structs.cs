readonly record struct Pair(float First, bool Kind)
{
    public float Twice => 2 * First;
}

struct Vec
{
    public float X, Y;
    private float _bias = 1f;

    public Vec(float x, float y)
    {
        X = x;
        Y = y;
    }

    public float this[int k]
    {
        readonly get => k == 0 ? X : Y;
        set
        {
            if (k == 0)
                X = value;
            else
                Y = value;
        }
    }

    public void Scale(float s) => X *= s + _bias;

    public static Vec operator +(Vec a, Vec b) => new(a.X + b.X, a.Y + b.Y);
}

static class Ops
{
    [Kernel]
    public static void Structs(Index1D i, ArrayView<Vec> x, Pair pair)
    {
        var a = new Vec(1, 2) { Y = pair.Twice };
        a += x[i];
        a[1]++;
        x[i].Scale(a[0]);
        x[i].X = new Pair(a.Y, !pair.Kind).First;
    }
}
