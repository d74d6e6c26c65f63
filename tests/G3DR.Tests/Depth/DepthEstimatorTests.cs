using G3DR.Core.Depth;
using G3DR.Core.Imaging;
using G3DR.Core.Networks;
using G3DR.Core.Reconstruction;
using G3DR.Core.Scenes;
using G3DR.Core.Tensors;
using G3DR.Tests.Reconstruction;
using G3DR.Tests.Support;

namespace G3DR.Tests.Depth;

/// <summary>Depth of photos, by networks that have learnt nothing.</summary>
public sealed class DepthEstimatorTests : IDisposable
{
    private readonly TestDevice _device = new();
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string> Networks => new()
    {
        { DepthAnything.Kind.Name, "tiny" },
        { DptLarge.Kind.Name, "tiny" },
        { DptHybrid.Kind.Name, "tiny" },
        { MidasV21.Kind.Name, "tiny" },
        { LeRes.Kind.Name, "tiny" },
    };

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Every_network_gives_a_map_of_the_photos_size(string kind, string size)
    {
        using DepthEstimator estimator = Load(kind, size, new() { Size = 64 });
        DepthMap map = estimator.Estimate(Photo(50, 40));
        Assert.Equal((50, 40, 2000), (map.Width, map.Height, map.Values.Length));
        Assert.Equal(estimator.Network.Meaning, map.Meaning);
        Assert.All(map.Values, value => Assert.True(float.IsFinite(value)));
        Assert.All(map.ToDistances(), distance => Assert.InRange(distance, 4f, 6f));
    }

    [Fact]
    public void The_map_is_what_the_network_says_of_the_prepared_photo()
    {
        using DepthEstimator estimator = Load(DepthAnything.Kind.Name, "tiny");
        Image photo = Photo(140, 70);
        DepthMap map = estimator.Estimate(photo);

        // Twice 70 x 70, the size of the network: neither photo nor map need interpolation.
        using var scope = TensorScope.Begin(_device);
        float[] colors = photo.ToFloat();
        Tensor expected = estimator.Network.Estimate(Tensor.FromArray(
            _device, [.. colors.Select((value, i) => (value - ImageNet.Mean[i % 3]) / ImageNet.Deviation[i % 3])], [1, 70, 140, 3]));
        Assert.All(expected.ToSingles().Zip(map.Values), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Fact]
    public void Progress_counts_to_its_end_and_stopping_leaves_nothing_behind()
    {
        using DepthEstimator estimator = Load(DepthAnything.Kind.Name, "tiny");
        List<DepthProgress> told = [];
        estimator.Estimate(Photo(64, 64), new Told<DepthProgress>(told.Add));
        Assert.Equal(Enumerable.Range(1, told.Count), told.Select(progress => progress.Done));
        Assert.All(told, progress => Assert.Equal(told.Count, progress.Total));
        Assert.Equal(("photo", "block0", "map"), (told[0].Part, told.Single(progress => progress.Part == "block0").Part, told[^1].Part));

        long before = _device.Accelerator.Memory.BytesInUse;
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => estimator.Estimate(
            Photo(64, 64),
            new Told<DepthProgress>(progress =>
            {
                if (progress.Part == "block1")
                {
                    stop.Cancel();
                }
            }),
            stop.Token));
        Assert.Equal(before, _device.Accelerator.Memory.BytesInUse);
    }

    [Fact]
    public void A_larger_size_is_closer_to_the_photo_and_limits_hold()
    {
        using DepthEstimator estimator = Load(DepthAnything.Kind.Name, "tiny", new() { Size = 140, MaxPixels = 140 * 280 });
        Assert.Equal(100, estimator.Estimate(Photo(100, 50)).Width);
        Assert.Contains("limit of 39200", Assert.Throws<ArgumentException>(() => estimator.Estimate(Photo(200, 50))).Message, StringComparison.Ordinal);
        using DepthEstimator tooSmall = Load(DepthAnything.Kind.Name, "tiny", new() { Size = 13 });
        Assert.Contains("at least 14", Assert.Throws<ArgumentException>(() => tooSmall.Estimate(Photo(20, 20))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_strategy_takes_the_place_of_the_single_pass()
    {
        using DepthEstimator estimator = Load(DepthAnything.Kind.Name, "tiny", new() { Strategy = new Flat() });
        Assert.Equal([7f, 7f], estimator.Estimate(Photo(2, 1)).Values);
    }

    [Fact]
    public async Task One_photo_alone_becomes_a_scene()
    {
        using DepthEstimator estimator = Load(DepthAnything.Kind.Name, "tiny");
        using G3drPipeline pipeline = G3drPipeline.Load(SmallGenerator.Save(_folder), _device, SmallGenerator.Options);
        Image photo = Photo(60, 45);
        using TriplaneScene scene = await pipeline.ReconstructAsync(photo, estimator);
        using TriplaneScene expected = pipeline.Reconstruct(RgbdPicture.FromImages(photo, estimator.Estimate(photo).ToImage(), pipeline.Size));
        Assert.Equal(expected.Planes.ToSingles(), scene.Planes.ToSingles());
    }

    private DepthEstimator Load(string kind, string size, DepthEstimatorOptions? options = null)
    {
        string path = _folder.PathOf($"{kind}.safetensors");
        UntrainedWeights.Save(path, _device, new() { Network = NetworkKind.Find(kind), Size = size, Seed = 6 });
        return DepthEstimator.Load(path, _device, options);
    }

    private static Image Photo(int width, int height)
    {
        var image = new Image(width, height, 3);
        new Random(width * height).NextBytes(image.Data8);
        return image;
    }

    private sealed class Flat : IDepthStrategy
    {
        public DepthMap Estimate(IDepthNetwork network, Image photo, DepthEstimatorOptions options, IProgress<DepthProgress>? progress, CancellationToken cancel) =>
            new(photo.Width, photo.Height, [.. Enumerable.Repeat(7f, photo.Width * photo.Height)], network.Meaning);
    }
}
