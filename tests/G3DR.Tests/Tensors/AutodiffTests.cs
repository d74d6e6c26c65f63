using G3DR.Core.Tensors;
using G3DR.Tests.Support;

namespace G3DR.Tests.Tensors;

public class AutodiffTests
{
    [Fact]
    public void Gradient_of_a_small_expression_is_the_one_found_by_hand()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.FromArray(device, new[] { 1f, 2f, 3f }, [3]);
        Tensor w = Tensor.FromArray(device, new[] { 4f, 5f, 6f }, [3]);
        x.RequiresGrad = true;
        w.RequiresGrad = true;
        Tensor y = ((x * w) + x.Square()).Sum();
        Assert.Equal(32 + 14, y.Item());
        y.Backward();
        // d/dx = w + 2x, d/dw = x.
        Assert.Equal([6f, 9f, 12f], x.Grad!.ToSingles());
        Assert.Equal([1f, 2f, 3f], w.Grad!.ToSingles());
    }

    [Fact]
    public void A_chain_of_matrix_products_passes_the_gradient_check()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor a = Tensor.Normal(device, [2, 5, 3], 1, 0, DType.Float64);
        Tensor b = Tensor.Normal(device, [3, 4], 1, 1, DType.Float64);
        Tensor c = Tensor.Normal(device, [4], 1, 2, DType.Float64);
        GradientChecker.Check(t => (t[0].MatMul(t[1]) + t[2]).Softplus().Mean([1]), [a, b, c]).ThrowIfFailed();
    }
}
