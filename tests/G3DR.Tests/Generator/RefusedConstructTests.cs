using static G3DR.Tests.Generator.KernelAnalyzerHarness;

namespace G3DR.Tests.Generator;

/// <summary>One snippet per refused construct: the body of a kernel, with the construct and its id marked.</summary>
public class RefusedConstructTests
{
    [Theory]
    [InlineData("object {|KG0005:o|} = new object();")]
    [InlineData("System.Collections.Generic.List<float>? {|KG0005:list|} = null; list!.Add(1);")]
    [InlineData("IComparable<int> {|KG0005:c|} = n;")]
    [InlineData("var {|KG0005:s|} = new Holder(); x[i] = s.List!.Count;")]
    [InlineData("x[i] = {|KG0005:Accelerator.Create()|}.GetHashCode();")]
    [InlineData("x[i] = {|KG0005:Size<Random>()|};")]
    public Task Reference_types(string body) => VerifyAsync(Kernel(body, """
        struct Holder { public System.Collections.Generic.List<int>? List; }
        static int Size<T>() => 4;
        """));

    [Theory]
    [InlineData("decimal {|KG0006:d|} = 1m;")]
    [InlineData("x[i] = (float)({|KG0006:1m * n|});")]
    [InlineData("char {|KG0006:c|} = 'a';")]
    [InlineData("nint {|KG0006:p|} = 1;")]
    [InlineData("nuint {|KG0006:p|} = 1;")]
    [InlineData("Half {|KG0006:h|} = (Half)1f;")]
    [InlineData("int? {|KG0006:m|} = n;")]
    [InlineData("(int A, int B) {|KG0006:pair|} = (1, n);")]
    [InlineData("Vector3 {|KG0006:v|} = default;")]
    [InlineData("DateTime {|KG0006:t|} = default;")]
    [InlineData("Holder {|KG0006:h|} = default;")]
    [InlineData("View {|KG0006:h|} = default;")]
    [InlineData("G3DR.Compute.Simd.V256 {|KG0006:v|} = default;")]
    [InlineData("Span<char> {|KG0006:s|} = stackalloc char[4];")]
    public Task Types_that_devices_lack(string body) => VerifyAsync(Kernel(body, """
        struct Inner { public decimal Value { get; set; } }
        struct Holder { public Inner First; }
        ref struct View { public Span<float> Values; }
        """));

    [Theory]
    [InlineData("int* {|KG0007:p|} = null;")]
    [InlineData("float* {|KG0007:p|} = stackalloc float[4];")]
    [InlineData("x[i] = {|KG0007:*x.Pointer|};")]
    [InlineData("x[i] = {|KG0007:x.Pointer[2]|};")]
    [InlineData("{|KG0007:fixed|} (float* p = &x[0]) { }")]
    [InlineData("int v = 1; y[i] = {|KG0007:*&v|};")]
    [InlineData("delegate*<int, int> {|KG0007:f|} = &Twice;")]
    public Task Pointers(string body) =>
        VerifyAsync(Kernel(body, "static int Twice(int v) => 2 * v;"));

    [Theory]
    [InlineData("dynamic {|KG0008:d|} = n; d.Run(); x[i] = (float)d;")]
    public Task Dynamic(string body) => VerifyAsync(Kernel(body));

    [Theory]
    [InlineData("{|KG0009:new Random()|}.Next();")]
    [InlineData("_ = {|KG0009:new { A = 1 }|};")]
    public Task Object_creation(string body) => VerifyAsync(Kernel(body));

    [Fact]
    public Task Creation_through_a_type_parameter() =>
        VerifyAsync(Kernel("x[i] = Make<float>();", "static T Make<T>() where T : new() => {|KG0009:new T()|};"));

    [Theory]
    [InlineData("float[] {|KG0010:a|} = new float[4]; a[0] = 1; x[i] = a.Length;")]
    [InlineData("x[i] = ({|KG0010:new float[4]|})[0];")]
    [InlineData("Span<int> a = {|KG0010:[1, n]|};")]
    [InlineData("{|KG0010:x.ToArray()|};")]
    public Task Managed_arrays(string body) => VerifyAsync(Kernel(body));

