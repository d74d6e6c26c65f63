using G3DR.Core.Tensors;
using G3DR.Core.Training;
using G3DR.Kernels.Elementwise;
using G3DR.Tests.Support;

namespace G3DR.Tests.Tensors;

/// <summary>A tensor lives on one device: operations refuse to mix devices and say how to copy, and <see cref="Tensor.To"/> copies.</summary>
public class DeviceTests
{
    private static readonly Dictionary<string, Action<Tensor, Tensor>> s_mixtures = new()
    {
        ["binary"] = (a, b) => (a + b).Dispose(),
        ["where, third operand"] = (a, b) => Tensor.Where(a, a, b).Dispose(),
        ["matmul"] = (a, b) => a.MatMul(b).Dispose(),
        ["concat"] = (a, b) => Tensor.Concat([a, b]).Dispose(),
        ["copy"] = (a, b) => a.CopyFrom(b),
        ["cotangent"] = (a, b) =>
        {
            a.RequiresGrad = true;
            using Tensor y = a.Elementwise<Square>();
            y.Backward(b);
        },
    };

    public static TheoryData<string> Mixtures => [.. s_mixtures.Keys];

    [Theory]
    [MemberData(nameof(Mixtures))]
    public void Mixing_devices_is_refused_with_both_names_and_the_way_out(string name)
    {
        using TestDevice first = new(), second = new();
        using Tensor a = Tensor.Ones(first, [2, 2]), b = Tensor.Ones(second, [2, 2]);
        ArgumentException error = Assert.Throws<ArgumentException>(() => s_mixtures[name](a, b));
        Assert.Contains($"is on '{first.Accelerator.Name}'", error.Message, StringComparison.Ordinal);
        Assert.Contains($"another one, '{second.Accelerator.Name}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("Tensor.To(device)", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float64)]
    public void To_copies_to_another_device(DType dtype)
    {
        using TestDevice first = new(), second = new();
        using Tensor a = Tensor.Normal(first, [3, 5], seed: 1, dtype: dtype);
        a.RequiresGrad = true;
        using Tensor b = a.To(second);
        Assert.Same(second.Accelerator, b.Accelerator);
        Assert.Equal((a.Shape, dtype, false), (b.Shape, b.DType, b.RequiresGrad));
        Assert.Equal(a.ToDoubles(), b.ToDoubles());
        using Tensor zeros = Tensor.Zeros(second, [3, 5], dtype);
        b.CopyFrom(zeros);
        Assert.DoesNotContain(0.0, a.ToDoubles());
    }

    [Fact]
    public void To_the_own_device_is_a_copy_too()
    {
        using var device = new TestDevice();
        using Tensor a = Tensor.Full(device, [3], 2), b = a.To(device), none = Tensor.Zeros(device, [0, 3]), alsoNone = none.To(device);
        a.CopyFrom([1f, 2, 3]);
        Assert.Equal([2f, 2, 2], b.ToSingles());
        Assert.Equal([0, 3], alsoNone.Shape.ToArray());
    }

    [Fact]
    public void An_optimizer_refuses_moments_of_another_device()
    {
        using TestDevice first = new(), second = new();
        using Tensor a = Tensor.Ones(first, [2]), b = Tensor.Ones(second, [2]);
        using Adam own = new([new("w", a)]), other = new([new("w", b)]);
        ArgumentException error = Assert.Throws<ArgumentException>(() => own.ImportState(other.ExportState()));
        Assert.Contains("w.exp_avg_sq is on another device", error.Message, StringComparison.Ordinal);
    }
}
