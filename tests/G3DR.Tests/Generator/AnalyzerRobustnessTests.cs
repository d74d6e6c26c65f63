using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using static G3DR.Tests.Generator.KernelAnalyzerHarness;

namespace G3DR.Tests.Generator;

/// <summary>Source that is broken or extreme must neither crash nor hang the analyzer; a crash would show as AD0001.</summary>
public class AnalyzerRobustnessTests
{
    [Theory]
    [InlineData("static class Ops { [Kernel] static void K(")]
    [InlineData("static class Ops { [Kernel] static void K(Index1D i, Missing<float> x) { x[i] = Unknown.Call(y => ; } }")]
    [InlineData("static class Ops { [Kernel] static void K(Index1D i) { var s = new S(); s.Next.Next = s; } } struct S { public S Next; }")]
    [InlineData("static class Ops { [Kernel] static void K(Index1D i) { foreach (var in ) { } goto; stackalloc; ref var = ; } }")]
    [InlineData("[Kernel] static void K(Index1D i) { } [Kernel] class C { } [Kernel(1, 2)] enum E { }")]
    [InlineData("static class Ops { [Kernel] static partial void K(Index1D i); [Kernel] static void K(Index1D i) { K(i); } [Kernel] static void K(Index1D i) { } }")]
    [InlineData("static class Ops { [Kernel] static void K<T>(Index1D i) where T : T, Missing { T.Run(); new T(); default(T).X(); } }")]
    public async Task Broken_source_is_left_to_the_compiler(string source)
    {
        var found = await AnalyseAsync(source);
        Assert.DoesNotContain(found, d => d.Id == "AD0001");
    }

    [Fact]
    public async Task A_missing_type_is_not_reported_again() =>
        Assert.Empty(await AnalyseAsync("static class Ops { [Kernel] static void K(Index1D i, Missing<float> x) { Other o = x[i]; o.Run(); } }"));

    [Fact]
    public Task Long_call_chains_and_long_expressions_do_not_exhaust_the_stack()
    {
        const int length = 3000;
        var members = new StringBuilder();
        for (int k = 0; k < length; k++)
            members.Append(CultureInfo.InvariantCulture, $"static float F{k}(float v) => F{k + 1}(v);\n");
        members.Append(CultureInfo.InvariantCulture, $"static float F{length}(float v) => {{|KG0026:MathF.Exp(v)|}};\n");
        string sum = string.Join(" + ", Enumerable.Repeat("x[0]", length));
        return VerifyAsync(Kernel($"x[i] = F0(1) + {sum};", members.ToString()));
    }

    [Fact]
    public Task Type_arguments_that_double_at_each_call_end()
    {
        var members = new StringBuilder("struct Pair<A, B> { public A First; public B Second; }\n");
        for (int k = 0; k < 40; k++)
            members.Append(CultureInfo.InvariantCulture, $"static float F{k}<T>() => F{k + 1}<Pair<T, T>>();\n");
        members.Append("static float F40<T>() => {|KG0026:MathF.Exp(1)|};\n");
        return VerifyAsync(Kernel("x[i] = F0<int>();", members.ToString()));
    }

    [Fact]
    public async Task Reports_do_not_depend_on_the_run()
    {
        string source = Kernel("x[i] = H(MathF.Exp(n)); y[i] = (int)MathF.Log(n);", """
            static float H(float v) { lock (new object()) { throw new Exception(); } }
            [Kernel] static void Z(Index1D i, ArrayView<float> x) => x[i] = H(1);
            """);
        string[] first = Describe(await AnalyseAsync(source));
        Assert.Equal(4, first.Length);
        for (int run = 0; run < 4; run++)
            Assert.Equal(first, Describe(await AnalyseAsync(source)));

        static string[] Describe(IEnumerable<Diagnostic> found) => [.. found.Select(d => d.ToString()).Order(StringComparer.Ordinal)];
    }
}
