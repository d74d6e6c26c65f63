using FsCheck;
using FsCheck.Fluent;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Tests.Support;

namespace G3DR.Tests.Networks;

/// <summary>Pooling against its definition, window by window.</summary>
public class PoolingTests
{
    private static Gen<PoolCase> Cases =>
        from size in Gen.Choose(1, 13).ArrayOf(2)
        from kernel in Gen.Choose(1, 4).ArrayOf(2)
        from stride in Gen.Choose(1, 4).ArrayOf(2)
        from padding in Gen.Choose(0, 2).ArrayOf(2)
        from dilation in Gen.Choose(1, 3).ArrayOf(2)
        from channels in Gen.Choose(1, 20)
        from ceiling in Gen.Elements(false, true)
        let c = new PoolCase((size[0], size[1]), (kernel[0], kernel[1]), (stride[0], stride[1]), (padding[0], padding[1]), (dilation[0], dilation[1]), channels, ceiling)
        where c.IsPossible
        select c;

    private static Gen<int[]> AdaptiveSizes => from sizes in Gen.Choose(1, 12).ArrayOf(4) from channels in Gen.Choose(1, 20) select (int[])[.. sizes, channels];

    [Fact]
    public void Max_pooling_takes_the_largest_and_its_gradient_goes_to_the_first() => Prop.ForAll(Cases.ToArbitrary(), c =>
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);

