using FsCheck;
using FsCheck.Fluent;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Tests.Support;

namespace G3DR.Tests.Networks;

/// <summary>Positions and weights of resizing, by their definitions and by values of PyTorch.</summary>
public class ResizeTests
{
    private static Gen<(ResizeMode2d Mode, bool Antialias, bool AlignCorners)> Rules => Gen.Elements(
        (ResizeMode2d.Nearest, false, false),
        (ResizeMode2d.NearestExact, false, false),
        (ResizeMode2d.Bilinear, false, false),
        (ResizeMode2d.Bilinear, true, false),
        (ResizeMode2d.Bilinear, false, true),
        (ResizeMode2d.Bicubic, false, false),
        (ResizeMode2d.Bicubic, true, false),
        (ResizeMode2d.Bicubic, false, true));

    private static Gen<((ResizeMode2d Mode, bool Antialias, bool AlignCorners) Rule, int[] Sizes)> Cases =>
        from rule in Rules
        from sizes in Gen.Choose(1, 24).ArrayOf(4)
        from channels in Gen.Choose(1, 20)
        select (rule, (int[])[.. sizes, channels]);

    public static TheoryData<int, ResizeMode2d, bool, float[]> Rows => new()
    {
        // floor(i * 3 / 7) and floor((i + 0.5) * 3 / 7).
        { 7, ResizeMode2d.Nearest, false, [10f, 10f, 10f, 20f, 20f, 40f, 40f] },
        { 7, ResizeMode2d.NearestExact, false, [10f, 10f, 20f, 20f, 20f, 40f, 40f] },
        { 2, ResizeMode2d.Nearest, false, [10f, 20f] },
        { 2, ResizeMode2d.NearestExact, false, [10f, 40f] },
        // Positions -0.25 -> 0, 0.25, 0.75, 1.25, 1.75, 2.25 -> 2.
        { 6, ResizeMode2d.Bilinear, false, [10f, 12.5f, 17.5f, 25f, 35f, 40f] },
        // Positions 0, 0.5, 1, 1.5, 2.
        { 5, ResizeMode2d.Bilinear, true, [10f, 15f, 20f, 30f, 40f] },
        // Halfway between neighbours, with a = -0.75, weights are -3/32, 19/32, 19/32, -3/32; the ends are repeated.
        { 5, ResizeMode2d.Bicubic, true, [10f, 13.125f, 20f, 30.9375f, 40f] },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_row_of_three_becomes(int width, ResizeMode2d mode, bool alignCorners, float[] expected)
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.FromArray(device, [10f, 20f, 40f], [1, 1, 3, 1]);
        AssertClose(expected, Functional.Resize2d(x, 1, width, mode, alignCorners: alignCorners), 1e-5);
        AssertClose(expected, Functional.Resize2d(x.Reshape(1, 3, 1, 1), width, 1, mode, alignCorners: alignCorners), 1e-5);
    }

    // One channel of the position embedding of Depth Anything V2 (5 x 5 to 4 x 7 positions) as PyTorch 1.13 gives it for scale factors 4.1 / 5 and 7.1 / 5.
    [SkippableTheory]
    [MemberData(nameof(TestDevice.Configurations), MemberType = typeof(TestDevice))]
    public void Bicubic_with_scale_factors_is_that_of_PyTorch(string configuration)
    {
        using var device = TestDevice.Create(configuration);
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.FromArray(
            device,
            [
                -0.463769227f, -0.401700139f, -0.20669587f, -0.482944667f, -0.358994156f,
                -0.450863659f, -0.0760062337f, 0.348441929f, 0.345200866f, -0.081872724f,
                0.3224397f, -0.465878606f, 0.493719518f, -0.176360309f, 0.189787105f,
                -0.0864956677f, -0.0386293158f, -0.0365926847f, -0.0971463621f, 0.22023885f,
                -0.114722267f, 0.390363932f, 0.423039287f, -0.420457602f, -0.175673097f,
            ],
            [1, 5, 5, 1]);
        float[] expected =
        [
            -0.476855278f, -0.434390038f, -0.298864305f, -0.157156378f, -0.322670102f, -0.406481743f, -0.332704246f,
            -0.187317997f, -0.254253954f, -0.017091712f, 0.471123338f, 0.400881141f, 0.16174148f, 0.0197440796f,
            0.200959742f, -0.149054661f, -0.232048556f, 0.15913178f, -0.0670349449f, -0.0290220473f, 0.290216535f,
            -0.15661484f, 0.124391079f, 0.385140032f, 0.327862561f, -0.173001572f, -0.331001431f, -0.0796748325f,
        ];
        AssertClose(expected, Functional.Resize2d(x, 4, 7, ResizeMode2d.Bicubic, scale: (4.1 / 5, 7.1 / 5)), 1e-6);
    }

