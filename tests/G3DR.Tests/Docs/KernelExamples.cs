using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Core.Tensors;

namespace G3DR.Tests.Docs;

/// <summary>The examples of docs/writing-a-kernel.md, on the processor and on an OpenCL device.</summary>
public class KernelExamples
{
    public static TheoryData<string> Devices => ExampleDevices.Names;

    [SkippableTheory]
    [MemberData(nameof(Devices))]
    public void The_first_kernel_scales_numbers(string name)
    {
        ExampleDevices.Require(name);
        float[] input = [1, -2, 3.5f], output = new float[3];
        Scale(name, input, output);
        Assert.Equal([0.5f, -1, 1.75f], output);
    }

    [SkippableTheory]
    [MemberData(nameof(Devices))]
    public void A_picture_is_blurred(string name)
    {
        ExampleDevices.Require(name);
        using var device = Accelerator.Create(name);
        float[] result = Blur(device, [0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0], 3, 4);
        float[] expected = [2.25f, 1.5f, 2.25f, 1.5f, 1, 1.5f, 1.5f, 1, 1.5f, 0, 0, 0];
        Assert.All(result.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-6f));
    }

    [SkippableTheory]
    [MemberData(nameof(Devices))]
    public void A_device_function_of_another_class_is_called(string name)
    {
        ExampleDevices.Require(name);
        using var device = Accelerator.Create(name);
        using MemoryBuffer<float> rgb = device.Allocate<float>(6), grey = device.Allocate<float>(2);
        rgb.CopyFrom([1, 1, 1, 1, 0, 0]);
        device.Launch(ColourKernels.Grey, new Index1D(2), rgb.View, grey.View);
        float[] result = new float[2];
        grey.CopyTo(result);
        Assert.Equal(1, result[0], 1e-6f);
        Assert.Equal(Luminance.Red, result[1]);
    }

    [SkippableTheory]
    [MemberData(nameof(Devices))]
    public void A_median_uses_a_local_array(string name)
    {
        ExampleDevices.Require(name);
        using var device = Accelerator.Create(name);
        using MemoryBuffer<float> x = device.Allocate<float>(7), y = device.Allocate<float>(7);
        x.CopyFrom([1, 2, 90, 4, 5, -70, 7]);
        device.Launch(MedianKernels.Filter, new Index1D(7), x.View, y.View);
        float[] result = new float[7];
        y.CopyTo(result);
        Assert.Equal([1, 2, 4, 4, 5, 5, 7], result);
    }

    [SkippableTheory]
    [MemberData(nameof(Devices))]
    public void A_reduction_adds_in_groups_and_repeats_itself(string name)
    {
        ExampleDevices.Require(name);
        using var device = Accelerator.Create(name);
        float[] values = [.. Enumerable.Range(0, 3001).Select(i => MathF.Sin(i))];
        using MemoryBuffer<float> x = device.Allocate<float>(values.Length);
        x.CopyFrom(values);
        float sum = Sums.Sum(device, x.View);
        Assert.Equal(values.Sum(v => (double)v), sum, 1e-4);
        Assert.Equal(sum, Sums.Sum(device, x.View));
    }

    [SkippableTheory]
    [MemberData(nameof(Devices))]
    public void A_histogram_counts_with_atomics(string name)
    {
        ExampleDevices.Require(name);
        using var device = Accelerator.Create(name);
        using MemoryBuffer<float> values = device.Allocate<float>(1000);
        values.CopyFrom([.. Enumerable.Range(0, 1000).Select(i => i / 1000f)]);
        Assert.Equal([250, 250, 250, 250], Histogram(device, values.View, 4));
    }

    [SkippableTheory]
    [MemberData(nameof(Devices))]
    public void A_generic_kernel_runs_with_each_type_argument(string name)
    {
        ExampleDevices.Require(name);
        using var device = Accelerator.Create(name);
        Assert.Equal([0, 0.15625f, 0.5f, 1], Apply<SmoothStep>(device, [0, 0.25f, 0.5f, 1]));
        Assert.Equal([0, 0.0625f, 0.25f, 1], Apply<Parabola>(device, [0, 0.25f, 0.5f, 1]));
    }

    [SkippableTheory]
    [MemberData(nameof(Devices))]
    public void A_tensor_operation_with_its_own_kernels_has_gradients(string name)
    {
        ExampleDevices.Require(name);
        using var device = Accelerator.Create(name);
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.FromArray(device, new float[] { -3, 0, 1 }, [3]);
        x.RequiresGrad = true;
        Tensor y = new BoundedOp().Apply(x);
        y.Sum().Backward();
        Assert.Equal([-0.75f, 0, 0.5f], y.ToSingles());
        Assert.Equal([0.0625f, 1, 0.25f], x.Grad!.ToSingles());
    }

    private static void Scale(string name, float[] input, float[] output)
    {
        using Accelerator device = Accelerator.Create(name);
        using MemoryBuffer<float> x = device.Allocate<float>(input.Length), y = device.Allocate<float>(input.Length);
        x.CopyFrom(input);
        device.Launch(FirstKernels.Scale, new Index1D(input.Length), x.View, y.View, 0.5f);
        y.CopyTo(output);
    }

    private static float[] Blur(Accelerator device, float[] pixels, int width, int height)
    {
        using MemoryBuffer<float> picture = device.Allocate<float>(pixels.Length), result = device.Allocate<float>(pixels.Length);
        picture.CopyFrom(pixels);
        device.Launch(
            PictureKernels.Blur,
            new Index2D(width, height),
            picture.View.As2D(width, height),
            result.View.As2D(width, height),
            new Window(Radius: 1, Gain: 1f));
        result.CopyTo(pixels);
        return pixels;
    }

    private static int[] Histogram(Accelerator device, ArrayView<float> values, int bins)
    {
        using MemoryBuffer<int> counts = device.Allocate<int>(bins);
        counts.Clear();
        device.Launch(HistogramKernels.Count, new Index1D((int)values.Length), values, counts.View);
        int[] result = new int[bins];
        counts.CopyTo(result);
        return result;
    }

    private static float[] Apply<TCurve>(Accelerator device, float[] values)
        where TCurve : struct, ICurve
    {
        using MemoryBuffer<float> x = device.Allocate<float>(values.Length);
        x.CopyFrom(values);
        device.Launch(CurveKernels.Map<TCurve>, new Index1D(values.Length), x.View, x.View);
        x.CopyTo(values);
        return values;
    }
}

