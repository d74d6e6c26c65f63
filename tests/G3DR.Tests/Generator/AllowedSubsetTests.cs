using static G3DR.Tests.Generator.KernelAnalyzerHarness;

namespace G3DR.Tests.Generator;

public class AllowedSubsetTests
{
    [Fact]
    public Task Statements_and_arithmetic_are_allowed() => VerifyAsync(Kernel("""
        if (i >= n)
            return;
        sbyte a = -1; byte b = 1; short c = 2; ushort d = 3; int e = a + b; uint f = 5u; long g = 6; ulong h = 7;
        double wide = x[i] * 2.0 + (double)e / 3;
        bool flag = e > 0 && f != 0 || !(g < 1);
        const float scale = 0.5f;
        float sum = 0f, unused = default;
        for (int k = 0, step = 1; k < n; k += step)
        {
            if (k == 3)
                continue;
            sum += x[k] * scale;
            int m = k;
            while (m > 0) { m >>= 1; if (flag) break; }
            do { m++; } while (m < 2);
        }
        switch (e % 4)
        {
            case 0: sum = -sum; break;
            case 1 when flag: sum *= 2; break;
            case (int)'a': sum = float.NaN; break;
            default: sum = (float)wide; break;
        }
        sum += (e & 3) switch { 0 => 1f, 1 => float.Epsilon, _ => int.MaxValue };
        sum = flag ? sum : e is 5 ? 1f : (float)(h ^ d);
        y[i] = e << 2 | ~c;
        y[i]++;
        unused = sum;
        x[i] = unused + XMath.Exp(sum) + XMath.PI + (float)Math.PI + sizeof(float) + scale;
        ;
        """));

    [Fact]
    public Task The_vocabulary_of_the_runtime_is_allowed() => VerifyAsync("""
        static class Ops
        {
            [Kernel]
            static void K(Index2D index, ArrayView<float> a, ArrayView2D<float> b, ArrayView3D<double> c, float s)
            {
                Atomic.Add(ref a[index.X], a.SubView(1, 2)[0]);
                s += BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(s) & 0x7fffffff);
                b[index] = b[index.Y, index.X] + (float)c[0, c.Depth - 1, 2] + s;
                Index1D linear = index.X + b.Width * index.Y;
                if (linear < a.Length)
                    a[linear] = index == Index2D.Zero ? 1 : 2;
            }

            [GroupKernel(64, 4)]
            static void Grouped(ArrayView<float> a, int n)
            {
                var tile = SharedMemory.Allocate<float>(4 * 64);
                tile[Group.IdxX] = a[Grid.IdxX * Group.DimX + Group.IdxX];
                Group.Barrier();
                Add(tile, n);
            }

            static void Add(ArrayView<float> values, int n)
            {
                if (Group.IdxX < n)
                    values[Group.IdxX] += 1;
            }
        }
        """);

    [Fact]
    public Task Local_arrays_of_constant_length_are_allowed() => VerifyAsync(Kernel("""
        const int taps = 3;
        Span<float> window = stackalloc float[2 * taps + 1];
        Span<int> table = stackalloc int[] { 1, 2, 3 };
        ReadOnlySpan<float> weights = stackalloc[] { 0.25f, 0.5f, 0.25f };
        for (int k = 0; k < window.Length; k++)
            window[k] = weights[k % taps] * table[0];
        Fill(window, 2);
        x[i] = Sum(window);
        """, """
        static void Fill(Span<float> values, float value) { for (int k = 0; k < values.Length; k++) values[k] = value; }
        static float Sum(ReadOnlySpan<float> values) { float s = 0; for (int k = 0; k < values.Length; k++) s += values[k]; return s; }
        """));

    [Fact]
    public Task Structs_with_members_and_operators_are_allowed() => VerifyAsync(Kernel("""
        var a = new Vec(1, 2) { Y = x[i] };
        Vec b = default;
        b += a * 2f;
        b = -b;
        b.Scale(3);
        b.Z = 1;
        b[1]++;
        Split(a, out float p, ref b.X, in a.Y);
        var q = new Pair(p, Mode.Fast);
        Flags f = Flags.A | Flags.B;
        x[i] = b.Length + (float)b + q.First + (q.Kind == Mode.Slow ? 1 : 0) + (int)f + new Blank().Value;
        """, """
        enum Mode { Fast, Slow }
        [Flags] enum Flags : byte { A = 1, B = 2 }
        struct Blank { public float Value; }
        readonly record struct Pair(float First, Mode Kind);
        struct Vec
        {
            public float X, Y;
            private float _bias = 1f;
            public Vec(float x, float y) { X = x; Y = y; Z = 0; }
            public float Z { get; set; }
            public readonly float Length => XMath.Sqrt(X * X + Y * Y + _bias);
            public float this[int k] { readonly get => k == 0 ? X : Y; set { if (k == 0) X = value; else Y = value; } }
            public void Scale(float s) { X *= s; this.Y *= s; }
            public static Vec operator +(Vec a, Vec b) => new(a.X + b.X, a.Y + b.Y);
            public static Vec operator *(Vec a, float s) => new(a.X * s, a.Y * s);
            public static Vec operator -(Vec a) => a * -1f;
            public static explicit operator float(Vec a) => a.X;
            public override string ToString() => $"{X} {Y}";
        }
        static void Split(Vec v, out float x, ref float y, in float z) { x = v.X; y = z; }
        """));

