using G3DR.Compute.Memory;
using G3DR.Core.Tensors;
using G3DR.Tests.Support;

namespace G3DR.Tests.Tensors;

public class TensorLifetimeTests
{
    [Fact]
    public void A_scope_disposes_everything_but_what_is_kept()
    {
        using var device = new TestDevice();
        Tensor kept;
        using (var scope = TensorScope.Begin(device))
        {
            Tensor x = Tensor.Ones(device, [4]);
            kept = scope.Keep((x + 1).Exp());
            Assert.Equal(3, device.Accelerator.Memory.BuffersInUse);
        }

        Assert.Equal(1, device.Accelerator.Memory.BuffersInUse);
        Assert.Equal(MathF.Exp(2), kept.ToSingles()[0], 1e-5f);
        kept.Dispose();
    }

    [Fact]
    public void Kept_tensors_go_to_the_enclosing_scope()
    {
        using var device = new TestDevice();
        Tensor kept;
        using (TensorScope.Begin(device))
        {
            using (var inner = TensorScope.Begin(device))
            {
                kept = inner.Keep(Tensor.Ones(device, [4]));
            }

            Assert.False(kept.IsDisposed);
        }

        Assert.True(kept.IsDisposed);
    }

    [Fact]
    public async Task Scopes_follow_asynchronous_methods()
    {
        using var device = new TestDevice();
        Tensor made;
        using (TensorScope.Begin(device))
        {
            await Task.Yield();
            made = await Task.Run(() => Tensor.Ones(device, [4]));
        }

        Assert.True(made.IsDisposed);
    }

    [Fact]
    public void A_tensor_made_after_its_scope_ended_belongs_to_the_next_one_outwards()
    {
        using var device = new TestDevice();
        using var outer = TensorScope.Begin(device);
        var inner = TensorScope.Begin(device);
        ExecutionContext captured = ExecutionContext.Capture()!;
        inner.Dispose();
        Tensor? late = null;
        ExecutionContext.Run(captured, _ => late = Tensor.Ones(device, [4]), null);
        Assert.False(late!.IsDisposed);
    }

    [Fact]
    public void Tensors_that_share_memory_free_it_with_the_last_one()
    {
        using var device = new TestDevice();
        Tensor x = Tensor.Ones(device, [2, 3]);
        Tensor reshaped = x.Reshape(6), detached = reshaped.Detach();
        x.Dispose();
        reshaped.Dispose();
        Assert.Equal([1f, 1f, 1f, 1f, 1f, 1f], detached.ToSingles());
        Assert.Equal(1, device.Accelerator.Memory.BuffersInUse);
        detached.Dispose();
        Assert.Equal(0, device.Accelerator.Memory.BytesInUse);
    }

    [Fact]
    public void Use_after_dispose_names_the_tensor()
    {
        using var device = new TestDevice();
        Tensor source = Tensor.Ones(device, [2, 3]);
        Tensor x = source.Exp();
        source.Dispose();
        x.Dispose();
        x.Dispose();
        Assert.Contains("exp (2, 3) Float32", Assert.Throws<ObjectDisposedException>(() => x.ToSingles()).Message, StringComparison.Ordinal);
        Assert.Throws<ObjectDisposedException>(() => x.View<float>());
        Assert.Throws<ObjectDisposedException>(() => x + 1);
        Assert.Throws<ObjectDisposedException>(() => x.Reshape(6));
    }

    [Fact]
    public void Views_have_the_type_of_the_elements()
    {
        using var device = new TestDevice();
        using Tensor x = Tensor.Ones(device, [2]);
        Assert.Contains("Float32", Assert.Throws<InvalidOperationException>(() => x.View<double>()).Message, StringComparison.Ordinal);
        x.View<float>()[1] = 5;
        Assert.Equal([1f, 5f], x.ToSingles());
    }

