using G3DR.Core.Depth;
using G3DR.Core.Imaging;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Core.Weights;
using G3DR.Tests.Support;

namespace G3DR.Tests.Depth;

public class BoostedDepthTests
{
    private const int Size = 512, Detailed = 256;

    public static TheoryData<string> Configurations => TestDevice.Configurations;

    [SkippableTheory]
    [MemberData(nameof(Configurations))]
    public void The_result_has_the_shape_of_the_whole_and_the_details_of_the_patches(string configuration)
    {
        using TestDevice device = TestDevice.Create(configuration);
        Image photo = Photo();
        double[] truth = [.. Enumerable.Range(0, Size * Size).Select(i => (photo.Data8[3 * i] + (0.2 * photo.Data8[(3 * i) + 1])) / 255)];
        double[] whole = Doubles(Boost(device, photo, new() { RefinePatches = false }));
        double[] refined = Doubles(Boost(device, photo, new()));

        // The texture repeats every 4 pixels, which is how far apart pixels of the network lie in the whole picture: it sees none of it there, and all of it in patches.
        Assert.InRange(Correlation(Details(truth, 64, 192), Details(whole, 64, 192)), -0.4, 0.4);
        Assert.InRange(Correlation(Details(truth, 64, 192), Details(refined, 64, 192)), 0.7, 1);

        // The merge network takes from below what is coarser than a sixteenth of a patch, at most 32 pixels.
        Assert.InRange(Correlation(Blocks(whole, 64), Blocks(refined, 64)), 0.99, 1);

        // Where no patch lies, nothing changed.
        Assert.Equal(whole[^1], refined[^1]);
    }

    [Fact]
    public void A_constant_map_stays_constant()
    {
        using var device = new TestDevice();
        using var network = new FakeDepthNetwork(device, pictures => Tensor.Full(device, [1, pictures.Shape[1], pictures.Shape[2]], 3));
        using var merge = new FakeDepthMerge(device);
        Assert.All(Estimate(Photo(), network, merge), value => Assert.Equal(0.5f, value, 1e-5f));
    }

    [Fact]
    public void The_same_picture_gives_the_same_bits()
    {
        using var device = new TestDevice();
        Assert.Equal(Boost(device, Photo(), new()), Boost(device, Photo(), new()));
    }

    [Fact]
    public void Progress_counts_the_whole_and_the_patches()
    {
        using var device = new TestDevice();
        using var network = new FakeDepthNetwork(device, FakeDepthNetwork.RedAndGreen);
        using var merge = new FakeDepthMerge(device);
        List<DepthProgress> seen = [];
        Estimate(Photo(), network, merge, progress: seen.Add);
        var plan = BoostingPlan.Of(Photo(), network.Input.Size);
        Assert.Equal(Enumerable.Range(1, plan.Patches.Count + 1), seen.Select(p => p.Done));
        Assert.All(seen, p => Assert.Equal(plan.Patches.Count + 1, p.Total));
        Assert.Equal("whole picture", seen[0].Part);
        Assert.Equal($"patch {plan.Patches[^1]}", seen[^1].Part);

        // Two estimations of the whole and of each patch: at the receptive field, and at R_x or twice the receptive field.
        Assert.Equal(2 * seen.Count, network.Seen.Count);
        Assert.Equal([128, plan.Resolution], network.Seen.Take(2).Select(shape => shape[1]));
        Assert.Equal([128, 256], network.Seen.TakeLast(2).Select(shape => shape[1]));
    }

