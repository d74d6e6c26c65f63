using Microsoft.CodeAnalysis;

namespace G3DR.Tests.Generator;

/// <summary>
/// The whole text of small kernels, in <c>tests/vectors/opencl</c>: each <c>.cs</c> file has one kernel, the <c>.cl</c> file beside it its program.
/// Of a generic kernel the program for float.
/// </summary>
public class GoldenTextTests
{
    [Theory]
    [InlineData("scale")]
    [InlineData("softplus")]
    [InlineData("integers")]
    [InlineData("conversions")]
    [InlineData("order")]
    [InlineData("control")]
    [InlineData("structs")]
    [InlineData("arrays")]
    [InlineData("group_sum")]
    [InlineData("generic_math")]
    public void The_text_of_a_kernel_is_as_reviewed(string name)
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "vectors", "opencl");
        var result = KernelGeneratorHarness.Generate(File.ReadAllText(Path.Combine(folder, name + ".cs")));
        Assert.Empty(result.Diagnostics);
        string key = result.Keys.Length == 1 ? result.Keys[0] : Assert.Single(result.Keys, k => k.Contains("[System.Single](", StringComparison.Ordinal));
        Assert.Equal(File.ReadAllText(Path.Combine(folder, name + ".cl")), result.Find(key)!.Source, ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void Double_precision_is_asked_for_only_where_it_is_used()
    {
        var result = KernelGeneratorHarness.Generate("""
            static class Ops
            {
                [Kernel] static void Single(Index1D i, ArrayView<float> x) => x[i] = (float)(x[i] * Math.PI) * (float)1e-10;
                [Kernel] static void Float(Index1D i, ArrayView<float> x) => x[i] *= (float)Math.PI;
            }
            """);
        var single = result.Find(result.Keys.Single(k => k.Contains("::Single", StringComparison.Ordinal)))!;
        var plain = result.Find(result.Keys.Single(k => k.Contains("::Float", StringComparison.Ordinal)))!;
        Assert.True(single.UsesDouble);
        Assert.StartsWith("#pragma OPENCL FP_CONTRACT OFF\n#pragma OPENCL EXTENSION cl_khr_fp64 : enable\n", single.Source, StringComparison.Ordinal);
        Assert.False(plain.UsesDouble);
        Assert.DoesNotContain("double", plain.Source, StringComparison.Ordinal);
        Assert.DoesNotContain("fp64", plain.Source, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_holds_only_what_its_kernel_needs()
    {
        var result = KernelGeneratorHarness.Generate("""
            static class Ops
            {
                static float Used(float v) => Inner(v) + 1;
                static float Inner(float v) => v * 2;
                static float Other(float v) => v;
                [Kernel] static void A(Index1D i, ArrayView<float> x) => x[i] = Used(x[i]);
                [Kernel] static void B(Index1D i, ArrayView<float> x) => x[i] = Other(x[i]);
            }
            """);
        string source = result.Find(result.Keys[0])!.Source;
        Assert.DoesNotContain("Ops_Other", source, StringComparison.Ordinal);
        Assert.True(source.IndexOf("float Ops_Inner(", StringComparison.Ordinal) < source.IndexOf("float Ops_Used(", StringComparison.Ordinal));
        // Shared parts are stored once.
        Assert.Equal(2, result.Source!.Split("} view_float;").Length);
    }

    [Theory]
    [InlineData("half", "half_")]
    [InlineData("half_", "half__")]
    [InlineData("kernel", "kernel_")]
    [InlineData("größe", "u_gru00f6u00dfe")]
    public void Names_that_C_cannot_have_are_changed(string name, string expected)
    {
        string source = KernelGeneratorHarness.Generate($$"""
            static class Ops
            {
                static float Twice(float v) => 2 * v;
                [Kernel] static void K(Index1D i, ArrayView<float> x) { float a = Twice(1); float {{name}} = x[i]; x[i] = {{name}} + Twice(a); }
            }
            """).Only.Source;
        Assert.Contains($"    float {expected} = x.p[i];\n    x.p[i] = {expected} + Ops_Twice(a);\n", source, StringComparison.Ordinal);
    }

    [Fact]
    public void A_variable_never_hides_a_function()
    {
        string source = KernelGeneratorHarness.Generate("""
            static class Ops
            {
                static float Twice(float v) => 2 * v;
                [Kernel] static void K(Index1D i, ArrayView<float> x) { float Ops_Twice = x[i]; x[i] = Twice(Ops_Twice); }
                [Kernel] static void L(Index1D i, ArrayView<float> x) { float Ops_Twice_2 = x[i]; x[i] = Twice(Ops_Twice_2); }
            }
            """).Find("Ops::L(G3DR.Compute.Index1D,G3DR.Compute.ArrayView`1[System.Single])")!.Source;
        Assert.Contains("    float Ops_Twice_2_2 = x.p[i];\n    x.p[i] = Ops_Twice_2(Ops_Twice_2_2);\n", source, StringComparison.Ordinal);
    }
}