    [Fact]
    public void An_operation_that_finds_no_memory_leaves_nothing_behind()
    {
        // Room for two tensors of 1 MiB and not for a third.
        using var device = new TestDevice(new() { Threads = 1, MemoryLimit = (5 << 20) / 2 });
        using Tensor x = Tensor.Ones(device, [1 << 18]);
        x.RequiresGrad = true;
        using Tensor y = x.Exp();
        long before = device.Accelerator.Memory.BytesInUse;
        Assert.Throws<OutOfDeviceMemoryException>(() => y.Square());
        Assert.Equal(before, device.Accelerator.Memory.BytesInUse);
        using Tensor cotangent = y.Detach();
        Assert.Throws<OutOfDeviceMemoryException>(() => y.Backward(cotangent));
        Assert.Equal(before, device.Accelerator.Memory.BytesInUse);
    }

    [Fact]
    public void Random_numbers_repeat_with_their_seed_and_differ_between_streams()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        float[] first = Tensor.Normal(device, [100000], seed: 5).ToSingles();
        Assert.Equal(first, Tensor.Normal(device, [100000], seed: 5).ToSingles());
        Assert.NotEqual(first, Tensor.Normal(device, [100000], seed: 5, stream: 1).ToSingles());
        // Mean and variance of 100,000 draws: standard errors 0.0032 and 0.0045.
        Assert.InRange(first.Average(), -0.016, 0.016);
        Assert.InRange(first.Average(value => value * value), 0.977, 1.023);
        Assert.All(Tensor.Uniform(device, [1000], seed: 5).ToSingles(), value => Assert.InRange(value, 0f, 0.99999997f));
    }

    [Fact]
    public void Host_memory_of_the_wrong_length_is_refused()
    {
        using var device = new TestDevice();
        Assert.Contains("needs 6 elements, got 5", Assert.Throws<ArgumentException>(() => Tensor.FromArray(device, new float[5], [2, 3])).Message, StringComparison.Ordinal);
        using Tensor x = Tensor.Zeros(device, [2]);
        Assert.Throws<ArgumentException>(() => x.CopyFrom(new float[3]));
        Assert.Throws<InvalidOperationException>(() => x.Item());
    }

    [Fact]
    public void Shapes_compare_by_their_lengths_and_refuse_nonsense()
    {
        Shape a = [2, 3], b = new int[] { 2, 3 };
        Assert.Equal(a, b);
        Assert.Equal(a.GetHashCode(), b.GetHashCode());
        Assert.True(a != [3, 2]);
        Assert.Equal("(2, 3)", a.ToString());
        Assert.Equal("()", default(Shape).ToString());
        Assert.Equal(1, default(Shape).Length);
        Assert.Equal(3, a[^1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => a[2]);
        Assert.Throws<ArgumentException>(() => new Shape(-1));
        Assert.Throws<ArgumentException>(() => new Shape(new int[9]));
        Assert.Throws<ArgumentException>(() => new Shape(int.MaxValue, int.MaxValue, int.MaxValue));
    }

    [Fact]
    public void A_backward_pass_lets_go_of_what_each_operation_saved()
    {
        const int steps = 16;
        using var device = new TestDevice();
        MemoryPool memory = device.Accelerator.Memory;
        Shape shape = [64, 1024];
        long bytes = shape.Length * sizeof(float);
        var factors = new List<Tensor>();
        Tensor y = Tensor.Ones(device, shape);
        for (int i = 0; i < steps; i++)
        {
            factors.Add(Tensor.Ones(device, shape));
            factors[i].RequiresGrad = true;
            Tensor next = y * factors[i];
            y.Dispose();
            y = next;
        }

        using Tensor sum = y.Sum();
        y.Dispose();
        memory.ResetPeak();
        long before = memory.BytesInUse;
        sum.Backward();

        // The gradients that stay take the place of the products that were saved; without that, the peak would be higher by all of them.
        Assert.InRange(memory.PeakBytes - before, 1, 4 * bytes);
        foreach (Tensor factor in factors)
        {
            Assert.Equal(1f, factor.Grad!.ToSingles()[0]);
            factor.Dispose();
        }
    }
}
