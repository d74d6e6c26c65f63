using G3DR.Core.Metrics;

namespace G3DR.Tests.Metrics;

public class KernelInceptionDistanceTests
{
    private const int Dimensions = 5;

    [Fact]
    public void A_small_distance_is_that_of_the_definition()
    {
        float[] x = Vectors(7, seed: 1), y = Vectors(7, seed: 2);
        double Kernel(float[] a, int i, float[] b, int j) =>
            Math.Pow((Enumerable.Range(0, Dimensions).Sum(k => (double)a[(i * Dimensions) + k] * b[(j * Dimensions) + k]) / Dimensions) + 1, 3);
        double same = 0, cross = 0;
        for (int i = 0; i < 7; i++)
        {
            for (int j = 0; j < 7; j++)
            {
                same += i == j ? 0 : Kernel(x, i, x, j) + Kernel(y, i, y, j);
                cross += Kernel(x, i, y, j);
            }
        }

        KernelDistance distance = KernelInceptionDistance.Compute(x, y, Dimensions);
        Assert.Equal((1, 0.0), (distance.Subsets, distance.Deviation));
        Assert.Equal((same / 42) - (2 * cross / 49), distance.Mean, 1e-12);
    }

    // Subsets of one distribution: values on both sides of 0, whose mean is 0 within four standard errors. A biased estimate would be above by 2 var k / n.
    [Fact]
    public void Sets_of_one_distribution_have_no_distance_on_average()
    {
        double[] values = [.. Enumerable.Range(0, 200).Select(i => KernelInceptionDistance.Compute(Vectors(20, 2 * i), Vectors(20, (2 * i) + 1), Dimensions).Mean)];
        double mean = values.Average(), error = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)) / values.Length);
        Assert.InRange(mean, -4 * error, 4 * error);
        Assert.Contains(values, value => value < 0);
    }

    [Fact]
    public void Sets_of_two_distributions_have_one_and_the_seed_decides_about_the_subsets()
    {
        float[] x = Vectors(60, seed: 1), y = [.. Vectors(50, seed: 2).Select(value => value + 1)];
        var options = new KernelDistanceOptions { Subsets = 8, SubsetSize = 20, Seed = 5 };
        KernelDistance distance = KernelInceptionDistance.Compute(x, y, Dimensions, options);
        Assert.Equal(8, distance.Subsets);
        Assert.True(distance.Deviation > 0 && distance.Mean > 4 * distance.Deviation, distance.ToString());
        Assert.Equal(distance, KernelInceptionDistance.Compute(x, y, Dimensions, options));
        Assert.NotEqual(distance, KernelInceptionDistance.Compute(x, y, Dimensions, options with { Seed = 6 }));
        Assert.Equal(KernelInceptionDistance.Compute(x, y, Dimensions).Mean, distance.Mean, 4 * distance.Deviation);
    }

    [Fact]
    public void What_cannot_be_compared_is_refused()
    {
        Assert.Throws<ArgumentException>(() => KernelInceptionDistance.Compute(Vectors(1, 1), Vectors(5, 1), Dimensions));
        Assert.Throws<ArgumentException>(() => KernelInceptionDistance.Compute(new float[7], Vectors(5, 1), Dimensions));
        Assert.Throws<ArgumentException>(() => KernelInceptionDistance.Compute(Vectors(3, 1), Vectors(5, 1), Dimensions, new() { SubsetSize = 1 }));
    }

    private static float[] Vectors(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count * Dimensions).Select(_ => (float)((2 * random.NextDouble()) - 1))];
    }
}