    [Theory]
    [InlineData("string {|KG0011:s|} = \"a\";")]
    [InlineData("const string {|KG0011:s|} = \"a\";")]
    [InlineData("_ = {|KG0011:$\"{n}\"|};")]
    [InlineData("_ = {|KG0011:\"a\" + n|};")]
    [InlineData("y[i] = {|KG0011:nameof(K)|}.Length;")]
    [InlineData("_ = {|KG0011:n.ToString()|};")]
    [InlineData("y[i] = {|KG0011:\"abc\"u8|}[0];")]
    public Task Strings(string body) => VerifyAsync(Kernel(body));

    [Theory]
    [InlineData("_ = {|KG0012:(object)n|};")]
    [InlineData("_ = {|KG0012:(IComparable)x[i]|};")]
    public Task Boxing(string body) => VerifyAsync(Kernel(body));

    [Theory]
    [InlineData("Func<int, int> {|KG0013:f|} = v => v + 1; y[i] = f(n);")]
    [InlineData("y[i] = ({|KG0013:(Func<int, int>)(v => v + 1)|})(n);")]
    [InlineData("Apply({|KG0013:Nothing|}); static void Apply(Action {|KG0013:action|}) => action();")]
    [InlineData("Action {|KG0013:a|} = Nothing;")]
    [InlineData("y[i] = Add(1); int {|KG0013:Add|}(int v) => v + n;")]
    public Task Delegates(string body) => VerifyAsync(Kernel(body, "static void Nothing() { }"));

    [Theory]
    [InlineData("if (n < 0) {|KG0014:throw|} new ArgumentException();")]
    [InlineData("x[i] = n > 0 ? 1f : {|KG0014:throw new Exception()|};")]
    [InlineData("{|KG0014:try|} { x[i] = {|KG0026:Math.Abs(n)|}; } catch (Exception) { x[i] = {|KG0026:MathF.Exp(1)|}; } finally { x[i] = {|KG0026:MathF.Log(2)|}; }")]
    [InlineData("y[i] = {|KG0014:n switch { 1 => 2, 3 => 4 }|};")]
    public Task Exceptions(string body) => VerifyAsync(Kernel(body));

    [Theory]
    [InlineData("Span<int> a = stackalloc int[3]; {|KG0015:foreach|} (int v in a) { y[i] = {|KG0026:Math.Abs(v)|}; }")]
    [InlineData("y[i] = {|KG0015:System.Linq.Enumerable.Count(new int[3])|};")]
    public Task Enumeration(string body) => VerifyAsync(Kernel(body));

    [Theory]
    [InlineData("{|KG0018:goto|} end; end: x[i] = 1;")]
    [InlineData("switch (n) { case 0: {|KG0018:goto|} case 1; case 1: break; }")]
    public Task Goto(string body) => VerifyAsync(Kernel(body));

    [Fact]
    public Task Lock() => VerifyAsync(Kernel("{|KG0019:lock|} (typeof(Ops)) { y[i] = {|KG0026:Math.Abs(n)|}; }"));

    [Theory]
    [InlineData("{|KG0020:using|} (var m = new System.IO.MemoryStream()) { y[i] = {|KG0026:Math.Abs(n)|}; }")]
    [InlineData("{|KG0020:using|} var m = new System.IO.MemoryStream();")]
    public Task Using(string body) => VerifyAsync(Kernel(body));

    [Fact]
    public Task Virtual_calls() => VerifyAsync(Kernel(
        "y[i] = Compare(n, 2);", "static int Compare<T>(T a, T b) where T : IComparable<T> => {|KG0021:a.CompareTo(b)|};"));

    [Theory]
    [InlineData("y[i] = {|KG0023:s_count|};")]
    [InlineData("{|KG0023:s_count|}++;")]
    [InlineData("x[i] = {|KG0023:Table|}[0];")]
    [InlineData("y[i] = {|KG0023:Stored|};")]
    [InlineData("y[i] = Computed + Constant;")]
    public Task Static_state(string body) => VerifyAsync(Kernel(body, """
        static int s_count;
        static readonly float[] Table = [1, 2];
        static int Stored { get; set; }
        static int Computed => 3;
        const int Constant = 4;
        """));

    [Theory]
    [InlineData("Span<float> a = {|KG0024:stackalloc float[n]|};")]
    public Task Local_array_lengths(string body) => VerifyAsync(Kernel(body));

