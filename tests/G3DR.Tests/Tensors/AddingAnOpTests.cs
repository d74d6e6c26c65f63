using G3DR.Compute;
using G3DR.Compute.Simd;
using G3DR.Core.Tensors;
using G3DR.Kernels;
using G3DR.Kernels.Elementwise;
using G3DR.Tests.Support;

namespace G3DR.Tests.Tensors;

/// <summary>The examples of docs/adding-an-op.md, and what custom operations may rely on.</summary>
public class AddingAnOpTests
{
    public static TheoryData<string> ProcessorConfigurations => [.. TestDevice.ProcessorConfigurations];

    [Theory]
    [MemberData(nameof(ProcessorConfigurations))]
    public void An_elementwise_op_of_the_user_runs_on_every_instruction_set(string configuration)
    {
        using var device = TestDevice.Create(configuration);
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.Normal(device, [1025], seed: 1, dtype: DType.Float64);
        GradientChecker.Check(t => t[0].Elementwise<Softsign>(), [x]).ThrowIfFailed();
        float[] values = x.ToSingles();
        Assert.Equal(values.Select(Softsign.Forward), x.ToType(DType.Float32).Elementwise<Softsign>().ToSingles());
    }

    [SkippableFact]
    public void Where_an_elementwise_op_of_the_user_has_no_device_text_the_error_names_it_and_its_assembly()
    {
        using var device = TestDevice.Create(TestDevice.OpenCl);
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.Ones(device, [3]);
        string message = Assert.Throws<NotSupportedException>(() => x.Elementwise<Softsign>()).Message;
        Assert.Contains("its type argument Softsign is of the assembly G3DR.Tests", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_custom_op_passes_the_value_and_scales_the_gradient()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.FromArray(device, new[] { 1f, 2f }, [2]), scale = Tensor.FromArray(device, new[] { 0.5f, 0f }, [2]);
        x.RequiresGrad = true;
        scale.RequiresGrad = true;
        Tensor y = new ScaleGradient().Apply(x, scale);
        Assert.NotSame(x, y);
        Assert.Equal([1f, 2f], y.ToSingles());
        y.Sum().Backward();
        Assert.Equal([0.5f, 0f], x.Grad!.ToSingles());
        Assert.Null(scale.Grad);
    }

    [Fact]
    public void An_unused_output_has_no_gradient_and_a_constant_output_is_not_recorded()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.FromArray(device, new[] { 1f, -2f }, [2]);
        x.RequiresGrad = true;
        IReadOnlyList<Tensor> parts = new Parts().ApplyAll(x);
        Assert.False(parts[2].RequiresGrad);
        (parts[1] * 3).Sum().Backward();
        Assert.Equal([0f, 3f], x.Grad!.ToSingles());
    }

    [Fact]
    public void Broken_backward_passes_are_errors_that_name_the_op()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.Ones(device, [2]);
        x.RequiresGrad = true;
        foreach ((Broken.Fault fault, string expected) in new[]
        {
            (Broken.Fault.Missing, "no gradient for input 0"), (Broken.Fault.Shape, "which has shape (2)"), (Broken.Fault.Count, "2 gradients for 1 inputs"),
        })
        {
            string message = Assert.Throws<InvalidOperationException>(() => new Broken(fault).Apply(x).Sum().Backward()).Message;
            Assert.Contains("'broken'", message, StringComparison.Ordinal);
            Assert.Contains(expected, message, StringComparison.Ordinal);
        }

        Assert.Null(x.Grad);
        Assert.Throws<ArgumentException>(() => new Parts().Apply());
    }

    private readonly struct Softsign : IUnaryOp
    {
        public static OpSpec Spec => new("softsign", Saves.Input, Range: (-10, 10), ForwardTolerance: 1e-6, GradientTolerance: 1e-6) { Flops = 3 };

        public static float Forward(float x) => x / (1f + XMath.Abs(x));

        // 1 / (1 + |x|)^2: needs the input, hence Saves.Input above.
        public static float Backward(float x, float y, float g) => g / ((1f + XMath.Abs(x)) * (1f + XMath.Abs(x)));

        public static double Reference(double x) => x / (1 + XMath.Abs(x));

        public static double ReferenceBackward(double x, double y, double g) => g / ((1 + XMath.Abs(x)) * (1 + XMath.Abs(x)));

        public static V Forward<V>(V x)
            where V : struct, ISimd<V> => x / (V.Create(1f) + V.Abs(x));

        public static V Backward<V>(V x, V y, V g)
            where V : struct, ISimd<V>
        {
            V d = V.Create(1f) + V.Abs(x);
            return g / (d * d);
        }
    }

    private sealed class ScaleGradient : TensorOp
    {
        public override string Name => "scale_gradient";

        public override bool InputHasGradient(int input) => input == 0;

        public override IReadOnlyList<Tensor> Forward(OpContext context, IReadOnlyList<Tensor> inputs)
        {
            context.Save(inputs[1]);
            return [inputs[0]];
        }

        public override IReadOnlyList<Tensor?> Backward(OpContext context, IReadOnlyList<Tensor?> gradients) =>
            [gradients[0]! * context.Saved[0], null];
    }

    // Positive part, negative part, and the mask that tells them apart.
    private sealed class Parts : TensorOp
    {
        public override string Name => "parts";

        public override bool OutputHasGradient(int output) => output < 2;

        public override IReadOnlyList<Tensor> Forward(OpContext context, IReadOnlyList<Tensor> inputs)
        {
            Tensor mask = inputs[0].Greater(Tensor.Zeros(context.Accelerator, []));
            context.Save(mask);
            return [inputs[0] * mask, inputs[0] * (1 - mask), mask];
        }

        public override IReadOnlyList<Tensor?> Backward(OpContext context, IReadOnlyList<Tensor?> gradients)
        {
            Assert.Null(gradients[0]);
            Assert.Null(gradients[2]);
            return [gradients[1]! * (1 - context.Saved[0])];
        }
    }

    private sealed class Broken(Broken.Fault fault) : TensorOp
    {
        public enum Fault
        {
            Missing,
            Shape,
            Count,
        }

        public override string Name => "broken";

        public override IReadOnlyList<Tensor> Forward(OpContext context, IReadOnlyList<Tensor> inputs) => [inputs[0] * 2];

        public override IReadOnlyList<Tensor?> Backward(OpContext context, IReadOnlyList<Tensor?> gradients) => fault switch
        {
            Fault.Missing => [null],
            Fault.Shape => [gradients[0]!.Sum()],
            _ => [gradients[0], gradients[0]],
        };
    }
}