    [Fact]
    public Task Static_abstract_generics_are_allowed() => VerifyAsync("""
        interface IUnaryOp { static abstract float Forward(float x); static abstract float Slope { get; } static virtual float Bias() => 1f; }
        readonly struct Softplus : IUnaryOp
        {
            public static float Forward(float x) => x > 20f ? x : XMath.Exp(x);
            public static float Slope => 1f;
            public static double Reference(double x) => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));
        }
        readonly struct Twice<TInner> : IUnaryOp where TInner : IUnaryOp
        {
            public static float Forward(float x) => TInner.Forward(TInner.Forward(x));
            public static float Slope => 2f;
            public static float Bias() => 2f;
        }
        static class Ops
        {
            [Kernel]
            static void Map<TOp>(Index1D i, ArrayView<float> x) where TOp : struct, IUnaryOp => x[i] = TOp.Forward(x[i]) * TOp.Slope + TOp.Bias();

            [Kernel]
            static void Fixed(Index1D i, ArrayView<float> x) => x[i] = Apply<Twice<Twice<Softplus>>>(x[i]);

            static float Apply<TOp>(float x) where TOp : IUnaryOp => TOp.Forward(x);
        }
        """);

    [Fact]
    public Task Generic_math_is_allowed() => VerifyAsync("""
        static class Ops
        {
            [Kernel]
            static void Norm<T>(Index1D i, ArrayView<T> x, T eps) where T : unmanaged, IFloatingPointIeee754<T>
            {
                T sum = T.Zero;
                for (int k = 0; k < x.Length; k++)
                    sum += x[k] * x[k];
                T half = T.CreateTruncating(0.5);
                x[i] = Clamp(-x[i] / T.Sqrt(sum + eps) * half, -T.One, T.Max(T.Pi, half));
                x[i]++;
                if (sum > eps) x[i] = T.Exp(sum);
            }

            [Kernel]
            static void Use(Index1D i, ArrayView<float> x) => x[i] = Clamp(x[i], 0f, 1f);

            static T Clamp<T>(T x, T low, T high) where T : INumber<T> => x < low ? low : x > high ? high : x;

            static TIndex Unfold<TIndex>(long linear, TIndex extent) where TIndex : struct, IIndex<TIndex> => TIndex.FromLinear(linear, extent);

            [Kernel]
            static void Fold(Index1D i, ArrayView<float> x) => x[i] = Unfold<Index1D>(i, 1);
        }
        """);

    [Fact]
    public Task Local_functions_that_capture_nothing_and_partial_kernels_are_allowed() => VerifyAsync("""
        static partial class Ops
        {
            [Kernel]
            private static partial void K(Index1D i, ArrayView<float> x);
            private static partial void K(Index1D i, ArrayView<float> x)
            {
                const float bias = 2f;
                x[i] = Square(x[i]);
                static float Square(float v) => v * v + bias;
            }
        }
        """);

    [Fact]
    public Task Host_code_is_never_touched() => VerifyAsync("""
        class Host
        {
            static int s_count;
            public string Name => string.Join(",", new[] { "a" });
            public void Launch(System.Collections.Generic.List<float> list)
            {
                lock (this) { s_count++; }
                foreach (float f in list) Console.WriteLine(Math.Exp(f));
                try { throw new InvalidOperationException(); } finally { Ops.Run(default, default); }
            }
        }
        static class Ops
        {
            public static void Run(Index1D i, ArrayView<float> x) { object boxed = 1; K(i, x); }
            [Kernel] static void K(Index1D i, ArrayView<float> x) => x[i] = 1;
        }
        """);

    [Fact]
    public async Task Code_that_does_not_reference_the_runtime_is_not_looked_at() =>
        Assert.Empty(await AnalyseAsync("class KernelAttribute : System.Attribute { } class C { [Kernel] void M() => throw null; }", withRuntime: false));
}
