using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Tests.Support;

namespace G3DR.Tests.Networks;

/// <summary>Linear maps over the last axis.</summary>
public class LinearTests
{
    // x = (1, 2), (3, 4), (5, 6), weight = (1, 10), (100, 1000), bias = (0.5, -0.5): row (a, b) gives (a + 10 b + 0.5, 100 a + 1000 b - 0.5).
    [SkippableTheory]
    [MemberData(nameof(TestDevice.Configurations), MemberType = typeof(TestDevice))]
    public void Rows_are_mapped_along_the_last_axis(string configuration)
    {
        using var device = TestDevice.Create(configuration);
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.FromArray(device, [1f, 2, 3, 4, 5, 6], [1, 3, 2]);
        Tensor weight = Tensor.FromArray(device, [1f, 10, 100, 1000], [2, 2]), bias = Tensor.FromArray(device, [0.5f, -0.5f], [2]);
        Tensor y = Functional.Linear(x, weight, bias);
        Assert.Equal([1, 3, 2], y.Shape);
        Assert.Equal([21.5f, 2099.5f, 43.5f, 4299.5f, 65.5f, 6499.5f], y.ToSingles());
        Tensor single = Functional.Linear(Tensor.FromArray(device, [1f, 2], [2]), weight);
        Assert.Equal([2], single.Shape);
        Assert.Equal([21f, 2100f], single.ToSingles());
    }

    [Fact]
    public void Gradients_are_those_of_the_value()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Draw([2, 3, 5], 1), weight = Draw([4, 5], 2), bias = Draw([4], 3);
        GradientChecker.Check(t => Functional.Linear(t[0], t[1], t[2]), [x, weight, bias]).ThrowIfFailed();

        Tensor Draw(Shape shape, ulong seed) => Tensor.Normal(device, shape, seed, dtype: DType.Float64);
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.Ones(device, [3, 2]), weight = Tensor.Ones(device, [4, 2]);
        var weights = Assert.Throws<ArgumentException>(() => Functional.Linear(x, Tensor.Ones(device, [4, 3])));
        Assert.Contains("got weights (4, 3) and rows (3, 2)", weights.Message, StringComparison.Ordinal);
        var bias = Assert.Throws<ArgumentException>(() => Functional.Linear(x, weight, Tensor.Ones(device, [3])));
        Assert.Contains("the bias must be (4), one number for each output, got (3)", bias.Message, StringComparison.Ordinal);
    }
}
