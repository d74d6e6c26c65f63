namespace G3DR.Tests.Generator;

/// <summary>
/// C# evaluates from left to right and C in any order: what has a side effect stands in a statement of its own wherever that matters, and
/// nowhere else.
/// </summary>
public class EvaluationOrderTests
{
    [Theory]
    // No side effects: no variables.
    [InlineData("x[i] = x[n] + Twice(x[i]) * n;", "x.p[i] = (int)((uint)x.p[n] + (uint)Ops_Twice(x.p[i]) * (uint)n);")]
    // The old value is read before the call changes it.
    [InlineData("x[i] = n + Next(ref n);", "uint t = (uint)n;¶x.p[i] = (int)(t + (uint)Ops_Next(&n));")]
    // The call comes first, what it changes is read after it.
    [InlineData("x[i] = Next(ref n) + n;", "uint t = (uint)Ops_Next(&n);¶x.p[i] = (int)(t + (uint)n);")]
    // A constant does not change.
    [InlineData("x[i] = 3 + Next(ref n);", "x.p[i] = (int)(3u + (uint)Ops_Next(&n));")]
    // Where an element is found out before the value is computed.
    [InlineData("x[n] = Next(ref n);", "int t = n;¶x.p[t] = Ops_Next(&n);")]
    [InlineData("x[n++] = n;", "int t = n;¶n = (int)((uint)t + 1u);¶x.p[t] = n;")]
    [InlineData("x[i] = ++n;", "int t = (int)((uint)n + 1u);¶n = t;¶x.p[i] = t;")]
    // A compound assignment has read its target before the right side runs.
    [InlineData("n += Next(ref n);", "int t = n;¶n = (int)((uint)t + (uint)Ops_Next(&n));")]
    [InlineData("int a, b; a = b = n++;", "int a;¶int b;¶int t = n;¶n = (int)((uint)t + 1u);¶b = t;¶a = t;")]
    [InlineData("int a, b; a = b = n;", "int a;¶int b;¶b = n;¶a = n;")]
    // The right operand runs only if the left one asks for it; C's own operators do the same.
    [InlineData("if (n > 2 && Next(ref n) > 3) x[i] = 1;", "if (n > 2 && Ops_Next(&n) > 3)¶    x.p[i] = 1;")]
    [InlineData("if (n > 2 && n++ > 3) x[i] = 1;", "bool t2 = n > 2;¶if (t2)¶{¶    int t = n;¶    n = (int)((uint)t + 1u);¶    t2 = t > 3;¶}¶if (t2)¶    x.p[i] = 1;")]
    [InlineData("x[i] = n > 2 ? n++ : 5;", "int t2;¶if (n > 2)¶{¶    int t = n;¶    n = (int)((uint)t + 1u);¶    t2 = t;¶}¶else¶{¶    t2 = 5;¶}¶x.p[i] = t2;")]
    // Conditions with statements are evaluated where 'continue' comes by.
    [InlineData("while (n-- > 0) x[n] = 1;", "for (;;)¶{¶    int t = n;¶    n = (int)((uint)t - 1u);¶    if (!(t > 0))¶        break;¶    x.p[n] = 1;¶}")]
    [InlineData("do { if (n == 4) continue; } while (n-- > 0);", "for (bool first = true;; first = false)¶{¶    if (!first)¶    {¶        int t = n;¶        n = (int)((uint)t - 1u);¶        if (!(t > 0))¶            break;¶    }¶    if (n == 4)¶        continue;¶}")]
    [InlineData("for (int k = 0; k < n; k++) x[k] = k;", "for (int k = 0; k < n; k++)¶    x.p[k] = k;")]
    // A counter that might pass the end of its type wraps.
    [InlineData("for (int k = 0; k <= n; k++) x[k] = k;", "for (int k = 0; k <= n; k = (int)((uint)k + 1u))¶    x.p[k] = k;")]
    // Named arguments run in the order of the text.
    [InlineData("x[i] = Minus(b: Next(ref n), a: n);", "int t = Ops_Next(&n);¶x.p[i] = Ops_Minus(n, t);")]
    [InlineData("x[i] = Minus(n, Next(ref n));", "int t = n;¶x.p[i] = Ops_Minus(t, Ops_Next(&n));")]
    [InlineData("if (Half(n, out int h) || h > 3) x[i] = h;", "int h;¶if (Ops_Half(n, &h) || h > 3)¶    x.p[i] = h;")]
    public void Order_of_evaluation(string body, string expected)
    {
        string source = KernelGeneratorHarness.Generate($$"""
            static class Ops
            {
                [Kernel] static void K(Index1D i, ArrayView<int> x, int n) { {{body}} }
                static int Twice(int v) => v << 1;
                static int Minus(int a, int b) => a - b;
                static int Next(ref int v) { v += 10; return v; }
                static bool Half(int v, out int half) { half = v / 2; return v > 4; }
            }
            """).Only.Source;
        const string start = "view_int x = { x_data + x_offset, x_length };\n";
        string actual = source[(source.IndexOf(start, StringComparison.Ordinal) + start.Length)..^2];
        Assert.Equal(string.Concat(expected.Split('¶').Select(l => "    " + l + "\n")), actual);
    }
}