public static class FirstKernels
{
    /// <summary>y[i] = factor * x[i].</summary>
    [Kernel]
    public static void Scale(Index1D i, ArrayView<float> x, ArrayView<float> y, float factor) => y[i] = factor * x[i];
}

public readonly record struct Window(int Radius, float Gain);

public static class PictureKernels
{
    /// <summary>Mean of the pixels around each pixel, as far as they lie in the picture.</summary>
    [Kernel]
    public static void Blur(Index2D at, ArrayView2D<float> picture, ArrayView2D<float> result, Window window)
    {
        float sum = 0;
        int count = 0;
        for (int y = at.Y - window.Radius; y <= at.Y + window.Radius; y++)
        {
            for (int x = at.X - window.Radius; x <= at.X + window.Radius; x++)
            {
                if (IsInside(picture, x, y))
                {
                    sum += picture[x, y];
                    count++;
                }
            }
        }

        result[at] = window.Gain * sum / count;
    }

    private static bool IsInside(ArrayView2D<float> picture, int x, int y) =>
        x >= 0 && x < picture.Width && y >= 0 && y < picture.Height;
}

[DeviceFunction]
public static class Luminance
{
    public const float Red = 0.2126f, Green = 0.7152f, Blue = 0.0722f;

    public static float Of(float red, float green, float blue) => (Red * red) + (Green * green) + (Blue * blue);
}

public static class ColourKernels
{
    [Kernel]
    public static void Grey(Index1D i, ArrayView<float> rgb, ArrayView<float> grey)
    {
        long first = 3L * i.X;
        grey[i] = Luminance.Of(rgb[first], rgb[first + 1], rgb[first + 2]);
    }
}

public static class MedianKernels
{
    private const int Width = 5;

