using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Core.Tensors;
using G3DR.Kernels.Layout;
using G3DR.Kernels.Rendering;
using G3DR.Tests.Support;

namespace G3DR.Tests.Kernels;

/// <summary>Kernels that move or order elements: the plain ones, which every device runs, give the bits of the processor's block copies.</summary>
public class LayoutKernelTests
{
    public static TheoryData<string> Configurations => TestDevice.Configurations;

    [SkippableTheory]
    [MemberData(nameof(Configurations))]
    public void A_permutation_of_eight_axes_follows_its_definition(string configuration)
    {
        using var device = TestDevice.Create(configuration);
        int[] sizes = [2, 3, 1, 2, 3, 2, 2, 3], order = [7, 0, 5, 2, 4, 1, 6, 3];
        using Tensor x = Tensor.Uniform(device, sizes, seed: 1), y = x.Permute(order);
        long[] strides = x.Shape.DenseStrides();
        float[] source = x.ToSingles(), actual = y.ToSingles();
        for (int i = 0; i < actual.Length; i++)
        {
            long from = 0, rest = i;
            for (int axis = order.Length - 1; axis >= 0; axis--)
            {
                from += rest % y.Shape[axis] * strides[order[axis]];
                rest /= y.Shape[axis];
            }

            Assert.Equal(source[from], actual[i]);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Configurations))]
    public void Gathering_and_scattering_follow_their_definition(string configuration)
    {
        const int outer = 2, count = 5, inner = 3;
        int[] indices = [4, 0, 4, 2, 4, 0];
        using var device = TestDevice.Create(configuration);
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.Normal(device, [outer, count, inner], seed: 2);
        x.RequiresGrad = true;
        Tensor y = x.Gather(1, indices), g = Tensor.Normal(device, y.Shape, seed: 3);
        y.Backward(g);
        float[] source = x.ToSingles(), rows = g.ToSingles(), picked = new float[rows.Length], sums = new float[source.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            int from = ((((i / inner / indices.Length) * count) + indices[i / inner % indices.Length]) * inner) + (i % inner);
            picked[i] = source[from];
            sums[from] += rows[i];
        }

        Assert.Equal(picked, y.ToSingles());
        Assert.Equal(sums, x.Grad!.ToSingles());
    }

    [SkippableTheory]
    [MemberData(nameof(Configurations))]
    public void Running_sums_add_one_by_one_from_either_end(string configuration)
    {
        const int outer = 3, count = 17, inner = 2;
        using var device = TestDevice.Create(configuration);
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.Normal(device, [outer, count, inner], seed: 4), g = Tensor.Normal(device, x.Shape, seed: 5);
        x.RequiresGrad = true;
        Tensor y = x.CumSum(1);
        y.Backward(g);
        float[] forward = x.ToSingles(), backward = g.ToSingles();
        for (int line = 0; line < outer * inner; line++)
        {
            int first = (line / inner * count * inner) + (line % inner);
            for (int k = 1; k < count; k++)
            {
                forward[first + (k * inner)] += forward[first + ((k - 1) * inner)];
                backward[first + ((count - 1 - k) * inner)] += backward[first + ((count - k) * inner)];
            }
        }

        Assert.Equal(forward, y.ToSingles());
        Assert.Equal(backward, x.Grad!.ToSingles());
    }

    [Fact]
    public void More_axes_than_a_pattern_holds_are_refused()
    {
        using var device = new TestDevice();
        using MemoryBuffer<float> buffer = device.Accelerator.Allocate<float>(1);
        long[] strides = new long[CopyPattern.MaxRank + 1];
        int[] sizes = new int[strides.Length];
        Array.Fill(sizes, 1);
        ArgumentException error = Assert.Throws<ArgumentException>(() => StridedCopy.Run(device, buffer.View, strides, buffer.View, strides, sizes));
        Assert.Contains("at most 8 axes, got 9", error.Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [MemberData(nameof(Configurations))]
    public void Keys_are_sorted(string configuration)
    {
        foreach (int length in (int[])[1, 2, 64, 2048])
        {
            using var device = TestDevice.Create(configuration);
            RequireSorted(device, length);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Only_powers_of_two_are_sorted(int length)
    {
        using var device = new TestDevice();
        using MemoryBuffer<ulong> buffer = device.Accelerator.Allocate<ulong>(length);
        Assert.Throws<ArgumentException>(() => SortKernels.Sort(device, buffer.View));
    }

    [SkippableTheory]
    [InlineData("plain", 1, 1, 1, 1, 1)]
    [InlineData(TestDevice.OpenCl, 1, 1, 1, 1, 1)]
    [InlineData("plain", 1, 5, 7, 3, 17)]
    [InlineData(TestDevice.OpenCl, 1, 5, 7, 3, 17)]
    [InlineData("plain", 2, 9, 4, 17, 300)]
    [InlineData(TestDevice.OpenCl, 2, 9, 4, 17, 300)]
    [InlineData("plain", 3, 2, 2, 2, 1025)]
    [InlineData(TestDevice.OpenCl, 3, 2, 2, 2, 1025)]
    [InlineData("plain", 1, 3, 3, 2, 0)]
    [InlineData(TestDevice.OpenCl, 1, 3, 3, 2, 0)]
    public void The_gradient_of_planes_by_sorting_has_the_bits_of_the_walk_over_the_points(
        string configuration, int scenes, int height, int width, int channels, int points)
    {
        using var device = TestDevice.Create(configuration);
        var shape = new PlaneSamplingShape(height, width, channels, points, PlaneAxes.Official);
        float[] at = new float[3 * scenes * points];
        for (int i = 0; i < at.Length; i++)
        {
            // Some points outside, some on the borders of texels, some that are no points.
            float u = Philox.Uniform(seed: 7, stream: 0, (ulong)i);
            at[i] = (i % 7) switch { 0 => MathF.Round(4 * u) / 2 - 1, 1 when i % 3 == 0 => float.NaN, 2 when i % 5 == 0 => float.PositiveInfinity, _ => (2.6f * u) - 1.3f };
        }

        using MemoryBuffer<float> where = Upload(device, at);
        using MemoryBuffer<float> cotangent = Upload(device, [.. Enumerable.Range(0, at.Length * channels).Select(i => Philox.Normal(seed: 8, stream: 0, (ulong)i))]);
        using MemoryBuffer<float> walked = device.Accelerator.Allocate<float>(3L * scenes * height * width * channels);
        using MemoryBuffer<float> sorted = device.Accelerator.Allocate<float>(walked.Length);
        device.Accelerator.Launch(
            PlaneSampling.Gradient, new Index1D(3 * scenes * shape.ChannelGroups), walked.View, where.View, cotangent.View, shape, 1f);
        PlaneSampling.GradientBySorting(device, sorted.View, where.View, cotangent.View, shape, 1f);
        float[] expected = new float[walked.Length], actual = new float[sorted.Length];
        walked.CopyTo(expected);
        sorted.CopyTo(actual);
        Assert.Equal(expected.Select(BitConverter.SingleToInt32Bits), actual.Select(BitConverter.SingleToInt32Bits));
        Assert.Equal(points > 0, actual.Any(value => value != 0));
    }

    private static void RequireSorted(TestDevice device, int length)
    {
        using MemoryBuffer<ulong> buffer = device.Accelerator.Allocate<ulong>(length);

        // Some keys occur several times, and the largest possible ones too.
        ulong[] keys = [.. Enumerable.Range(0, length).Select(i => i % 5 == 0 ? ulong.MaxValue : (ulong)Philox.Word(seed: 6, stream: 0, (ulong)i / 2) << (i % 32))];
        buffer.CopyFrom(keys);
        SortKernels.Sort(device, buffer.View);
        ulong[] sorted = new ulong[length];
        buffer.CopyTo(sorted);
        Assert.Equal(keys.Order(), sorted);
    }

    private static MemoryBuffer<float> Upload(Accelerator device, float[] values)
    {
        MemoryBuffer<float> buffer = device.Allocate<float>(values.Length);
        buffer.CopyFrom(values);
        return buffer;
    }
}
