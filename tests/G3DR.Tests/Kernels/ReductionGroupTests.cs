using G3DR.Compute.Memory;
using G3DR.Kernels.Catalogue;
using G3DR.Kernels.Reductions;
using G3DR.Tests.Support;

namespace G3DR.Tests.Kernels;

/// <summary>Reductions by groups: NaN, empty axes, accuracy of long sums.</summary>
public class ReductionGroupTests
{
    /// <summary>The device that runs the groups.</summary>
    protected virtual string Configuration => TestDevice.Emulator;

    [SkippableTheory]
    [InlineData(1, 5000)]
    [InlineData(3, 300)]
    public void Largest_and_smallest_are_NaN_if_an_element_is(int inner, int count)
    {
        float[] x = KernelCase.Draw((long)count * inner, (-1, 1), 5, 0);
        foreach (int place in (int[])[0, count / 2, count - 1])
        {
            float[] changed = [.. x];
            changed[place * inner] = float.NaN;
            Assert.Equal(Expected(changed, MathF.Max), Fold<MaxReduction>(changed, inner, count, inner));
            Assert.Equal(Expected(changed, MathF.Min), Fold<MinReduction>(changed, inner, count, inner));
        }

        float[] Expected(float[] values, Func<float, float, float> combine) =>
            [.. Enumerable.Range(0, inner).Select(column => Enumerable.Range(0, count).Select(k => values[(k * inner) + column]).Aggregate(combine))];
    }

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(3)]
    public void An_empty_axis_folds_to_what_changes_nothing(int inner)
    {
        Assert.All(Fold<SumReduction>([], 2 * inner, 0, inner), value => Assert.Equal(0f, value));
        Assert.All(Fold<MaxReduction>([], 2 * inner, 0, inner), value => Assert.Equal(float.NegativeInfinity, value));
        Assert.All(Fold<MinReduction>([], 2 * inner, 0, inner), value => Assert.Equal(float.PositiveInfinity, value));
    }

    // An element goes through at most 260 additions in all passes together, each of which rounds by at most 2^-24: an error below 0.062. One running sum of
    // 40,000 elements is off by more.
    [SkippableTheory]
    [InlineData(1)]
    [InlineData(2)]
    public void Long_sums_are_as_accurate_as_short_ones(int inner)
    {
        const int count = 40_000;
        float[] sums = Fold<SumReduction>(Enumerable.Repeat(0.1f, count * inner).ToArray(), inner, count, inner);
        Assert.All(sums, sum => Assert.Equal(count * (double)0.1f, sum, 0.062));
    }

    private float[] Fold<TOp>(float[] x, int results, int count, int inner)
        where TOp : struct, IReduceOp
    {
        using var device = TestDevice.Create(Configuration);
        using MemoryBuffer<float> input = device.Accelerator.Allocate<float>(x.Length), output = device.Accelerator.Allocate<float>(results);
        input.CopyFrom(x);
        ReduceKernels<TOp>.RunGroups(device, input.View, output.View, count, inner);
        float[] y = new float[results];
        output.CopyTo(y);
        return y;
    }
}
