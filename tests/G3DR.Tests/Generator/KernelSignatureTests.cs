using Microsoft.CodeAnalysis;
using static G3DR.Tests.Generator.KernelAnalyzerHarness;

namespace G3DR.Tests.Generator;

public class KernelSignatureTests
{
    [Theory]
    [InlineData("[Kernel] void {|KG0001:K|}(Index1D i, ArrayView<float> x) { }")]
    [InlineData("[Kernel] static void {|KG0002:K|}() { }")]
    [InlineData("[Kernel] static void K(int {|KG0002:i|}, ArrayView<float> x) { }")]
    [InlineData("[Kernel] static void K(ArrayView<float> {|KG0002:x|}, Index1D i) { }")]
    [InlineData("[Kernel] static float {|KG0003:K|}(Index1D i) => 1f;")]
    [InlineData("[Kernel] static void K(Index1D i, float[] {|KG0004:x|}) { }")]
    [InlineData("[Kernel] static void K(Index1D i, string {|KG0004:x|}) { }")]
    [InlineData("[Kernel] static void K(Index1D i, Span<float> {|KG0004:x|}) { }")]
    [InlineData("[Kernel] static void K(Index1D i, decimal {|KG0004:x|}) { }")]
    [InlineData("[Kernel] static unsafe void K(Index1D i, float* {|KG0004:x|}) { }")]
    [InlineData("[Kernel] static void K(Index1D i, ref float {|KG0004:x|}) { }")]
    [InlineData("[Kernel] static void K(Index1D i, ArrayView<char> {|KG0004:x|}) { }")]
    [InlineData("[Kernel] static void K(Index1D i, Holder {|KG0004:x|}) { } struct Holder { public string Name; }")]
    [InlineData("[Kernel] static void K<{|KG0028:T|}>(Index1D i) where T : class { }")]
    [InlineData("[Kernel] static async void {|KG0016:K|}(Index1D i) { {|KG0016:await System.Threading.Tasks.Task.Delay(1)|}; }")]
    [InlineData("[Kernel] static System.Collections.Generic.IEnumerable<int> {|KG0003:K|}(Index1D i) { {|KG0017:yield|} return 1; }")]
    [InlineData("[Kernel, System.Runtime.InteropServices.DllImport(\"c\")] static extern void {|KG0030:K|}(Index1D i);")]
    public Task Wrong_signatures(string member) => VerifyAsync($"class Ops {{ {member} }}");

    [Fact]
    public async Task An_alias_does_not_hide_a_kernel()
    {
        var found = await AnalyseAsync("using H = G3DR.Compute.KernelAttribute; class Ops { [KernelAttribute] void A() { } [H] void B() { } }");
        Assert.Equal(["KG0001", "KG0001", "KG0002", "KG0002"], found.Select(d => d.Id).Order());
    }

    [Fact]
    public async Task Messages_name_place_and_remedy()
    {
        Diagnostic only = Assert.Single(await VerifyAsync(Kernel("x[i] = Half(x[i]);", "static float Half(float v) => {|KG0026:MathF.Exp(v)|};")));
        Assert.Equal(
            "'Ops.Half', reached from kernel 'Ops.K', calls 'MathF.Exp', which has no device version; call the XMath function of that name or an operator",
            only.GetMessage(null));
        Assert.Equal(DiagnosticSeverity.Error, only.Severity);
        Assert.Equal("docs/kernel-subset.md#kg0026", only.Descriptor.HelpLinkUri);
    }
}
