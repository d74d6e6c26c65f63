using G3DR.Compute;
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
        Tensor x = Leaf(device, 1, 2, 3), w = Leaf(device, 4, 5, 6);
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

    [Fact]
    public void Gradients_of_several_passes_add_up_until_they_are_cleared()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Leaf(device, 2, 3);
        x.Square().Sum().Backward();
        (x * 3).Sum().Backward();
        Assert.Equal([7f, 9f], x.Grad!.ToSingles());
        x.ClearGrad();
        Assert.Null(x.Grad);
    }

    [Fact]
    public void Leaves_never_share_the_memory_of_their_gradients()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor a = Leaf(device, 1), b = Leaf(device, 2);
        (a + b).Backward();
        a.Grad!.CopyFrom(new[] { 5f });
        Assert.Equal(1, b.Grad!.Item());
    }

    [Fact]
    public void A_tensor_used_twice_gets_both_gradients()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Leaf(device, 3);
        Tensor twice = x * 2;
        ((twice * twice) + twice + x).Backward();
        // y = 4x^2 + 3x.
        Assert.Equal(27, x.Grad!.Item());
    }

    [Fact]
    public void Gradients_leaves_Grad_alone_and_reaches_results_inside_the_expression()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Leaf(device, 3);
        Tensor inner = x.Square();
        Tensor y = inner.Square();
        Tensor[] gradients = Autograd.Gradients([y], [Tensor.Ones(device, [1])], [inner, x], retainGraph: true);
        Assert.Equal(18, gradients[0].Item());
        Assert.Equal(108, gradients[1].Item());
        Assert.Null(x.Grad);
        Assert.Equal(18, Autograd.Gradients([y], [Tensor.Ones(device, [1])], [inner])[0].Item());
    }

    [Fact]
    public void An_input_that_has_no_part_in_the_output_is_an_error_and_not_zero()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Leaf(device, 3), other = Leaf(device, 1);
        var error = Assert.Throws<InvalidOperationException>(() => Autograd.Gradients([x.Square()], [Tensor.Ones(device, [1])], [other]));
        Assert.Contains("do not depend on input 0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_backward_needs_the_tape_to_be_retained()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Leaf(device, 3);
        Tensor y = x.Square();
        y.Backward(retainGraph: true);
        y.Backward();
        Assert.Equal(12, x.Grad!.Item());
        Assert.Contains("released", Assert.Throws<InvalidOperationException>(() => y.Backward()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_tape_keeps_what_it_needs_although_the_user_disposes_it()
    {
        using var device = new TestDevice();
        using Tensor x = Leaf(device, 3);
        Tensor square = x.Square();
        Tensor y = square.Square();
        square.Dispose();
        y.Backward();
        y.Dispose();
        Assert.Equal(108, x.Grad!.Item());
    }

    [Fact]
    public void A_tape_that_never_runs_backward_frees_its_memory_with_its_last_tensor()
    {
        using var device = new TestDevice();
        using Tensor x = Leaf(device, 3);
        Tensor y = x;
        // Long enough to overflow the stack if freeing were recursive.
        for (int i = 0; i < 20000; i++)
        {
            Tensor next = y.Sin();
            if (y != x)
            {
                y.Dispose();
            }

            y = next;
        }

        y.Dispose();
        Assert.Equal(1, device.Accelerator.Memory.BuffersInUse);
    }

    [Fact]
    public void Backward_frees_what_was_saved()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.Uniform(device, [1000], seed: 1);
        x.RequiresGrad = true;
        Tensor hidden = x.Exp();
        Tensor y = hidden.Square().Sum();
        hidden.Dispose();
        int before = device.Accelerator.Memory.BuffersInUse;
        y.Backward();
        // The square and the gradient of x are new and the saved exponential went; the square was never kept.
        Assert.Equal(before, device.Accelerator.Memory.BuffersInUse);
    }

    [Fact]
    public void NoGrad_and_Detach_stop_recording()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Leaf(device, 3);
        using (((Accelerator)device).NoGrad())
        {
            Assert.False(x.Square().RequiresGrad);
        }

        Assert.True(x.Square().RequiresGrad);
        (x.Detach() * x).Backward();
        Assert.Equal(3, x.Grad!.Item());
        Assert.Contains("No gradient flows", Assert.Throws<InvalidOperationException>(() => x.Detach().Square().Backward()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoGrad_holds_in_its_own_flow_of_control_only()
    {
        using var device = new TestDevice();
        Accelerator accelerator = device;
        Task<bool> other;
        using var entered = new SemaphoreSlim(0);
        using var leave = new SemaphoreSlim(0);
        using (ExecutionContext.SuppressFlow())
        {
            other = Task.Run(async () =>
            {
                using IDisposable unrecorded = accelerator.NoGrad();
                entered.Release();
                await leave.WaitAsync();
                return accelerator.RecordsGradients();
            });
        }

        await entered.WaitAsync();
        Assert.True(accelerator.RecordsGradients());
        leave.Release();
        Assert.False(await other);
    }

    [Fact]
    public void A_gradient_through_an_operation_without_one_names_the_operation()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Leaf(device, 3.5);
        var error = Assert.Throws<GradientNotDefinedException>(() => x.Floor().Square().Backward());
        Assert.Equal("floor", error.Operation);
        Assert.Null(x.Grad);
    }

    [Fact]
    public void A_tensor_changed_after_it_was_saved_is_an_error()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Leaf(device, 3);
        Tensor y = x.Square();
        x.CopyFrom(new[] { 4f });
        Assert.Contains("changed after the forward pass", Assert.Throws<InvalidOperationException>(() => y.Backward()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Misuse_is_answered_with_what_is_needed()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Leaf(device, 1, 2, 3);
        Assert.Contains("3 elements", Assert.Throws<InvalidOperationException>(() => x.Square().Backward()).Message, StringComparison.Ordinal);
        Assert.Contains("(3)", Assert.Throws<ArgumentException>(() => x.Square().Backward(Tensor.Ones(device, [2]))).Message, StringComparison.Ordinal);
        Assert.Contains("leaves", Assert.Throws<InvalidOperationException>(() => x.Square().RequiresGrad = false).Message, StringComparison.Ordinal);
        Assert.Contains("element types", Assert.Throws<ArgumentException>(() => x + x.ToType(DType.Float64)).Message, StringComparison.Ordinal);
        Assert.Contains("(3) and (4)", Assert.Throws<ArgumentException>(() => x + Tensor.Ones(device, [4])).Message, StringComparison.Ordinal);
        Assert.Contains("K is 3 on the left and 4 on the right", Assert.Throws<ArgumentException>(() => x.Reshape(1, 3).MatMul(Tensor.Ones(device, [4, 2]))).Message, StringComparison.Ordinal);
        Assert.Contains("3 elements", Assert.Throws<ArgumentException>(() => x.Reshape(2, 2)).Message, StringComparison.Ordinal);
        Assert.Contains("no axis 1", Assert.Throws<ArgumentOutOfRangeException>(() => x.Sum([1])).Message, StringComparison.Ordinal);
        Assert.Contains("Index 3", Assert.Throws<ArgumentOutOfRangeException>(() => x.Gather(0, [3])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_checker_finds_a_wrong_gradient()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.Uniform(device, [5], 1, 0, DType.Float64);
        // The detached factor hides half of the derivative of x^2.
        GradientCheckResult result = GradientChecker.Check(t => t[0] * t[0].Detach(), [x]);
        Assert.False(result.Passed);
        Assert.Contains("FAILED", Assert.Throws<InvalidOperationException>(result.ThrowIfFailed).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Threads_can_record_and_run_backward_side_by_side()
    {
        using var device = new TestDevice();
        Accelerator accelerator = device;
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            using var scope = TensorScope.Begin(accelerator);
            Tensor x = Tensor.Full(accelerator, [3], i);
            x.RequiresGrad = true;
            x.Square().Sum().Backward();
            Assert.Equal([2f * i, 2f * i, 2f * i], x.Grad!.ToSingles());
        });
    }

    private static Tensor Leaf(TestDevice device, params double[] values)
    {
        Tensor leaf = Tensor.FromArray(device, [.. values.Select(value => (float)value)], [values.Length]);
        leaf.RequiresGrad = true;
        return leaf;
    }
}