        // Few different values, so that windows hold equal ones.
        Tensor x = (Tensor.Uniform(device, [2, c.Size.Y, c.Size.X, c.Channels], seed: 1) * 5).Floor().Detach();
        x.RequiresGrad = true;
        Tensor y = Functional.MaxPool2d(x, c.Kernel, new() { Stride = c.Stride, Padding = c.Padding, Dilation = c.Dilation, CeilMode = c.Ceiling });
        Tensor g = Tensor.Normal(device, y.Shape, seed: 2);
        y.Backward(g);
        double[] values = x.ToDoubles(), maxima = y.ToDoubles(), gradients = g.ToDoubles(), dx = new double[values.Length];
        bool same = true;
        c.ForEachWindow(y.Shape, c.Dilation, (output, inputs, _) =>
        {
            if (inputs.Count == 0)
            {
                same &= double.IsNegativeInfinity(maxima[output]);
                return;
            }

            int first = inputs.MaxBy(input => (values[input], -input));
            same &= maxima[output] == values[first];
            dx[first] += gradients[output];
        });
        return same && dx.Zip(x.Grad!.ToDoubles(), (a, b) => Math.Abs(a - b)).Max() < 1e-5;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(true, null)]
    [InlineData(false, null)]
    [InlineData(true, 7)]
    public void Average_pooling_divides_sums_by_what_counts(bool includePadding, int? divisor) => Prop.ForAll(Cases.ToArbitrary(), c =>
    {
        c = c with { Dilation = (1, 1) };
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.Normal(device, [2, c.Size.Y, c.Size.X, c.Channels], seed: 1);
        x.RequiresGrad = true;
        var options = new AvgPoolOptions { Stride = c.Stride, Padding = c.Padding, CeilMode = c.Ceiling, CountIncludePad = includePadding, DivisorOverride = divisor };
        Tensor y = Functional.AvgPool2d(x, c.Kernel, options);
        Tensor g = Tensor.Normal(device, y.Shape, seed: 2);
        y.Backward(g);
        double[] values = x.ToDoubles(), averages = y.ToDoubles();
        bool same = true;
        c.ForEachWindow(y.Shape, c.Dilation, (output, inputs, padded) =>
        {
            double expected = inputs.Sum(input => values[input]) / (divisor ?? (includePadding ? padded : inputs.Count));
            same &= Math.Abs(averages[output] - expected) < 2e-6;
        });
        return same && ResizeTests.IsAdjoint(x, y, g);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Adaptive_windows_cover_the_picture_evenly() => Prop.ForAll(AdaptiveSizes.ToArbitrary(), s =>
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        (int height, int width, int rows, int columns, int channels) = (s[0], s[1], s[2], s[3], s[4]);
        Tensor x = Tensor.Normal(device, [1, height, width, channels], seed: 1);
        x.RequiresGrad = true;
        Tensor mean = Functional.AdaptiveAvgPool2d(x, rows, columns), largest = Functional.AdaptiveMaxPool2d(x, rows, columns);
        double[] values = x.ToDoubles(), means = mean.ToDoubles(), maxima = largest.ToDoubles();
        bool same = true;
        for (int i = 0; i < means.Length; i++)
        {
            int row = i / channels / columns, column = i / channels % columns;
            double[] window =
            [
                .. from y in Enumerable.Range(0, height)
                   from z in Enumerable.Range(0, width)
                   where y >= row * height / rows && y < (((row + 1) * height) + rows - 1) / rows
                   where z >= column * width / columns && z < (((column + 1) * width) + columns - 1) / columns
                   select values[(((y * width) + z) * channels) + (i % channels)],
            ];
            same &= Math.Abs(means[i] - window.Average()) < 2e-6 && maxima[i] == window.Max();
        }

        Tensor g = Tensor.Normal(device, mean.Shape, seed: 2);
        mean.Backward(g);
        return same && ResizeTests.IsAdjoint(x, mean, g);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_average_of_a_constant_is_the_constant() => Prop.ForAll(Cases.ToArbitrary(), c =>
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.Full(device, [1, c.Size.Y, c.Size.X, c.Channels], 0.3);
        var options = new AvgPoolOptions { Stride = c.Stride, Padding = c.Padding, CeilMode = c.Ceiling, CountIncludePad = false };
        return Functional.AvgPool2d(x, c.Kernel, options).ToSingles().All(value => Math.Abs(value - 0.3f) < 1e-6f);
    }).QuickCheckThrowOnFailure();

    [SkippableTheory]
    [MemberData(nameof(TestDevice.Configurations), MemberType = typeof(TestDevice))]
    public void What_is_not_a_number_is_the_largest(string configuration)
    {
        using var device = TestDevice.Create(configuration);
        using var scope = TensorScope.Begin(device);
        float[] values = [1f, float.NaN, 5f, float.NegativeInfinity, 2f, float.NaN];
        foreach (int channels in (int[])[1, 16, 17])
        {
            Tensor x = Tensor.FromArray(device, [.. values.SelectMany(value => Enumerable.Repeat(value, channels))], [1, 1, 6, channels]);
            float[] y = Functional.MaxPool2d(x, (1, 2), new() { Stride = (1, 1) }).ToSingles();
            Assert.Equal(
                [float.NaN, float.NaN, 5f, 2f, float.NaN],
                Enumerable.Range(0, 5).Select(column => y[(column * channels) + channels - 1]));
        }
    }

    [Fact]
    public void Windows_that_cannot_be_are_refused()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.Zeros(device, [1, 4, 5, 2]);
        Assert.Contains("height of (1, 4, 5, 2)", Assert.Throws<ArgumentException>(() => Functional.MaxPool2d(x, (5, 2))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Functional.MaxPool2d(x, (2, 2), new() { Padding = (0, 2) }));
        Assert.Throws<ArgumentException>(() => Functional.MaxPool2d(x, (2, 2), new() { Dilation = (0, 1) }));
        Assert.Throws<ArgumentException>(() => Functional.AvgPool2d(x, (2, 0)));
        Assert.Throws<ArgumentException>(() => Functional.AvgPool2d(x, (2, 2), new() { DivisorOverride = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Functional.AdaptiveAvgPool2d(x, 0, 1));
    }

    private sealed record PoolCase(
        (int Y, int X) Size, (int Y, int X) Kernel, (int Y, int X) Stride, (int Y, int X) Padding, (int Y, int X) Dilation, int Channels, bool Ceiling)
    {
        public bool IsPossible => Padding.Y <= Kernel.Y / 2 && Padding.X <= Kernel.X / 2
            && Size.Y + (2 * Padding.Y) > Dilation.Y * (Kernel.Y - 1) && Size.X + (2 * Padding.X) > Dilation.X * (Kernel.X - 1);

        /// <summary>Calls back with each output, the inputs of its window in order, and the size of the window with its padding.</summary>
        public void ForEachWindow(Shape result, (int Y, int X) dilation, Action<int, List<int>, int> window)
        {
            for (int output = 0; output < result.Length; output++)
            {
                int channel = output % Channels, pixel = output / Channels;
                int column = (pixel % result[2] * Stride.X) - Padding.X, row = (pixel / result[2] % result[1] * Stride.Y) - Padding.Y;
                List<int> inputs = [];
                int padded = 0;
                for (int k = 0; k < Kernel.Y * Kernel.X; k++)
                {
                    int y = row + (k / Kernel.X * dilation.Y), x = column + (k % Kernel.X * dilation.X);
                    padded += y < Size.Y + Padding.Y && x < Size.X + Padding.X ? 1 : 0;
                    if (Inside(y, Size.Y) && Inside(x, Size.X))
                    {
                        inputs.Add((((((pixel / result[2] / result[1] * Size.Y) + y) * Size.X) + x) * Channels) + channel);
                    }
                }

                window(output, inputs, padded);
            }
        }

        private static bool Inside(int position, int length) => position >= 0 && position < length;
    }
}
