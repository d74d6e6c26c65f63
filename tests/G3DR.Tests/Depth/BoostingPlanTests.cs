using FsCheck;
using FsCheck.Fluent;
using G3DR.Core.Depth;
using G3DR.Core.Imaging;

namespace G3DR.Tests.Depth;

public class BoostingPlanTests
{
    private const int Field = 384;

    [Fact]
    public void Where_everything_has_edges_the_resolution_goes_to_its_limit()
    {
        Image noise = Picture(512, 400, (_, _) => true);

        // The limit of three times the longer side is 48 cells of 32 pixels; the search goes from 12 in steps of 6 and stays below: 42.
        Assert.Equal(42 * 32, BoostingPlan.Of(noise, Field).Resolution);
        Assert.Equal(18 * 32, BoostingPlan.Of(noise, Field, new() { MaximumResolution = 24 * 32 }).Resolution);
        Assert.Equal(12 * 32, BoostingPlan.Of(noise, Field, new() { MaximumScale = 1 }).Resolution);
    }

    [Theory]
    [InlineData(0.0, 12)]
    [InlineData(0.2, 12)]
    [InlineData(0.4, 18)]
    [InlineData(0.6, 30)]
    public void One_edge_is_seen_from_as_far_as_the_receptive_field_reaches(double uncovered, int cells)
    {
        // The edge lies in the two columns of cells in the middle; windows of 12 around them cover 13 columns. Of 18 are left 0.28, of 24 0.46, of 30 0.57, of 36 0.64.
        var halves = new Image(512, 512, 3);
        for (int i = 0; i < halves.Data8.Length; i++)
        {
            halves.Data8[i] = i / 3 % 512 < 256 ? (byte)0 : (byte)255;
        }

        var plan = BoostingPlan.Of(halves, Field, new() { UncoveredShare = uncovered });
        Assert.Equal(cells * 32, plan.Resolution);
    }

    [Fact]
    public void A_picture_without_any_edge_is_estimated_at_the_receptive_field()
    {
        var plan = BoostingPlan.Of(new Image(300, 200, 3), Field);
        Assert.Equal(Field, plan.Resolution);
        Assert.All(plan.Patches, patch => Assert.InRange(patch.Size, 1, 200));
    }

    [Fact]
    public void Patches_lie_where_the_details_are()
    {
        Image corner = Picture(640, 480, (x, y) => x < 200 && y < 150);
        var plan = BoostingPlan.Of(corner, 128);
        Assert.NotEmpty(plan.Patches);
        Assert.Equal(plan.Patches.OrderByDescending(patch => patch.Size).Select(patch => patch.Size), plan.Patches.Select(patch => patch.Size));
        Assert.Contains(plan.Patches, patch => patch is { X: 0, Y: 0 });
        double overall = 200.0 * 150 / (640 * 480);
        Assert.All(plan.Patches, patch =>
        {
            RequireInside(patch, corner);

            // At least the share of detail that the whole picture has; the border of the noise has gradients too.
            double inside = Math.Max(Math.Min(patch.X + patch.Size, 201) - patch.X, 0) * (double)Math.Max(Math.Min(patch.Y + patch.Size, 151) - patch.Y, 0);
            Assert.InRange(inside / ((double)patch.Size * patch.Size), 0.9 * overall, 1);
        });
    }

    [Fact]
    public void Windows_at_the_border_are_refined_too()
    {
        Image corner = Picture(500, 390, (x, y) => x >= 400 && y >= 300);
        var plan = BoostingPlan.Of(corner, 128, new() { MaximumPatches = 100_000 });
        Assert.Contains(plan.Patches, patch => patch.X + patch.Size >= 499 && patch.Y + patch.Size >= 389);
    }

    [Fact]
    public void More_patches_than_allowed_lower_the_resolution_they_are_cut_at()
    {
        Image sparse = Picture(640, 480, (x, y) => x % 64 < 32 && y % 64 < 32);
        var free = BoostingPlan.Of(sparse, 128, new() { MaximumPatches = 100_000 });
        var few = BoostingPlan.Of(sparse, 128, new() { MaximumPatches = 10 });
        Assert.InRange(few.Patches.Count, 1, 10);
        Assert.True(free.Patches.Count > 10);
        Assert.True(few.TargetResolution < free.TargetResolution);
        Assert.Empty(BoostingPlan.Of(sparse, 128, new() { RefinePatches = false }).Patches);
        Assert.Empty(BoostingPlan.Of(sparse, 128, new() { MaximumPatches = 0 }).Patches);
    }

