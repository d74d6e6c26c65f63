using Microsoft.CodeAnalysis;
using static G3DR.Tests.Generator.KernelGeneratorHarness;

namespace G3DR.Tests.Generator;

/// <summary>What the analyzer lets through and the translation refuses.</summary>
public class TranslationDiagnosticsTests
{
    [Theory]
    [InlineData("ArrayView<float> v = n > 0 ? x : tile; v[0] = 1;", "n > 0 ? x : tile")]
    [InlineData("ArrayView<float> v = x; v = tile; v[0] = 1;", "v = tile")]
    [InlineData("x[0] = Grid.Unknown;", "Grid.Unknown")]
    [InlineData("float own = 1; Atomic.Add(ref own, 2);", "Atomic.Add(ref own, 2)")]
    [InlineData("Packed p = default; x[0] = p.Value;", "Packed")]
    public void Untranslatable_constructs_are_named(string body, string construct)
    {
        Result result = Generate($$"""
            [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Sequential, Pack = 1)] struct Packed { public byte Tag; public float Value; }
            static class Ops
            {
                [GroupKernel(64)] static void K(ArrayView<float> x, int n) { var tile = SharedMemory.Allocate<float>(64); {{body}} }
            }
            """);
        Diagnostic only = Assert.Single(result.Diagnostics);
        Assert.Equal("KG0033", only.Id);
        Assert.Contains(construct, only.GetMessage(null), StringComparison.Ordinal);
        Assert.StartsWith("Kernel 'Ops.K' uses ", only.GetMessage(null), StringComparison.Ordinal);
        Assert.Equal("File0.cs", only.Location.GetLineSpan().Path);
        Assert.Null(result.Source);
    }

    [Fact]
    public void Kernels_that_cannot_be_told_apart_are_refused()
    {
        Result result = Generate("""
            static class Ops<T> where T : unmanaged, IFloatingPoint<T>
            {
                [Kernel] static void K(Index1D i, ArrayView<T> x) { }
                [Kernel] static void K(Index1D i, ArrayView<float> x) { }
            }
            """);
        Diagnostic only = Assert.Single(result.Diagnostics);
        Assert.Equal("KG0038", only.Id);
        Assert.Contains("Ops`1[System.Single]::K", only.GetMessage(null), StringComparison.Ordinal);
    }

    [Fact]
    public void Combinations_without_end_are_refused()
    {
        Diagnostic only = Assert.Single(Generate("""
            static class Ops { [Kernel] static void K<A, B, C, D, E>(Index1D i, ArrayView<A> x) where A : unmanaged where B : unmanaged where C : unmanaged where D : unmanaged where E : unmanaged { } }
            """).Diagnostics);
        Assert.Equal("KG0039", only.Id);
    }

    [Fact]
    public void What_the_analyzer_refuses_is_not_reported_again()
    {
        Result result = Generate("""
            static class Ops
            {
                [Kernel] static void Bad(Index1D i, ArrayView<float> x) => x[i] = Helper(x[i]);
                [Kernel] static void Loop(Index1D i, ArrayView<float> x) => x[i] = Again(1);
                [Kernel] static void Wrong(int i) { }
                [Kernel] static void Good(Index1D i, ArrayView<float> x) => x[i] = 1;
                static float Helper(float v) => MathF.Exp(v);
                static float Again(float v) => v > 0 ? Again(v - 1) : v;
            }
            """);
        Assert.Empty(result.Diagnostics);
        Assert.EndsWith("::Good(G3DR.Compute.Index1D,G3DR.Compute.ArrayView`1[System.Single])", Assert.Single(result.Keys), StringComparison.Ordinal);
    }

    [Fact]
    public void Expressions_of_any_depth_do_no_harm()
    {
        Result result = Generate($$"""
            static class Ops { [Kernel] static void K(Index1D i, ArrayView<float> x) => x[i] = {{string.Concat(Enumerable.Repeat("(1 + x[i] * ", 400))}}x[i]{{new string(')', 400)}}; }
            """);
        Assert.True(result.Keys.Length == 1 || Assert.Single(result.Diagnostics).Id == "KG0033");
    }
}