    [Fact]
    public void A_constant_stays_what_it_is() => Prop.ForAll(Cases.ToArbitrary(), c =>
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.Full(device, [1, c.Sizes[0], c.Sizes[1], c.Sizes[4]], 0.7);
        return Resize(x, c.Rule, c.Sizes[2], c.Sizes[3]).ToSingles().All(value => Math.Abs(value - 0.7f) < 1e-6f);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Equal_sizes_change_no_bit() => Prop.ForAll(Cases.ToArbitrary(), c =>
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.Normal(device, [2, c.Sizes[0], c.Sizes[1], c.Sizes[4]], seed: 3);
        return Resize(x, c.Rule, c.Sizes[0], c.Sizes[1]).ToSingles().SequenceEqual(x.ToSingles());
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_gradient_is_the_adjoint() => Prop.ForAll(Cases.ToArbitrary(), c =>
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.Normal(device, [2, c.Sizes[0], c.Sizes[1], c.Sizes[4]], seed: 3);
        x.RequiresGrad = true;
        Tensor y = Resize(x, c.Rule, c.Sizes[2], c.Sizes[3]);
        Tensor g = Tensor.Normal(device, y.Shape, seed: 4);
        y.Backward(g);
        return IsAdjoint(x, y, g);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Antialiasing_by_a_whole_factor_averages_evenly_away_from_the_border()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);

        // A triangle of half-width 2 around the border of pixels 2i and 2i + 1: weights 1/8, 3/8, 3/8, 1/8.
        Tensor x = Tensor.FromArray(device, [0f, 0f, 8f, 16f, 32f, 64f, 0f, 0f], [1, 1, 8, 1]);
        float[] y = Functional.Resize2d(x, 1, 4, ResizeMode2d.Bilinear, antialias: true).ToSingles();
        Assert.Equal((0f + 24f + 48f + 32f) / 8, y[1], 1e-5f);
        Assert.Equal((16f + 96f + 192f) / 8, y[2], 1e-5f);
    }

    [Fact]
    public void Contradictions_are_refused()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.Zeros(device, [1, 4, 4, 2]);
        Assert.Throws<ArgumentException>(() => Functional.Resize2d(x, 2, 2, ResizeMode2d.Nearest, antialias: true));
        Assert.Throws<ArgumentException>(() => Functional.Resize2d(x, 2, 2, ResizeMode2d.Nearest, alignCorners: true));
        Assert.Throws<ArgumentException>(() => Functional.Resize2d(x, 2, 2, ResizeMode2d.Bilinear, antialias: true, alignCorners: true));
        Assert.Throws<ArgumentException>(() => Functional.Resize2d(x, 2, 2, ResizeMode2d.Bilinear, alignCorners: true, scale: (0.5, 0.5)));
        Assert.Throws<ArgumentException>(() => Functional.Resize2d(x, 2, 2, ResizeMode2d.Bilinear, scale: (0.5, -1)));
        Assert.Throws<ArgumentException>(() => Functional.Resize2d(x, 0, 2, ResizeMode2d.Bilinear));
        Assert.Throws<ArgumentOutOfRangeException>(() => Functional.Resize2d(x, 2, 2, (ResizeMode2d)9));
        Assert.Contains("(4, 4, 2)", Assert.Throws<ArgumentException>(() => Functional.Resize2d(x.Reshape(4, 4, 2), 2, 2, ResizeMode2d.Nearest)).Message, StringComparison.Ordinal);
    }

    /// <summary>Whether &lt;y, g&gt; = &lt;x, dx&gt;, as holds for linear maps y of x.</summary>
    internal static bool IsAdjoint(Tensor x, Tensor y, Tensor g)
    {
        double left = y.ToDoubles().Zip(g.ToDoubles(), (a, b) => a * b).Sum(), right = x.ToDoubles().Zip(x.Grad!.ToDoubles(), (a, b) => a * b).Sum();
        return Math.Abs(left - right) <= 1e-5 * Math.Sqrt((double)y.Length + x.Length) * Math.Max(1, Math.Abs(left));
    }

    private static Tensor Resize(Tensor x, (ResizeMode2d Mode, bool Antialias, bool AlignCorners) rule, int height, int width) =>
        Functional.Resize2d(x, height, width, rule.Mode, rule.Antialias, rule.AlignCorners);

    private static void AssertClose(float[] expected, Tensor actual, double tolerance)
    {
        float[] values = actual.ToSingles();
        Assert.Equal(expected.Length, values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            Assert.Equal(expected[i], values[i], tolerance);
        }
    }
}