    [Fact]
    public void Any_picture_gets_patches_inside_it_each_at_least_as_dense_as_the_whole()
    {
        Gen<(int, int, int)> sizes = from width in Gen.Choose(1, 90) from height in Gen.Choose(1, 90) from seed in Gen.Choose(0, 1000) select (width, height, seed);
        Prop.ForAll(Arb.From(sizes), size =>
        {
            (int width, int height, int seed) = size;
            int stripe = new Random(seed).Next(1, 40);
            Image picture = Picture(width, height, (x, y) => (x + y) % 40 < stripe, seed);
            double[] gradients = StrongGradients(picture);
            var plan = BoostingPlan.Of(picture, 64, new() { MaximumPatches = 12 });
            Assert.InRange(plan.Resolution, 64, 3000);
            Assert.InRange(plan.Patches.Count, 0, 12);
            Assert.All(plan.Patches, patch =>
            {
                RequireInside(patch, picture);
                double sum = Enumerable.Range(patch.Y, patch.Size).Sum(y => gradients.AsSpan((y * width) + patch.X, patch.Size).ToArray().Sum());
                Assert.InRange(sum / (patch.Size * patch.Size), gradients.Average() * (1 - 1e-5), double.PositiveInfinity);
            });
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(31)]
    [InlineData(20_000)]
    public void Receptive_fields_that_cannot_be_are_refused(int field) =>
        Assert.Contains("receptive field", Assert.Throws<ArgumentException>(() => BoostingPlan.Of(new Image(8, 8, 3), field)).Message, StringComparison.Ordinal);

    /// <summary>Black, with noise where it is wanted.</summary>
    internal static Image Picture(int width, int height, Func<int, int, bool> hasNoise, int seed = 1)
    {
        var random = new Random(seed);
        var picture = new Image(width, height, 3);
        for (int i = 0; i < width * height; i++)
        {
            if (hasNoise(i % width, i / width))
            {
                picture.Data8.Slice(3 * i, 3).Fill((byte)(random.Next(2) * 255));
            }
        }

        return picture;
    }

    // Sobel's derivatives by their definition, the border mirrored; below the mean of those that are not zero they count as zero.
    private static double[] StrongGradients(Image picture)
    {
        (int width, int height) = (picture.Width, picture.Height);
        int[] smooth = [1, 2, 1], slope = [-1, 0, 1];
        static int Mirror(int i, int length) => length == 1 ? 0 : i < 0 ? -i : i >= length ? (2 * length) - 2 - i : i;
        double Grey(int x, int y)
        {
            ReadOnlySpan<byte> pixel = picture.Data8.Slice(3 * ((Mirror(y, height) * width) + Mirror(x, width)), 3);
            return ((0.2989 * pixel[0]) + (0.5870 * pixel[1]) + (0.1140 * pixel[2])) / 255;
        }

        double Derivative(int x, int y, int[] alongX, int[] alongY)
        {
            double sum = 0;
            for (int i = 0; i < 9; i++)
            {
                sum += alongX[i % 3] * alongY[i / 3] * Grey(x + (i % 3) - 1, y + (i / 3) - 1);
            }

            return Math.Abs(sum);
        }

        double[] values = [.. Enumerable.Range(0, width * height).Select(i =>
            Derivative(i % width, i / width, slope, smooth) + Derivative(i % width, i / width, smooth, slope))];
        double threshold = values.Where(value => value > 1e-5).DefaultIfEmpty(0).Average();
        return Array.ConvertAll(values, value => value < threshold * (1 - 1e-6) ? 0 : value);
    }

    private static void RequireInside(DepthPatch patch, Image picture)
    {
        Assert.InRange(patch.X, 0, picture.Width - patch.Size);
        Assert.InRange(patch.Y, 0, picture.Height - patch.Size);
        Assert.True(patch.Size >= 1);
    }
}
