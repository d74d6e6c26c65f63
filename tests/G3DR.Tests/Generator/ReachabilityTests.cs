using static G3DR.Tests.Generator.KernelAnalyzerHarness;

namespace G3DR.Tests.Generator;

public class ReachabilityTests
{
    [Fact]
    public async Task A_helper_in_another_file_is_reported_once_for_the_first_kernel()
    {
        var found = await VerifyAsync(
        [
            """
            static class Ops
            {
                [Kernel] static void First(Index1D i, ArrayView<float> x) => x[i] = Outer.Middle(x[i]);
                [Kernel] static void Second(Index1D i, ArrayView<float> x) => x[i] = Outer.Inner(x[i]) + Outer.Middle(1);
            }
            """,
            """
            static class Outer
            {
                public static float Middle(float v) => Inner(v) * 2;
                public static float Inner(float v) { {|KG0014:throw|} new Exception(); }
                public static float Unused(float v) { throw new Exception(); }
            }
            """,
        ]);
        Assert.StartsWith("'Outer.Inner', reached from kernel 'Ops.First', uses throw", Assert.Single(found).GetMessage(null), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x[i] = A(n);", "static int A(int v) => v < 2 ? 1 : {|KG0022:A(v - 1)|};", "Ops.A -> Ops.A")]
    [InlineData("x[i] = A(n);", "static int A(int v) => B(v); static int B(int v) => v < 1 ? 0 : {|KG0022:A(v - 1)|};", "Ops.A -> Ops.B -> Ops.A")]
    [InlineData("if (n > 0) {|KG0022:K(i, x, y, n - 1)|};", "", "Ops.K -> Ops.K")]
    [InlineData("x[i] = Loop(n); static int Loop(int v) => {|KG0022:Loop(v)|};", "", "Loop -> Loop")]
    [InlineData("x[i] = new S().P;", "struct S { public int P => Q; int Q => {|KG0022:P|}; }", "Ops.S.P -> Ops.S.Q -> Ops.S.P")]
    [InlineData("x[i] = new S(1).V;", "struct S { public int V; public S(int v) { V = v > 0 ? {|KG0022:new S(v - 1)|}.V : 0; } }", "new S -> new S")]
    public async Task Recursion_is_refused_where_it_closes(string body, string members, string cycle)
    {
        var only = Assert.Single(await VerifyAsync(Kernel(body, members)));
        Assert.Contains(cycle, only.GetMessage(null), StringComparison.Ordinal);
    }

    [Fact]
    public Task Recursion_through_a_type_argument_is_refused() => VerifyAsync("""
        interface IOp { static abstract float Run(float x); }
        struct Self : IOp { public static float Run(float x) => {|KG0022:Ops.Apply<Self>(x)|}; }
        static class Ops
        {
            public static float Apply<TOp>(float x) where TOp : IOp => TOp.Run(x);
            [Kernel] static void K(Index1D i, ArrayView<float> x) => x[i] = Apply<Self>(x[i]);
        }
        """);

    [Fact]
    public Task Instantiation_without_end_is_refused() => VerifyAsync(Kernel("x[i] = Grow<int>(n);", """
        struct Wrap<T> { public T Value; }
        static float Grow<T>(int v) => v < 1 ? 0 : {|KG0022:Grow<Wrap<T>>(v - 1)|};
        """));

    [Fact]
    public Task Diamonds_are_no_recursion() => VerifyAsync(Kernel("x[i] = Left(n) + Right(n) + Shared(n);", """
        static int Left(int v) => Shared(v);
        static int Right(int v) => Shared(v) + Left(v);
        static int Shared(int v) => v + 1;
        """));

    [Fact]
    public Task An_open_type_parameter_reaches_every_type_that_fits() => VerifyAsync("""
        interface IOp { static abstract float Run(float x); static abstract float Reference(float x); }
        interface IMarked { }
        struct Good : IOp, IMarked { public static float Run(float x) => x; public static float Reference(float x) => MathF.Exp(x); }
        struct Bad : IOp, IMarked { public static float Run(float x) => {|KG0026:MathF.Exp(x)|}; public static float Reference(float x) => x; }
        struct Unmarked : IOp { public static float Run(float x) => MathF.Exp(x); public static float Reference(float x) => x; }
        class Host : IOp, IMarked { public static float Run(float x) => MathF.Exp(x); public static float Reference(float x) => x; }
        static class Ops
        {
            [Kernel] static void Map<TOp>(Index1D i, ArrayView<float> x) where TOp : struct, IOp, IMarked => x[i] = TOp.Run(x[i]);
        }
        """);

    [Fact]
    public Task A_known_type_argument_reaches_only_that_type() => VerifyAsync("""
        interface IOp { static abstract float Run(float x); }
        struct Used : IOp { public static float Run(float x) => {|KG0026:MathF.Exp(x)|}; }
        struct HostOnly : IOp { public static float Run(float x) => MathF.Exp(x); }
        static class Ops
        {
            [Kernel] static void K(Index1D i, ArrayView<float> x) => x[i] = Apply<Used>(x[i]);
            static float Apply<TOp>(float x) where TOp : IOp => TOp.Run(x);
        }
        """);

    [Fact]
    public Task Members_of_generic_structs_are_followed_with_their_type_arguments() => VerifyAsync("""
        interface IOp { static abstract float Run(float x); }
        struct Used : IOp { public static float Run(float x) => {|KG0026:MathF.Exp(x)|}; }
        struct HostOnly : IOp { public static float Run(float x) => MathF.Exp(x); }
        struct Outer<TOp> where TOp : IOp
        {
            public struct Inner<T> where T : unmanaged
            {
                public T Value;
                public Inner(T value) { Value = value; }
                public float Result<TOther>() where TOther : IOp => TOp.Run(1) + TOther.Run(2);
                public static Inner<T> operator +(Inner<T> a, Inner<T> b) => Add(a, b);
                private static Inner<T> Add(Inner<T> a, Inner<T> b) => {|KG0022:a + b|};
            }
        }
        static class Ops
        {
            [Kernel]
            static void K(Index1D i, ArrayView<float> x)
            {
                var inner = new Outer<Used>.Inner<float>(x[i]);
                x[i] = inner.Result<Used>() + (inner + inner).Value;
            }
        }
        """);

    [Fact]
    public Task Initialisers_accessors_operators_and_conversions_are_followed() => VerifyAsync(Kernel("""
        var s = new S(1f);
        s.Value = 2f;
        float f = s + s;
        x[i] = s[0] + f;
        """, """
        struct S
        {
            float _scale = {|KG0026:MathF.Exp(1f)|};
            int Count { get; } = {|KG0026:Math.Abs(-3)|};
            public S(float v) { Value = v; }
            public float Value { readonly get => MathF.Exp(_scale); set { _scale = {|KG0026:MathF.Log(value)|}; } }
            public readonly float this[int k] => {|KG0026:MathF.Sin(k)|};
            public static S operator +(S a, S b) => new({|KG0026:MathF.Cos(1f)|});
            public static implicit operator float(S s) => {|KG0026:MathF.Tan(1f)|};
        }
        """));

    [Fact]
    public Task Device_functions_are_checked_where_they_are_declared() => VerifyAsync("""
        static class Helpers
        {
            [DeviceFunction] public static float Exp(float v) => {|KG0026:MathF.Exp(v)|};
            [DeviceFunction] public static float Value => {|KG0026:MathF.Log(2)|};
            public static float Host(float v) => MathF.Exp(v);
        }
        [DeviceFunction] struct Marked
        {
            public static float Twice(float v) => 2 * {|KG0026:MathF.Abs(v)|};
            public string {|KG0011:Name|}() => {|KG0011:"x"|};
        }
        """);

    [Fact]
    public async Task Only_device_functions_of_other_assemblies_can_be_called()
    {
        var library = CompileReference("Library", """
            public static class Lib
            {
                [DeviceFunction] public static float Marked(float v) => v;
                [DeviceFunction] public static object Boxed(float v) => v;
                public static float Plain(float v) => v;
            }
            public interface IOp { static abstract float Run(float x); }
            public struct Safe : IOp { [DeviceFunction] public static float Run(float x) => x; }
            public struct Unsafe : IOp { public static float Run(float x) => x; }
            """);
        await VerifyAsync([Kernel("""
            x[i] = Lib.Marked(x[i]) + {|KG0030:Lib.Plain(x[i])|} + Apply<Safe>(1) + Apply<Unsafe>(2);
            _ = {|KG0030:Lib.Boxed(1)|};
            """, "static float Apply<TOp>(float v) where TOp : IOp => {|KG0030:TOp.Run(v)|};")], library);
    }

    [Fact]
    public Task A_type_in_the_namespace_of_the_runtime_is_not_the_runtime() => VerifyAsync("""
        namespace G3DR.Compute { static class Sneaky { public static float Run(float v) => {|KG0026:MathF.Exp(v)|}; } }
        static class Ops { [Kernel] static void K(Index1D i, ArrayView<float> x) => x[i] = Sneaky.Run(1); }
        """);
}
