using System.Reflection;
using G3DR.Compute;
using G3DR.Compute.Launching;
using G3DR.Compute.Memory;

namespace G3DR.Tests.Docs;

/// <summary>The example of docs/adding-a-device.md.</summary>
public class BackEndExamples
{
    [Fact]
    public void The_smallest_back_end_runs_kernels_and_copies()
    {
        using var device = new BackwardAccelerator(new());
        using MemoryBuffer<float> x = device.Allocate<float>(5), y = device.Allocate<float>(5);
        x.CopyFrom([1, 2, 3, 4, 5]);
        y.Clear();
        device.Launch(FirstKernels.Scale, new Index1D(4), x.View, y.View, 2f);
        device.Copy(x.View.SubView(0, 1), y.View.SubView(4, 1));
        float[] result = new float[5];
        y.CopyTo(result);
        Assert.Equal([2, 4, 6, 8, 1], result);
        Assert.Equal(15, Sums.Sum(device, x.View));
        Assert.Throws<InvalidOperationException>(() => device.Measure(device.Synchronize));
    }

    [Fact]
    public void The_smallest_back_end_shows_kernels_that_depend_on_the_order_of_items()
    {
        float[] forward, backward;
        using (var device = Accelerator.Create("cpu", new AcceleratorOptions { Threads = 1 }))
        {
            forward = Running(device);
        }

        using (var device = new BackwardAccelerator(new()))
        {
            backward = Running(device);
        }

        Assert.Equal([1, 2, 3, 4], forward);
        Assert.Equal([1, 2, 2, 2], backward);
    }

    private static float[] Running(Accelerator device)
    {
        using MemoryBuffer<float> x = device.Allocate<float>(4);
        x.CopyFrom([1, 1, 1, 1]);
        device.Launch(OrderKernels.Accumulate, new Index1D(4), x.View);
        float[] result = new float[4];
        x.CopyTo(result);
        return result;
    }
}

public static class OrderKernels
{
    /// <summary>Wrong: items run in no particular order, so an item must not read what another one writes.</summary>
    [Kernel]
    public static void Accumulate(Index1D i, ArrayView<float> x) => x[i] += i.X == 0 ? 0 : x[i.X - 1];
}

/// <summary>The processor on one thread, last item first: a kernel whose result changes here depends on the order of its items.</summary>
public sealed class BackwardAccelerator : Accelerator
{
    public BackwardAccelerator(AcceleratorOptions options)
        : base("backward", options, new HostMemorySource())
    {
    }

    // Work is done when a launch returns.
    public override void Synchronize() => ObjectDisposedException.ThrowIf(IsDisposed, this);

    public override TimeSpan Measure(Action work) => throw new InvalidOperationException("The device 'backward' records no times.");

    private protected override void Run<TIndex>(Delegate kernel, TIndex extent, Action<TIndex> body, params ReadOnlySpan<KernelArgument> arguments)
    {
        for (long i = extent.Size - 1; i >= 0; i--)
        {
            body(TIndex.FromLinear(i, extent));
        }
    }

    private protected override void RunGroups(Delegate kernel, Index3D groups, Action body, params ReadOnlySpan<KernelArgument> arguments)
    {
        GroupKernelAttribute size = kernel.Method.GetCustomAttribute<GroupKernelAttribute>()
            ?? throw new ArgumentException($"'{kernel.Method.Name}' is not marked [GroupKernel].", nameof(kernel));
        GroupEmulator.Run(new(size.X, size.Y, size.Z), groups, body);
    }

    private protected override unsafe void Write(nint destination, ReadOnlySpan<byte> source) =>
        source.CopyTo(new((void*)destination, source.Length));

    private protected override unsafe void Read(nint source, Span<byte> destination) =>
        new ReadOnlySpan<byte>((void*)source, destination.Length).CopyTo(destination);

    private protected override unsafe void Copy(nint source, nint destination, long bytes) =>
        Buffer.MemoryCopy((void*)source, (void*)destination, bytes, bytes);

    private protected override unsafe void Clear(nint destination, long bytes) =>
        new Span<byte>((void*)destination, checked((int)bytes)).Clear();

    protected override void Dispose(bool disposing)
    {
        // No threads, queue or handles to release; the base class frees the memory.
    }
}
