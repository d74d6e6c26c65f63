using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Tests.Support;

namespace G3DR.Tests.Networks;

/// <summary>Shuffles, resizing, pooling and table rows: gradients, and the same values and gradients on every configuration.</summary>
public class SamplingOpTests
{
    private static readonly Dictionary<string, (Shape Input, Func<Tensor, Tensor> Run)> s_ops = new()
    {
        ["unshuffle by 2"] = ([2, 6, 4, 5], x => Functional.PixelUnshuffle(x, 2)),
        ["unshuffle by 3"] = ([1, 6, 3, 17], x => Functional.PixelUnshuffle(x, 3)),
        ["shuffle by 2"] = ([2, 3, 5, 12], x => Functional.PixelShuffle(x, 2)),
        ["shuffle by 4"] = ([1, 3, 2, 48], x => Functional.PixelShuffle(x, 4)),
        ["nearest doubled"] = ([2, 3, 4, 17], x => Functional.Resize2d(x, 6, 8, ResizeMode2d.Nearest)),
        ["nearest up and down"] = ([1, 5, 7, 3], x => Functional.Resize2d(x, 8, 3, ResizeMode2d.Nearest)),
        ["nearest exact"] = ([1, 5, 7, 3], x => Functional.Resize2d(x, 3, 9, ResizeMode2d.NearestExact)),
        ["bilinear"] = ([2, 4, 5, 3], x => Functional.Resize2d(x, 7, 9, ResizeMode2d.Bilinear)),
        ["bilinear antialiased"] = ([1, 9, 8, 17], x => Functional.Resize2d(x, 4, 3, ResizeMode2d.Bilinear, antialias: true)),
        ["bilinear, aligned corners"] = ([1, 4, 5, 3], x => Functional.Resize2d(x, 7, 2, ResizeMode2d.Bilinear, alignCorners: true)),
        ["bilinear, one row"] = ([1, 4, 5, 3], x => Functional.Resize2d(x, 1, 5, ResizeMode2d.Bilinear, alignCorners: true)),
        ["bicubic"] = ([1, 4, 5, 3], x => Functional.Resize2d(x, 9, 7, ResizeMode2d.Bicubic)),
        ["bicubic antialiased"] = ([1, 11, 9, 3], x => Functional.Resize2d(x, 4, 14, ResizeMode2d.Bicubic, antialias: true)),
        ["bicubic, aligned corners"] = ([1, 4, 5, 3], x => Functional.Resize2d(x, 5, 9, ResizeMode2d.Bicubic, alignCorners: true)),
        ["max pool"] = ([2, 7, 6, 3], x => Functional.MaxPool2d(x, (2, 2))),
        ["max pool, overlapping"] = ([1, 7, 8, 17], x => Functional.MaxPool2d(x, (3, 2), new() { Stride = (2, 1), Padding = (1, 1), CeilMode = true })),
        ["max pool, dilated"] = ([1, 9, 8, 5], x => Functional.MaxPool2d(x, (3, 3), new() { Stride = (1, 2), Padding = (1, 0), Dilation = (2, 3) })),
        ["adaptive max pool"] = ([1, 7, 5, 3], x => Functional.AdaptiveMaxPool2d(x, 3, 8)),
        ["average pool"] = ([2, 7, 6, 3], x => Functional.AvgPool2d(x, (3, 2), new() { Stride = (2, 2), Padding = (1, 1) })),
        ["average pool without padding"] = ([1, 8, 7, 17], x => Functional.AvgPool2d(x, (3, 3), new() { Stride = (2, 2), Padding = (1, 1), CeilMode = true, CountIncludePad = false })),
        ["average pool by a divisor"] = ([1, 6, 6, 3], x => Functional.AvgPool2d(x, (2, 3), new() { DivisorOverride = 5 })),
        ["adaptive average pool"] = ([1, 7, 5, 3], x => Functional.AdaptiveAvgPool2d(x, 3, 8)),
        ["global average"] = ([2, 7, 5, 17], x => Functional.AdaptiveAvgPool2d(x, 1, 1)),
        ["embedding"] = ([5, 17], x => Functional.Embedding(x, [4, 0, 4, 2, 4, 0])),
        ["bicubic by a scale"] = ([1, 5, 5, 4], x => Functional.Resize2d(x, 3, 7, ResizeMode2d.Bicubic, scale: (3.1 / 5, 7.1 / 5))),
    };

    public static TheoryData<string> Names => [.. s_ops.Keys];

    public static TheoryData<string, string> NamesAndConfigurations => TestDevice.OnConfigurations(s_ops.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradient_agrees_with_finite_differences(string name)
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        (Shape shape, Func<Tensor, Tensor> run) = s_ops[name];
        GradientChecker.Check(t => run(t[0]), [Draw(device, shape, DType.Float64)]).ThrowIfFailed();
    }

    [SkippableTheory]
    [MemberData(nameof(NamesAndConfigurations))]
    public void Values_and_gradients_agree_on_every_configuration(string name, string configuration)
    {
        (Shape shape, Func<Tensor, Tensor> run) = s_ops[name];
        double[][] expected, actual;
        using (var reference = new TestDevice())
        {
            expected = Evaluate(reference, run, shape, DType.Float64);
        }

        using (var device = TestDevice.Create(configuration))
        {
            actual = Evaluate(device, run, shape, DType.Float32);
        }

        for (int k = 0; k < expected.Length; k++)
        {
            Assert.Equal(expected[k].Length, actual[k].Length);
            for (int i = 0; i < expected[k].Length; i++)
            {
                double allowed = 2e-6 * Math.Max(1, Math.Abs(expected[k][i]));
                Assert.True(Math.Abs(actual[k][i] - expected[k][i]) <= allowed, $"result {k}[{i}]: {actual[k][i]:G9}, expected {expected[k][i]:G9}");
            }
        }
    }

    // The value and the gradient. The drawn numbers are those of single precision in either type.
    private static double[][] Evaluate(TestDevice device, Func<Tensor, Tensor> run, Shape shape, DType dtype)
    {
        using var scope = TensorScope.Begin(device);
        Tensor x = Draw(device, shape, DType.Float32).ToType(dtype);
        x.RequiresGrad = true;
        Tensor y = run(x);
        y.Backward(Draw(device, y.Shape, DType.Float32).ToType(dtype));
        return [y.ToDoubles(), x.Grad!.ToDoubles()];
    }

    private static Tensor Draw(TestDevice device, Shape shape, DType dtype) => Tensor.Normal(device, shape, seed: 5, dtype: dtype);
}
