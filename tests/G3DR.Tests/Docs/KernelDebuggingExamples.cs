using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Compute.OpenCl;

namespace G3DR.Tests.Docs;

/// <summary>The examples of docs/debugging-kernels.md.</summary>
public class KernelDebuggingExamples
{
    public static TheoryData<string> Devices => ExampleDevices.Names;

    [Fact]
    public void An_index_outside_a_view_is_named_on_the_processor()
    {
        using var device = Accelerator.Create("cpu");
        using MemoryBuffer<float> x = device.Allocate<float>(4), y = device.Allocate<float>(4);
        Exception error = Assert.ThrowsAny<Exception>(() => device.Launch(BrokenKernels.ShiftRight, new Index1D(4), x.View, y.View));
        Assert.Equal("Index 4 is outside a view of 4 elements.", error.GetBaseException().Message);
    }

    [Fact]
    public void A_kernel_is_called_like_any_method()
    {
        using var device = Accelerator.Create("cpu");
        float value = OneItem(device);
        Assert.Equal(1, value);
    }

    [Fact]
    public void The_emulator_shows_shared_memory_that_nobody_wrote()
    {
        using var device = Accelerator.Create("cpu");
        float[] result = Emulate(device);
        Assert.All(result, value => Assert.True(float.IsNaN(value)));
    }

    [Fact]
    public void The_emulator_finds_barriers_that_only_some_items_come_to()
    {
        using var device = Accelerator.Create("cpu");
        using MemoryBuffer<float> y = device.Allocate<float>(4);
        var error = Assert.Throws<InvalidOperationException>(() => device.LaunchGroups(BrokenKernels.WaitsForNobody, new Index3D(1, 1, 1), y.View));
        Assert.Equal("Only 2 of 4 items of a group came to a barrier; the others had ended.", error.Message);
    }

    [SkippableTheory]
    [MemberData(nameof(Devices))]
    public void Devices_are_compared(string name)
    {
        ExampleDevices.Require(name);
        using var first = Accelerator.Create("cpu");
        using var second = Accelerator.Create(name);
        float[] input = [.. Enumerable.Range(0, 1025).Select(i => MathF.Sin(i))];
        Assert.Equal(0, LargestDifference(first, second, input));
    }

    [Fact]
    public void The_generated_text_can_be_read()
    {
        using var output = new StringWriter();
        output.WriteLine(KernelText.Of(FirstKernels.Scale).Source);
        Assert.Contains("__kernel", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("FP_CONTRACT OFF", output.ToString(), StringComparison.Ordinal);
    }

    private static float OneItem(Accelerator device)
    {
        using MemoryBuffer<float> x = device.Allocate<float>(2), y = device.Allocate<float>(2);
        x.CopyFrom([1, 2]);
        FirstKernels.Scale(new Index1D(1), x.View, y.View, 0.5f);
        float value = y.View[1];
        return value;
    }

    private static float[] Emulate(Accelerator device)
    {
        using MemoryBuffer<float> y = device.Allocate<float>(4);
        device.LaunchGroups(BrokenKernels.ReadsTooMuch, new Index3D(1, 1, 1), y.View);
        float[] result = new float[4];
        y.CopyTo(result);
        return result;
    }

    private static float LargestDifference(Accelerator first, Accelerator second, float[] input)
    {
        float[] a = Run(first), b = Run(second);
        return a.Zip(b, (left, right) => left.Equals(right) ? 0 : MathF.Abs(left - right)).Max();

        float[] Run(Accelerator device)
        {
            using MemoryBuffer<float> x = device.Allocate<float>(input.Length), y = device.Allocate<float>(input.Length);
            x.CopyFrom(input);
            device.Launch(FirstKernels.Scale, new Index1D(input.Length), x.View, y.View, 0.3f);
            float[] output = new float[input.Length];
            y.CopyTo(output);
            return output;
        }
    }
}

public static class BrokenKernels
{
    [Kernel]
    public static void ShiftRight(Index1D i, ArrayView<float> x, ArrayView<float> y) => y[i.X + 1] = x[i];

    [GroupKernel(4)]
    public static void ReadsTooMuch(ArrayView<float> y)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(8);
        shared[Group.IdxX] = 1f;                                         // 4 of the 8 are written
        Group.Barrier();
        y[Group.IdxX] = shared[Group.IdxX] + shared[Group.IdxX + 4];     // NaN on the emulator, anything on a device
    }

    [GroupKernel(4)]
    public static void WaitsForNobody(ArrayView<float> y)
    {
        if (Group.IdxX < 2)
        {
            Group.Barrier();                                             // a graphics processor may hang here
        }

        y[Group.IdxX] = 1f;
    }
}
