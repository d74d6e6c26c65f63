using G3DR.Core.Tensors;
using G3DR.Tests.Support;

namespace G3DR.Tests.Networks;

public class CheckpointTests
{
    // Two outputs of two inputs and a captured parameter; the second input is read by the first output only.
    private static Tensor[] Segment(Tensor[] inputs, Tensor weight)
    {
        Tensor hidden = inputs[0].MatMul(weight).Tanh();
        return [hidden * inputs[1], hidden.Exp()];
    }

    [Fact]
    public void Values_and_gradients_have_the_bits_of_the_plain_segment()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        double[][] plain = Run(device, (segment, inputs) => segment(inputs)), again = Run(device, Checkpoint.Run);
        Assert.Equal(plain, again);
    }

    [Fact]
    public void A_captured_parameter_gets_its_gradient_where_no_input_needs_one()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.Normal(device, [3, 4], seed: 1), weight = Tensor.Normal(device, [4, 2], seed: 2);
        weight.RequiresGrad = true;
        Tensor y = Checkpoint.Run(inputs => [inputs[0].MatMul(weight).Tanh()], x)[0];
        Assert.True(y.RequiresGrad);
        y.Backward(Tensor.Ones(device, y.Shape));
        float[] gradient = weight.Grad!.ToSingles();
        weight.ClearGrad();
        Tensor plain = x.MatMul(weight).Tanh();
        plain.Backward(Tensor.Ones(device, y.Shape));
        Assert.Equal(weight.Grad!.ToSingles(), gradient);
    }

    [Fact]
    public void Segments_can_be_nested_and_run_backward_twice()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.Normal(device, [5], seed: 1);
        x.RequiresGrad = true;
        Tensor Inner(Tensor t) => Checkpoint.Run(inputs => [inputs[0].Exp() * inputs[0]], t)[0];
        Tensor y = Checkpoint.Run(inputs => [Inner(inputs[0]).Sin()], x)[0];
        Tensor ones = Tensor.Ones(device, y.Shape);
        float[] first = Autograd.Gradients([y], [ones], [x], retainGraph: true)[0].ToSingles();
        float[] second = Autograd.Gradients([y], [ones], [x])[0].ToSingles();
        float[] plain = Autograd.Gradients([(x.Exp() * x).Sin()], [ones], [x])[0].ToSingles();
        Assert.Equal(plain, first);
        Assert.Equal(plain, second);
    }

    [Fact]
    public void Gradients_are_those_of_finite_differences()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.Normal(device, [3, 4], seed: 1, dtype: DType.Float64), scale = Tensor.Normal(device, [3, 2], seed: 2, dtype: DType.Float64);
        Tensor weight = Tensor.Normal(device, [4, 2], seed: 3, dtype: DType.Float64);
        GradientChecker.Check(
            t =>
            {
                Tensor[] outputs = Checkpoint.Run(inputs => Segment(inputs, t[2]), t[0], t[1]);
                return outputs[0] + outputs[1];
            },
            [x, scale, weight]).ThrowIfFailed();
    }

    [Fact]
    public void An_output_without_a_gradient_and_an_input_that_only_it_reads_are_no_trouble()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.Ones(device, [2]), unused = Tensor.Ones(device, [2]), never = Tensor.Ones(device, [2]);
        foreach (Tensor leaf in (Tensor[])[x, unused, never])
        {
            leaf.RequiresGrad = true;
        }

        Tensor[] y = Checkpoint.Run(inputs => [inputs[0] * 3f, inputs[1] * 2f, inputs[0].Greater(inputs[1])], x, unused, never);
        Assert.False(y[2].RequiresGrad);
        y[0].Backward(Tensor.Ones(device, [2]));
        Assert.Equal([3f, 3f], x.Grad!.ToSingles());
        Assert.Equal([0f, 0f], unused.Grad!.ToSingles());
        Assert.Null(never.Grad);
    }

    [Fact]
    public void A_recorded_tensor_that_is_captured_instead_of_handed_over_is_refused()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.Ones(device, [2]);
        x.RequiresGrad = true;
        Tensor before = x.Exp();
        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(() => Checkpoint.Run(inputs => [inputs[0] * before], x));
        Assert.Contains("'exp'", refused.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Checkpoint.Run(inputs => inputs));
    }

    [Fact]
    public void Inputs_that_change_before_the_backward_pass_are_noticed()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.Ones(device, [2]), weight = Tensor.Ones(device, [2]);
        weight.RequiresGrad = true;
        Tensor y = Checkpoint.Run(inputs => [inputs[0] * weight], x)[0];
        weight.CopyFrom([2f, 2f]);
        Assert.Throws<InvalidOperationException>(() => y.Backward(Tensor.Ones(device, [2])));
    }

    [Fact]
    public void Only_inputs_stay_in_memory_until_the_backward_pass()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        const int length = 1 << 16;
        Tensor x = Tensor.Ones(device, [length]);
        x.RequiresGrad = true;
        static Tensor Deep(Tensor t)
        {
            for (int i = 0; i < 10; i++)
            {
                t = t.Tanh();
            }

            return t;
        }

        long before = device.Accelerator.Memory.BytesInUse;
        Tensor kept = Checkpoint.Run(inputs => [Deep(inputs[0])], x)[0];
        Assert.Equal(length * sizeof(float), device.Accelerator.Memory.BytesInUse - before);
        kept.Backward(Tensor.Ones(device, [length]));
        Assert.NotNull(x.Grad);
    }

    [Fact]
    public void Without_recording_the_segment_just_runs()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.Ones(device, [2]);
        x.RequiresGrad = true;
        int runs = 0;
        using IDisposable constant = device.Accelerator.NoGrad();
        Tensor y = Checkpoint.Run(
            inputs =>
            {
                runs++;
                return [inputs[0] * 2f];
            },
            x)[0];
        Assert.False(y.RequiresGrad);
        Assert.Equal(1, runs);
    }

    private static double[][] Run(TestDevice device, Func<Func<Tensor[], Tensor[]>, Tensor[], Tensor[]> run)
    {
        Tensor x = Tensor.Normal(device, [3, 4], seed: 1), scale = Tensor.Normal(device, [3, 2], seed: 2), weight = Tensor.Normal(device, [4, 2], seed: 3);
        foreach (Tensor leaf in (Tensor[])[x, scale, weight])
        {
            leaf.RequiresGrad = true;
        }

        // Inputs are results of operations, as they are inside of a network.
        Tensor[] y = run(inputs => Segment(inputs, weight), [x * 2f, scale * 3f]);
        Tensor[] cotangents = [Tensor.Normal(device, [3, 2], seed: 4), Tensor.Normal(device, [3, 2], seed: 5)];
        Tensor[] gradients = Autograd.Gradients(y, cotangents, [x, scale, weight]);
        return [.. y.Concat(gradients).Select(tensor => tensor.ToDoubles())];
    }
}