    [Theory]
    [InlineData("for (int k = 0; k < n; k++) { Span<float> a = {|KG0025:stackalloc float[4]|}; }")]
    [InlineData("while (n > 0) { n--; Span<int> a = {|KG0025:stackalloc int[] { 1, 2 }|}; }")]
    [InlineData("for (Span<float> a = stackalloc float[4]; n > 0; n--) a[0] = n;")]
    public Task Local_arrays_in_loops(string body) => VerifyAsync(Kernel(body));

    [Theory]
    [InlineData("x[i] = {|KG0026:MathF.Exp(x[i])|};")]
    [InlineData("x[i] = (float){|KG0026:Math.Sqrt(n)|};")]
    [InlineData("x[i] = {|KG0026:float.Sqrt(x[i])|};")]
    [InlineData("y[i] = {|KG0026:int.Max(n, 1)|};")]
    public Task Framework_math(string body) => VerifyAsync(Kernel(body));

    [Theory]
    [InlineData("if (n is {|KG0027:> 3|}) x[i] = 1;")]
    [InlineData("if (n is {|KG0027:1 or 2|}) x[i] = 1;")]
    [InlineData("if (n is {|KG0027:int v|}) y[i] = v;")]
    [InlineData("y[i] = n switch { {|KG0027:< 0|} => 1, _ => 2 };")]
    [InlineData("switch (n) { case {|KG0027:> 5|}: break; }")]
    [InlineData("if (i is {|KG0027:{ X: 3 }|}) x[i] = 1;")]
    public Task Patterns(string body) => VerifyAsync(Kernel(body));

    [Theory]
    [InlineData("y[i] = checked({|KG0029:n + 1|});")]
    [InlineData("checked { y[i] = {|KG0029:n + 1|}; }")]
    [InlineData("checked { {|KG0029:n++|}; }")]
    [InlineData("checked { {|KG0029:n *= 3|}; }")]
    [InlineData("checked { y[i] = {|KG0029:-n|}; }")]
    [InlineData("y[i] = checked({|KG0029:(short)n|});")]
    [InlineData("checked { x[i] = x[i] * 2f + 1; y[i] = unchecked(n + 1); }")]
    public Task Checked_arithmetic(string body) => VerifyAsync(Kernel(body));

    [Theory]
    [InlineData("{|KG0030:Console.WriteLine()|};")]
    [InlineData("y[i] = {|KG0030:BitOperations.PopCount((uint)n)|};")]
    [InlineData("y[i] = {|KG0030:n.CompareTo(3)|};")]
    [InlineData("{|KG0030:x.AsSpan()|}[0] = 1;")]
    [InlineData("y[i] = {|KG0030:Accelerator.Count()|};")]
    [InlineData("x[i] = {|KG0030:G3DR.Compute.Simd.V256.Sum(1)|};")]
    [InlineData("Span<int> a = stackalloc int[4]; {|KG0030:a.Clear()|};")]
    [InlineData("Pair a = default; if ({|KG0030:a == default|}) x[i] = 1;")]
    public Task Calls_without_source(string body) => VerifyAsync(Kernel(body, "record struct Pair(int A);"));

    [Fact]
    public Task Native_functions() => VerifyAsync(Kernel(
        "Native();", "[System.Runtime.InteropServices.DllImport(\"c\")] static extern void {|KG0030:Native|}();"));

    [Theory]
    [InlineData("ref float {|KG0031:r|} = ref x[i]; r = 1;")]
    [InlineData("float a = 1, b = 2; ({|KG0031:n > 0 ? ref a : ref b|}) = 1;")]
    public Task Ref_variables(string body) => VerifyAsync(Kernel(body));

    [Fact]
    public Task Ref_returns() => VerifyAsync(Kernel("Pick(x) = 1;", "static ref float {|KG0031:Pick|}(ArrayView<float> v) => ref v[0];"));

    [Theory]
    [InlineData("_ = {|KG0032:typeof(int)|};")]
    [InlineData("Span<int> a = stackalloc int[4]; y[i] = {|KG0032:a[^1]|};")]
    [InlineData("{|KG0032:(n, y[i]) = (y[i], n)|};")]
    public Task Other_constructs(string body) => VerifyAsync(Kernel(body));
}
