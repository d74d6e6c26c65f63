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
        // The edge between two halves is in one or two columns of cells; with a window of 12 it covers 12 or 13 of n columns. Of 18 some 0.3 are left, of 24 0.46, of 30 0.57, of
        // 36 0.64.
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
        Image noise = Picture(500, 390, (_, _) => true);
        var plan = BoostingPlan.Of(noise, 128, new() { MaximumPatches = 100_000 });
        Assert.Contains(plan.Patches, patch => patch.X + patch.Size >= 499 && patch.Y + patch.Size >= 389);
        Assert.Contains(plan.Patches, patch => patch is { X: 0, Y: 0 });
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
        Gen<(int, int, int)> sizes = from width in Gen.Choose(1, 200) from height in Gen.Choose(1, 200) from seed in Gen.Choose(0, 1000) select (width, height, seed);
        Prop.ForAll(Arb.From(sizes), size =>
        {
            var random = new Random(size.Item3);
            int border = random.Next(1, 100);
            Image picture = Picture(size.Item1, size.Item2, (x, y) => (x + y) % 100 < border, size.Item3);
            var density = new GradientDensity(PictureGradients.Of(picture));
            var plan = BoostingPlan.Of(picture, 64);
            Assert.InRange(plan.Resolution, 64, 3000);
            Assert.All(plan.Patches, patch =>
            {
                RequireInside(patch, picture);
                Assert.InRange(density.Of(patch), density.Overall * (1 - 1e-9), double.PositiveInfinity);
            });
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Densities_are_means_of_strong_gradients()
    {
        var gradients = PictureGradients.Of(Picture(37, 23, (x, _) => x > 9));
        var density = new GradientDensity(gradients);
        float threshold = gradients.Values.Where(value => value > 0).Average();
        double sum = 0;
        for (int y = 5; y < 5 + 12; y++)
        {
            for (int x = 3; x < 3 + 12; x++)
            {
                float value = gradients.Values[(y * 37) + x];
                sum += value < threshold ? 0 : value;
            }
        }

        Assert.Equal(sum / 144, density.Of(new(3, 5, 12)), 1e-9);
    }

    [Fact]
    public void Gradients_are_those_of_sobel_with_a_mirrored_border()
    {
        // A ramp of 10 levels per column: Sobel along x gives 8 times that inside, nothing at the mirrored left and right border; along y there is nothing.
        var ramp = new Image(6, 4, 1, [.. Enumerable.Range(0, 24).Select(i => (byte)(i % 6 * 10))]);
        float[] values = PictureGradients.Of(ramp).Values;
        float inside = 8 * 10 / 255f * (0.2989f + 0.5870f + 0.1140f);
        Assert.All(Enumerable.Range(0, 24), i => Assert.Equal(i % 6 is 0 or 5 ? 0 : inside, values[i], 1e-5f));
        Assert.Equal([0f], PictureGradients.Of(new Image(1, 1, 3, [1, 2, 3])).Values);
    }

    [Theory]
    [InlineData(63)]
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

    private static void RequireInside(DepthPatch patch, Image picture)
    {
        Assert.InRange(patch.X, 0, picture.Width - patch.Size);
        Assert.InRange(patch.Y, 0, picture.Height - patch.Size);
        Assert.True(patch.Size >= 1);
    }
}
