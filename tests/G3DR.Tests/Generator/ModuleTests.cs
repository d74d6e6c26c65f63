using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using static G3DR.Tests.Generator.KernelGeneratorHarness;

namespace G3DR.Tests.Generator;

/// <summary>The generated file as a whole: when it is written, and how assemblies share device functions.</summary>
public class ModuleTests
{
    private const string Library = """
        [DeviceFunction]
        public static class Lib
        {
            public static float Blend(float a, float b, Mix mix) => Weight(a, mix) + b * mix.Share;
            private static float Weight(float a, Mix mix) => a * (1 - mix.Share);
            public static void Step(ref uint state, ArrayView<float> log) { state = state * 1664525u + 1013904223u; log[0] = state; }
            public static T Twice<T>(T v) where T : unmanaged, INumber<T> => v + v;
        }
        public struct Mix { public float Share; public bool Flag; }
        """;

    [Fact]
    public void Device_functions_of_other_assemblies_come_with_what_they_need()
    {
        Result library = Generate("Lib", Library);
        Assert.Empty(library.Diagnostics);
        Result user = Generate("User", """
            static class Lib_Lib { public static float Blend(float v) => v; }
            static class Ops
            {
                [Kernel] static void K(Index1D i, ArrayView<float> x, Mix mix)
                {
                    uint state = 1;
                    Lib.Step(ref state, x);
                    x[i] = Lib.Blend(x[i], Lib.Twice(2f), mix) + Lib_Lib.Blend(state);
                }
            }
            """, library.Reference!);
        Assert.Empty(user.Diagnostics);
        string source = user.Only.Source;
        Assert.Contains("float Lib_Lib_Blend(float a, float b, Lib_Mix mix_)\n", source, StringComparison.Ordinal);
        Assert.Contains("float Lib_Lib_Weight(float a, Lib_Mix mix_)\n", source, StringComparison.Ordinal);
        Assert.Contains("float Lib_Lib_Blend_2(float v)\n", source, StringComparison.Ordinal);
        Assert.Contains("    Lib_Lib_Step(&state, x);\n", source, StringComparison.Ordinal);
        Assert.Contains("    uchar Flag;\n} Lib_Mix;\n", source, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_function_in_a_form_that_was_not_stored_is_refused()
    {
        Diagnostic only = Assert.Single(Generate("User", """
            static class Ops { [GroupKernel(8)] static void K(ArrayView<uint> x, ArrayView<float> y) { var tile = SharedMemory.Allocate<float>(8); Lib.Step(ref x[0], tile); y[0] = 1; } }
            """, Generate("Lib", Library).Reference!).Diagnostics);
        Assert.Equal("KG0033", only.Id);
        Assert.Contains("'Lib.Step', for which 'Lib' holds no device code of this form", only.GetMessage(null), StringComparison.Ordinal);
    }

    [Fact]
    public void Fields_lie_in_memory_as_on_the_host()
    {
        Result result = Generate("""
            public record struct Positional(int A, double B) { public byte C = 3; public long D { get; set; } = 4; }
            public struct Captured(int n, float f, int unused = 3) { public int Q { get; set; } = unused; public bool Tag; public readonly float Get() => f * n; public void Bump() => n++; }
            static class Ops { [Kernel] static void K(Index1D i, ArrayView<float> x, Positional p, Captured c) { c.Bump(); x[i] = c.Get() + p.A; } }
            """);
        string source = result.Only.Source;
        foreach (string name in new[] { "Positional", "Captured" })
        {
            IEnumerable<string> fields = result.Assembly!.GetType(name)!
                .GetFields(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic)
                .OrderBy(f => f.MetadataToken).Select(f => f.Name.TrimStart('<').Split('>')[0]);
            int end = source.IndexOf($"}} {name};", StringComparison.Ordinal);
            string body = source[source.LastIndexOf('{', end)..end];
            Assert.Equal(fields, body.Split('\n').Where(l => l.EndsWith(';')).Select(l => l.Split(' ')[^1].TrimEnd(';')));
        }
    }

    [Theory]
    [InlineData("class Host { public static int Twice(int v) => 2 * v; }")]
    [InlineData("class KernelAttribute : System.Attribute { } static class Own { [global::KernelAttribute] static void K() { } }")]
    public void Without_kernels_nothing_is_generated(string source) => Assert.Null(Generate(source).Source);

    [Fact]
    public void The_module_is_made_anew_only_when_a_kernel_changes()
    {
        const string kernel = "static class Ops { [Kernel] static void K(Index1D i, ArrayView<float> x) => x[i] = Host.Factor; }";
        CSharpCompilation first = KernelAnalyzerHarness.CompileSnippet("Snippet", [kernel, "static class Host { public const float Factor = 2; public static int A = 1; }"], []);
        GeneratorDriver driver = Driver().RunGenerators(first);

        SyntaxTree edited = CSharpSyntaxTree.ParseText("static class Host { public const float Factor = 2; public static int A = 3; static void M() { } }", KernelAnalyzerHarness.Parse, "File1.cs");
        driver = driver.RunGenerators(first.ReplaceSyntaxTree(first.SyntaxTrees[1], edited));
        Assert.Equal(IncrementalStepRunReason.Unchanged, ReasonOf(driver));

        SyntaxTree changed = CSharpSyntaxTree.ParseText("static class Host { public const float Factor = 4; public static int A = 3; }", KernelAnalyzerHarness.Parse, "File1.cs");
        driver = driver.RunGenerators(first.ReplaceSyntaxTree(first.SyntaxTrees[1], changed));
        Assert.Equal(IncrementalStepRunReason.Modified, ReasonOf(driver));
    }

    private static IncrementalStepRunReason ReasonOf(GeneratorDriver driver) =>
        Assert.Single(Assert.Single(driver.GetRunResult().Results[0].TrackedSteps["OpenClModule"]).Outputs).Reason;
}
