using FsCheck;
using FsCheck.Fluent;
using G3DR.Core.Metrics;

namespace G3DR.Tests.Metrics;

public class ImageMetricTests
{
    [Fact]
    public void Psnr_of_identical_pictures_is_infinite()
    {
        float[] picture = Noise(1, 300);
        Assert.Equal(double.PositiveInfinity, Psnr.Compute<float>(picture, picture));
    }

    [Theory]
    // A constant shift s has the mean squared error s^2: PSNR = 20 log10(range / s).
    [InlineData(0.1, 1, 20)]
    [InlineData(0.01, 1, 40)]
    [InlineData(0.2, 2, 20)]
    [InlineData(2.55, 255, 40)]
    public void Psnr_of_a_constant_shift_is_known(double shift, double range, double expected)
    {
        double[] a = [.. Enumerable.Range(0, 50).Select(i => i * 0.01)];
        double[] b = [.. a.Select(x => x + shift)];
        Assert.Equal(expected, Psnr.Compute<double>(a, b, range), 9);
    }

    [Fact]
    public void Ssim_of_identical_pictures_is_one()
    {
        float[] picture = Noise(2, 16 * 20 * 3);
        Assert.Equal(1, Ssim.Compute<float>(picture, picture, 16, 20, 3), 12);
    }

    [Fact]
    public void Ssim_of_two_flat_pictures_is_the_luminance_term()
    {
        // Without variance the structure term is c2 / c2 = 1; with c1 = 1e-4: (2 * 0.4 * 0.6 + c1) / (0.16 + 0.36 + c1).
        double[] a = [.. Enumerable.Repeat(0.4, 15 * 12)];
        double[] b = [.. Enumerable.Repeat(0.6, 15 * 12)];
        Assert.Equal(0.4801 / 0.5201, Ssim.Compute<double>(a, b, 15, 12, 1), 9);
    }

    [Fact]
    public void Ssim_agrees_with_the_definition_written_out()
    {
        const int Height = 13, Width = 14, Channels = 2;
        double[] a = [.. Noise(3, Height * Width * Channels).Select(x => (double)x)];
        double[] b = [.. a.Zip(Noise(4, a.Length), (x, n) => (0.7 * x) + (0.3 * n))];
        Assert.Equal(DirectSsim(a, b, Height, Width, Channels), Ssim.Compute<double>(a, b, Height, Width, Channels), 12);
    }

    [Fact]
    public void Ssim_needs_a_picture_as_large_as_the_window()
    {
        float[] picture = new float[10 * 20];
        ArgumentException e = Assert.Throws<ArgumentException>(() => Ssim.Compute<float>(picture, picture, 10, 20, 1));
        Assert.Contains("10 x 20", e.Message, StringComparison.Ordinal);
        Assert.Equal(1, Ssim.Compute<float>(picture, picture, 10, 20, 1, new SsimOptions { WindowSize = 7 }), 12);
    }

    [Fact]
    public void Both_are_symmetric_and_ssim_stays_within_one() => Prop.ForAll(
        ArbMap.Default.ArbFor<int>(),
        seed =>
        {
            double[] a = [.. Noise(seed, 12 * 12).Select(x => (double)x)];
            double[] b = [.. Noise(seed ^ 0x5555, 12 * 12).Select(x => (double)x)];
            double ssim = Ssim.Compute<double>(a, b, 12, 12, 1);
            return Math.Abs(ssim - Ssim.Compute<double>(b, a, 12, 12, 1)) < 1e-12
                && Psnr.Compute<double>(a, b) == Psnr.Compute<double>(b, a)
                && ssim is >= -1 and < 1;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Stronger_noise_scores_lower()
    {
        double[] clean = [.. Noise(5, 32 * 32).Select(x => (double)x)];
        double[] noise = [.. Noise(6, 32 * 32).Select(x => x - 0.5)];
        double[] weak = [.. clean.Zip(noise, (c, n) => c + (0.05 * n))];
        double[] strong = [.. clean.Zip(noise, (c, n) => c + (0.5 * n))];
        Assert.True(Psnr.Compute<double>(clean, weak) > Psnr.Compute<double>(clean, strong));
        Assert.True(Ssim.Compute<double>(clean, weak, 32, 32, 1) > Ssim.Compute<double>(clean, strong, 32, 32, 1));
    }

    [Fact]
    public void Bad_arguments_are_named()
    {
        Assert.Throws<ArgumentException>(() => Psnr.Compute<float>(new float[3], new float[4]));
        Assert.Throws<ArgumentException>(() => Psnr.Compute<float>([], []));
        Assert.Throws<ArgumentOutOfRangeException>(() => Psnr.Compute<float>(new float[3], new float[3], 0));
        Assert.Throws<ArgumentException>(() => Ssim.Compute<float>(new float[144], new float[143], 12, 12, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Ssim.Compute<float>(new float[144], new float[144], 12, 12, 1, new SsimOptions { WindowSize = 8 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Ssim.Compute<float>(new float[144], new float[144], 12, 12, 1, new SsimOptions { Sigma = double.NaN }));
    }

    private static double DirectSsim(double[] a, double[] b, int height, int width, int channels)
    {
        const int Size = 11;
        double[,] window = new double[Size, Size];
        double total = 0;
        for (int i = 0; i < Size; i++)
        {
            for (int j = 0; j < Size; j++)
                total += window[i, j] = Math.Exp(-(((i - 5) * (i - 5)) + ((j - 5) * (j - 5))) / (2 * 1.5 * 1.5));
        }

        double sum = 0;
        int count = 0;
        for (int y = 0; y + Size <= height; y++)
        {
            for (int x = 0; x + Size <= width; x++)
            {
                for (int c = 0; c < channels; c++, count++)
                {
                    double Mean(Func<double, double, double> f)
                    {
                        double mean = 0;
                        for (int i = 0; i < Size; i++)
                        {
                            for (int j = 0; j < Size; j++)
                            {
                                int index = ((((y + i) * width) + x + j) * channels) + c;
                                mean += window[i, j] / total * f(a[index], b[index]);
                            }
                        }

                        return mean;
                    }

                    double ma = Mean((p, _) => p);
                    double mb = Mean((_, q) => q);
                    double va = Mean((p, _) => (p - ma) * (p - ma));
                    double vb = Mean((_, q) => (q - mb) * (q - mb));
                    double cov = Mean((p, q) => (p - ma) * (q - mb));
                    sum += ((2 * ma * mb) + 1e-4) * ((2 * cov) + 9e-4) / (((ma * ma) + (mb * mb) + 1e-4) * (va + vb + 9e-4));
                }
            }
        }

        return sum / count;
    }

    private static float[] Noise(int seed, int count)
    {
        var random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = random.NextSingle();
        return values;
    }
}
