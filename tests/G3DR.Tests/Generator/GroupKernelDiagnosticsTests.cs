using static G3DR.Tests.Generator.KernelAnalyzerHarness;

namespace G3DR.Tests.Generator;

public class GroupKernelDiagnosticsTests
{
    [Theory]
    [InlineData("y[i] = {|KG0034:Group.IdxX|};")]
    [InlineData("y[i] = {|KG0034:Grid.DimZ|};")]
    [InlineData("{|KG0034:Group.Barrier()|};")]
    [InlineData("var tile = {|KG0034:SharedMemory.Allocate<float>(4)|};")]
    public Task A_kernel_with_an_index_has_no_groups(string body) => VerifyAsync(Kernel(body));

    [Fact]
    public Task Helpers_with_groups_are_for_group_kernels_only() => VerifyAsync("""
        static class Ops
        {
            [GroupKernel(64)] static void Right(ArrayView<float> x) => x[Both()] = 1;
            [Kernel] static void Wrong(Index1D i, ArrayView<float> x) => x[Both()] = Neither();
            [GroupKernel(64)] static void AlsoRight(ArrayView<float> x) => x[Only()] = Neither();
            static int Both() => {|KG0034:Group.IdxX|};
            static int Only() => Group.IdxX;
            static int Neither() => 0;
        }
        """);

    [Theory]
    [InlineData("if (n > 0) { var tile = {|KG0035:SharedMemory.Allocate<float>(4)|}; }")]
    [InlineData("for (int k = 0; k < n; k++) { var tile = {|KG0035:SharedMemory.Allocate<float>(4)|}; }")]
    [InlineData("Take({|KG0035:SharedMemory.Allocate<float>(4)|});")]
    [InlineData("Helper();")]
    [InlineData("Inner(); static void Inner() { var tile = {|KG0035:SharedMemory.Allocate<float>(4)|}; }")]
    [InlineData("var tile = {|KG0024:SharedMemory.Allocate<float>(n)|};")]
    [InlineData("ArrayView<float> a = SharedMemory.Allocate<float>(4), b = SharedMemory.Allocate<float>(2 * 4); Take(a); Take(b);")]
    public Task Shared_memory_belongs_to_the_top_of_the_kernel(string body) => VerifyAsync($$"""
        static class Ops
        {
            [GroupKernel(64)] static void K(ArrayView<float> x, int n) { {{body}} }
            static void Take(ArrayView<float> view) { }
            static void Helper() { {{(body == "Helper();" ? "var tile = {|KG0035:SharedMemory.Allocate<float>(4)|};" : "")}} }
        }
        """);

    [Theory]
    [InlineData("[GroupKernel(0)] static void {|KG0036:K|}(ArrayView<float> x) { }")]
    [InlineData("[GroupKernel(8, -1)] static void {|KG0036:K|}(ArrayView<float> x) { }")]
    [InlineData("[GroupKernel(8)] static void K(Index1D {|KG0036:i|}, ArrayView<float> x) { }")]
    [InlineData("[GroupKernel(8), Kernel] static void {|KG0036:K|}(ArrayView<float> x) { }")]
    [InlineData("[GroupKernel(8)] static int {|KG0003:K|}(ArrayView<float> x) => 1;")]
    [InlineData("[GroupKernel(8)] void {|KG0001:K|}(ArrayView<float> x) { }")]
    [InlineData("[GroupKernel(8)] static void K(float[] {|KG0004:x|}) { }")]
    [InlineData("[GroupKernel(8, 4, 2)] static void K() { }")]
    public Task Signatures_of_group_kernels(string member) => VerifyAsync($"class Ops {{ {member} }}");

    [Theory]
    [InlineData("[Kernel] static void K(Index1D i, Inputs {|KG0037:x|}) { }")]
    [InlineData("[Kernel] static void K(Index1D i, Deep {|KG0037:x|}) { }")]
    [InlineData("[GroupKernel(8)] static void K(Inputs {|KG0037:x|}) { }")]
    [InlineData("[Kernel] static void K(Index1D i, ArrayView<float> x) { Inputs all = default; all.X = x; }")]
    public Task Views_in_structs_are_no_parameters(string member) => VerifyAsync($$"""
        struct Inputs { public ArrayView<float> X; public int N; }
        struct Deep { public int N; public Inputs All { get; set; } }
        class Ops { {{member}} }
        """);
}