    /// <summary>Median of five neighbours; the ends are repeated.</summary>
    [Kernel]
    public static void Filter(Index1D i, ArrayView<float> x, ArrayView<float> y)
    {
        Span<float> sorted = stackalloc float[Width];
        for (int k = 0; k < Width; k++)
        {
            int from = XMath.Max(0, XMath.Min(i.X + k - (Width / 2), (int)x.Length - 1));
            float value = x[from];
            int place = k;
            while (place > 0 && sorted[place - 1] > value)
            {
                sorted[place] = sorted[place - 1];
                place--;
            }

            sorted[place] = value;
        }

        y[i] = sorted[Width / 2];
    }
}

public static class Sums
{
    private const int Items = 64, MostGroups = 16;

    /// <summary>sums[g] = sum of what group g reads of x.</summary>
    [GroupKernel(Items)]
    public static void SumGroups(ArrayView<float> x, ArrayView<float> sums)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(Items);
        int item = Group.IdxX;
        float sum = 0;
        for (long k = ((long)Grid.IdxX * Items) + item; k < x.Length; k += (long)Grid.DimX * Items)
        {
            sum += x[k];
        }

        shared[item] = sum;
        Group.Barrier();
        for (int half = Items / 2; half > 0; half /= 2)
        {
            if (item < half)
            {
                shared[item] += shared[item + half];
            }

            Group.Barrier();
        }

        if (item == 0)
        {
            sums[Grid.IdxX] = shared[0];
        }
    }

    public static float Sum(Accelerator device, ArrayView<float> x)
    {
        using MemoryBuffer<float> partial = device.Allocate<float>(MostGroups), total = device.Allocate<float>(1);
        device.LaunchGroups(SumGroups, new Index3D(MostGroups, 1, 1), x, partial.View);
        device.LaunchGroups(SumGroups, new Index3D(1, 1, 1), partial.View, total.View);
        float[] result = new float[1];
        total.CopyTo(result);
        return result[0];
    }
}

public static class HistogramKernels
{
    /// <summary>Counts values from 0 to 1 in bins of equal width.</summary>
    [Kernel]
    public static void Count(Index1D i, ArrayView<float> values, ArrayView<int> counts)
    {
        int last = (int)counts.Length - 1;
        int bin = XMath.Max(0, XMath.Min((int)(values[i] * counts.Length), last));
        Atomic.Add(ref counts[bin], 1);
    }
}

public interface ICurve
{
    static abstract float Evaluate(float x);
}

public readonly struct SmoothStep : ICurve
{
    public static float Evaluate(float x) => x * x * (3f - (2f * x));
}

public readonly struct Parabola : ICurve
{
    public static float Evaluate(float x) => x * x;
}

public static class CurveKernels
{
    [Kernel]
    public static void Map<TCurve>(Index1D i, ArrayView<float> x, ArrayView<float> y)
        where TCurve : struct, ICurve => y[i] = TCurve.Evaluate(x[i]);
}

/// <summary>x / (1 + |x|) in float32.</summary>
public sealed class BoundedOp : TensorOp
{
    public override string Name => "bounded";

    public override IReadOnlyList<Tensor> Forward(OpContext context, IReadOnlyList<Tensor> inputs)
    {
        Tensor x = inputs[0], y = Tensor.Zeros(x.Accelerator, x.Shape);
        x.Accelerator.Launch(Value, new Index1D((int)x.Length), x.View<float>(), y.View<float>());
        context.Save(x);
        return [y];
    }

    public override IReadOnlyList<Tensor?> Backward(OpContext context, IReadOnlyList<Tensor?> gradients)
    {
        Tensor g = gradients[0]!, x = context.Saved[0], dx = Tensor.Zeros(x.Accelerator, x.Shape);
        x.Accelerator.Launch(Derivative, new Index1D((int)x.Length), x.View<float>(), g.View<float>(), dx.View<float>());
        return [dx];
    }

    [Kernel]
    private static void Value(Index1D i, ArrayView<float> x, ArrayView<float> y) => y[i] = x[i] / (1f + XMath.Abs(x[i]));

    [Kernel]
    private static void Derivative(Index1D i, ArrayView<float> x, ArrayView<float> g, ArrayView<float> dx)
    {
        float d = 1f + XMath.Abs(x[i]);
        dx[i] = g[i] / (d * d);
    }
}