    [Fact]
    public void The_network_is_given_no_larger_pictures_than_allowed()
    {
        using var device = new TestDevice();
        using var network = new FakeDepthNetwork(device, FakeDepthNetwork.RedAndGreen);
        using var merge = new FakeDepthMerge(device);
        Image noise = BoostingPlanTests.Picture(200, 160, (_, _) => true);
        Estimate(noise, network, merge, new() { MaximumNetworkSize = 192, MaximumPatches = 2 });
        Assert.Equal(192, network.Seen.Max(shape => Math.Max(shape[1], shape[2])));
        Assert.True(BoostingPlan.Of(noise, 128).Resolution > 192);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Cancelling_stops_between_estimations_and_leaves_nothing_behind(int estimations)
    {
        using var device = new TestDevice();
        using var source = new CancellationTokenSource();
        int done = 0;
        using var network = new FakeDepthNetwork(device, pictures =>
        {
            if (++done == estimations)
            {
                source.Cancel();
            }

            return FakeDepthNetwork.RedAndGreen(pictures);
        });
        using var merge = new FakeDepthMerge(device);
        if (estimations == 0)
        {
            source.Cancel();
        }

        Assert.ThrowsAny<OperationCanceledException>(() => Estimate(Photo(), network, merge, cancel: source.Token));
        Assert.Equal(estimations, done);
    }

    [Fact]
    public void Values_that_are_not_finite_are_an_error()
    {
        using var device = new TestDevice();
        using var network = new FakeDepthNetwork(device, pictures => Tensor.Full(device, [1, pictures.Shape[1], pictures.Shape[2]], double.NaN));
        using var merge = new FakeDepthMerge(device);
        var error = Assert.Throws<InvalidOperationException>(() => Estimate(Photo(), network, merge));
        Assert.Contains("not finite", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Both_networks_need_to_be_on_the_same_device()
    {
        using TestDevice device = new(), other = new();
        using var network = new FakeDepthNetwork(device, FakeDepthNetwork.RedAndGreen);
        using var merge = new FakeDepthMerge(other);
        Assert.Contains("same device", Assert.Throws<ArgumentException>(() => Estimate(Photo(), network, merge)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Networks_of_files_work_together()
    {
        using var device = new TestDevice();
        using var folder = new TemporaryFolder();
        string weights = folder.PathOf("leres.safetensors"), merge = folder.PathOf("merge.safetensors");
        UntrainedWeights.Save(weights, device, new() { Network = LeRes.Kind, Size = "tiny" });
        UntrainedWeights.Save(merge, device, new() { Network = BoostingMerge.Kind, Size = "tiny" });
        using BoostedDepth boost = BoostedDepth.Load(merge, device, new() { ReceptiveField = 64, MaximumPatches = 3 });
        using DepthEstimator depth = DepthEstimator.Load(weights, device, new() { Strategy = boost });
        DepthMap map = depth.Estimate(BoostingPlanTests.Picture(90, 70, (x, _) => x > 30));
        Assert.Equal((90, 70, DepthMeaning.Depth), (map.Width, map.Height, map.Meaning));
        Assert.All(map.Values, value => Assert.True(float.IsFinite(value)));
        Assert.True(map.Maximum > map.Minimum);
        string message = Assert.Throws<WeightsFormatException>(() => BoostedDepth.Load(weights, device)).Message;
        Assert.Contains("LeReS, tiny", message, StringComparison.Ordinal);
        Assert.Contains("merge network", message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => BoostedDepth.Load(merge, device, new() { UncoveredShare = 2 }));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(37)]
    [InlineData(512)]
    public void Masks_rise_from_the_border_to_the_middle(int size)
    {
        float[] profile = PatchMask.Profile(size);
        Assert.Equal(profile.Reverse(), profile);
        Assert.Equal(profile.Take((size + 1) / 2).Order(), profile.Take((size + 1) / 2));
        Assert.Equal(1, profile[size / 2]);
        Assert.All(profile, value => Assert.InRange(value, 0, 1));
        if (size == 512)
        {
            // Half at 15 % of the side; nothing up to two deviations before it, everything from two behind it.
            Assert.Equal(0.5f, profile[(int)(0.15 * size)], 0.03f);
            Assert.Equal(0, profile[(int)((0.15 - 0.125) * size) - 1]);
            Assert.Equal(1, profile[(int)((0.15 + 0.125) * size) + 1]);
        }
    }

    private static float[] Boost(TestDevice device, Image photo, BoostingOptions options)
    {
        using var network = new FakeDepthNetwork(device, FakeDepthNetwork.RedAndGreen);
        using var merge = new FakeDepthMerge(device);
        return Estimate(photo, network, merge, options);
    }

    private static float[] Estimate(
        Image photo, FakeDepthNetwork network, FakeDepthMerge merge, BoostingOptions? options = null, Action<DepthProgress>? progress = null, CancellationToken cancel = default)
    {
        using var boost = new BoostedDepth(merge, options);
        DepthMap map = boost.Estimate(network, photo, new(), progress is null ? null : new Told<DepthProgress>(progress), cancel);
        Assert.Equal((photo.Width, photo.Height, network.Meaning), (map.Width, map.Height, map.Meaning));
        return map.Values;
    }

    // Red rises to the right and downwards; green has squares of 2 pixels in one corner.
    private static Image Photo()
    {
        var photo = new Image(Size, Size, 3);
        for (int i = 0; i < Size * Size; i++)
        {
            (int x, int y) = (i % Size, i / Size);
            photo.Data8[3 * i] = (byte)((x + y) / 8);
            photo.Data8[(3 * i) + 1] = x < Detailed && y < Detailed && ((x / 2) + (y / 2)) % 2 == 0 ? (byte)255 : (byte)0;
        }

        return photo;
    }

    private static double[] Doubles(float[] values) => Array.ConvertAll(values, value => (double)value);

    // Differences from the mean of the surrounding 8 x 8 block, in a square.
    private static double[] Details(double[] map, int from, int to)
    {
        const int block = 8;
        double[] blocks = Blocks(map, block);
        var details = new List<double>();
        for (int y = from; y < to; y++)
        {
            for (int x = from; x < to; x++)
            {
                details.Add(map[(y * Size) + x] - blocks[(y / block * (Size / block)) + (x / block)]);
            }
        }

        return [.. details];
    }

    // Means of blocks.
    private static double[] Blocks(double[] map, int block)
    {
        int blocks = Size / block;
        double[] means = new double[blocks * blocks];
        for (int i = 0; i < map.Length; i++)
        {
            means[(i / Size / block * blocks) + (i % Size / block)] += map[i] / (block * block);
        }

        return means;
    }

    private static double Correlation(double[] a, double[] b)
    {
        (double meanA, double meanB) = (a.Average(), b.Average());
        double Sum(Func<int, double> value) => Enumerable.Range(0, a.Length).Sum(value);
        double variances = Sum(i => Math.Pow(a[i] - meanA, 2)) * Sum(i => Math.Pow(b[i] - meanB, 2));
        return variances > 0 ? Sum(i => (a[i] - meanA) * (b[i] - meanB)) / Math.Sqrt(variances) : 0;
    }
}
