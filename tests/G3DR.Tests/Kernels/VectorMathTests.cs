using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Kernels.Elementwise;
using G3DR.Tests.Support;

namespace G3DR.Tests.Kernels;

/// <summary>
/// Elementary functions on vectors over dense grids of all magnitudes, against double precision. The bounds are the measured errors, rounded up;
/// an ulp is a unit in the last place of the correctly rounded result.
/// </summary>
public class VectorMathTests
{
    private static readonly float[] s_specials =
    [
        0f, -0f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.Epsilon, -float.Epsilon, 1e-40f, -1e-40f, 1.17549435e-38f,
        float.MaxValue, float.MinValue, 1f, -1f, 88.8f, -103.9f, 1e30f, -1e30f, 123456.78f, -98765.4f,
    ];

    public static TheoryData<string> Sets => [.. InstructionSets.Supported.Select(set => set.ToString())];

    [Theory]
    [MemberData(nameof(Sets))]
    public void Exp_is_within_2_ulp(string set) => AssertUlp<Exp>(set, -87f, 88.5f, 2);

    [Theory]
    [MemberData(nameof(Sets))]
    public void Log_is_within_2_ulp(string set)
    {
        AssertUlp<Log>(set, 1e-38f, 3e38f, 2);
        AssertUlp<Log>(set, 0.5f, 2f, 2);
        AssertUlp<Log>(set, 1e-44f, 1e-38f, 2);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Sine_and_cosine_are_within_1e_7_of_the_exact_value(string set)
    {
        foreach (float limit in new[] { 1f, 10f, 1000f, 1e4f })
        {
            AssertAbsolute<Sin>(set, -limit, limit, 1e-7);
            AssertAbsolute<Cos>(set, -limit, limit, 1e-7);
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Sine_and_cosine_of_huge_angles_are_exact(string set)
    {
        AssertUlp<Sin>(set, 1.1e4f, 1e30f, 1);
        AssertUlp<Cos>(set, 1.1e4f, 1e30f, 1);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Tanh_sigmoid_and_softplus_are_within_4_ulp(string set)
    {
        AssertUlp<Tanh>(set, -10f, 10f, 4);
        AssertUlp<Tanh>(set, -0.3f, 0.3f, 4);
        AssertUlp<Sigmoid>(set, -80f, 20f, 4);
        AssertUlp<Softplus>(set, -80f, 40f, 4);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Gelu_is_within_1e_7_of_its_input(string set) => AssertAbsolute<Gelu>(set, -8f, 8f, 3e-7);

    [Theory]
    [MemberData(nameof(Sets))]
    public void Special_values_agree_with_the_plain_functions(string set)
    {
        AssertSpecials<Exp>(set);
        AssertSpecials<Log>(set);
        AssertSpecials<Sqrt>(set);
        AssertSpecials<Rsqrt>(set);
        AssertSpecials<Reciprocal>(set);
        AssertSpecials<Square>(set);
        AssertSpecials<Abs>(set);
        AssertSpecials<Softplus>(set);
        AssertSpecials<Sigmoid>(set);
        AssertSpecials<Relu>(set);
        AssertSpecials<Tanh>(set);
        AssertSpecials<Sin>(set);
        AssertSpecials<Cos>(set);
        AssertSpecials<Floor>(set);
    }

    private static void AssertSpecials<TOp>(string set)
        where TOp : struct, IUnaryOp
    {
        float[] actual = Evaluate<TOp>(set, s_specials);
        for (int i = 0; i < s_specials.Length; i++)
        {
            float expected = TOp.Forward(s_specials[i]);
            string what = $"{TOp.Spec.Name}({s_specials[i]:G9}) on {set} is {actual[i]:G9}, plain gives {expected:G9}";
            bool same = float.IsFinite(expected)
                ? Math.Abs(actual[i] - expected) <= (4e-7f * Math.Abs(expected)) + float.Epsilon
                : actual[i].Equals(expected);
            Assert.True(same, what);
        }
    }

    private static void AssertUlp<TOp>(string set, float low, float high, double bound)
        where TOp : struct, IUnaryOp
    {
        float[] x = Grid(low, high);
        float[] y = Evaluate<TOp>(set, x);
        for (int i = 0; i < x.Length; i++)
        {
            double expected = TOp.Reference(x[i]);
            double ulp = Math.Max(float.Epsilon, Math.BitIncrement((float)Math.Abs(expected)) - (float)Math.Abs(expected));
            double error = Math.Abs(y[i] - expected) / ulp;
            Assert.True(error <= bound, $"{TOp.Spec.Name}({x[i]:G9}) on {set} is {y[i]:G9}, expected {expected:G9}: {error:F2} ulp.");
        }
    }

    private static void AssertAbsolute<TOp>(string set, float low, float high, double bound)
        where TOp : struct, IUnaryOp
    {
        float[] x = Grid(low, high);
        float[] y = Evaluate<TOp>(set, x);
        for (int i = 0; i < x.Length; i++)
        {
            double expected = TOp.Reference(x[i]);
            Assert.True(Math.Abs(y[i] - expected) <= bound, $"{TOp.Spec.Name}({x[i]:G9}) on {set} is {y[i]:G9}, expected {expected:G9}.");
        }
    }

    // Evenly spaced points, and for ranges of one sign as many evenly spaced in the logarithm.
    private static float[] Grid(float low, float high)
    {
        const int Points = 50021;
        var points = new List<float>();
        for (int i = 0; i < Points; i++)
        {
            double part = i / (Points - 1.0);
            points.Add((float)(low + ((high - (double)low) * part)));
            if (low > 0)
            {
                points.Add((float)(low * Math.Pow(high / (double)low, part)));
            }
        }

        return [.. points];
    }

    private static float[] Evaluate<TOp>(string set, float[] x)
        where TOp : struct, IUnaryOp
    {
        using var device = TestDevice.Create(set);
        using MemoryBuffer<float> input = device.Accelerator.Allocate<float>(x.Length);
        using MemoryBuffer<float> output = device.Accelerator.Allocate<float>(x.Length);
        input.CopyFrom(x);
        UnaryKernels<Unparameterized<TOp>>.ForwardVectors(device, input.View, output.View, 0, 0);
        float[] y = new float[x.Length];
        output.CopyTo(y);
        return y;
    }
}
