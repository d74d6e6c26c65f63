using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Core.Imaging;
using G3DR.Core.Networks;
using G3DR.Core.Reconstruction;
using G3DR.Core.Rendering;
using G3DR.Core.Scenes;
using G3DR.Core.Tensors;
using G3DR.Tests.Support;

namespace G3DR.Tests.Reconstruction;

public sealed class G3drPipelineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableTheory]
    [MemberData(nameof(TestDevice.Configurations), MemberType = typeof(TestDevice))]
    public void A_scene_is_what_the_U_Net_computes(string configuration)
    {
        using var device = TestDevice.Create(configuration);
        string path = SmallGenerator.Save(_folder);
        RgbdPicture picture = SmallGenerator.Picture(1);
        using var pipeline = G3drPipeline.Load(path, device, SmallGenerator.Options);
        using TriplaneScene scene = pipeline.Reconstruct(picture);
        using var generator = new TriplaneGenerator(Initializer.Empty(device), SmallGenerator.Sizes, SmallGenerator.Hidden);
        generator.Load(path);
        Assert.Equal((16, generator.ParameterCount, device.Accelerator), (pipeline.Size, pipeline.ParameterCount, pipeline.Accelerator));
        Assert.Equal(Planes(generator, picture), scene.Planes.ToSingles());
        Assert.Equal(new Shape(1, 3, 16, 16, 4), scene.Planes.Shape);
        foreach ((string name, Tensor parameter) in generator.Decoder.Parameters)
        {
            Assert.Equal(parameter.ToSingles(), scene.Decoder.Parameters[name].ToSingles());
        }
    }

    [SkippableTheory]
    [MemberData(nameof(TestDevice.Configurations), MemberType = typeof(TestDevice))]
    public void Pictures_in_batches_give_the_scenes_of_single_ones(string configuration)
    {
        using var device = TestDevice.Create(configuration);
        using var pipeline = G3drPipeline.Load(SmallGenerator.Save(_folder), device, SmallGenerator.Options);
        RgbdPicture[] pictures = [SmallGenerator.Picture(1), SmallGenerator.Picture(2), SmallGenerator.Picture(3)];
        IReadOnlyList<TriplaneScene> scenes = pipeline.Reconstruct(pictures, batchSize: 2);
        Assert.Equal(3, scenes.Count);
        for (int i = 0; i < pictures.Length; i++)
        {
            using TriplaneScene alone = pipeline.Reconstruct(pictures[i]);
            float[] expected = alone.Planes.ToSingles(), actual = scenes[i].Planes.ToSingles();
            scenes[i].Dispose();

            // Rounding: shards and algorithms follow from sizes, and the batch is one of them.
            double tolerance = 1e-5 * expected.Max(Math.Abs);
            Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.First - pair.Second, -tolerance, tolerance));
        }

        Assert.Empty(pipeline.Reconstruct([], batchSize: 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => pipeline.Reconstruct(pictures, batchSize: 0));
    }

    [Fact]
    public void A_scene_lives_without_the_pipeline_and_can_be_rendered_saved_and_loaded()
    {
        using var device = new TestDevice();
        RenderSettings settings = RenderSettings.Official with { CoarseSamples = 8, FineSamples = 8 };
        TriplaneScene scene;
        using (var pipeline = G3drPipeline.Load(SmallGenerator.Save(_folder), device, SmallGenerator.Options with { Render = settings }))
        {
            scene = pipeline.Reconstruct(SmallGenerator.Picture(1));
        }

        using (scene)
        {
            Assert.Equal(settings, scene.Settings);
            string path = _folder.PathOf("scene.safetensors");
            scene.Save(path);
            using var again = TriplaneScene.Load(device, path);
            Assert.Equal(scene.Render(Camera.Canonical, 8, 8).Values, again.Render(Camera.Canonical, 8, 8).Values);
        }
    }

    [Fact]
    public void Progress_names_every_part_of_every_pass_and_reaches_the_total()
    {
        using var device = new TestDevice();
        using var pipeline = G3drPipeline.Load(SmallGenerator.Save(_folder), device, SmallGenerator.Options);
        List<ReconstructionProgress> told = [];
        foreach (TriplaneScene scene in pipeline.Reconstruct([.. Enumerable.Range(0, 3).Select(i => SmallGenerator.Picture(i))], 2, new Told<ReconstructionProgress>(told.Add)))
        {
            scene.Dispose();
        }

        string[] pass =
        [
            "time_mlp", "init_conv", "downs.0.0", "downs.0.1", "downs.0.2", "downs.0.3", "downs.1.0", "downs.1.1", "downs.1.2", "downs.1.3", "mid_block1", "mid_attn",
            "mid_block2", "ups.0.0", "ups.0.1", "ups.0.2", "ups.0.3", "ups.1.0", "ups.1.1", "ups.1.2", "ups.1.3", "final_res_block", "final_conv",
        ];
        Assert.Equal([.. pass, .. pass], told.Select(state => state.Part));
        Assert.Equal(Enumerable.Range(1, 2 * pass.Length), told.Select(state => state.Done));
        Assert.All(told, state => Assert.Equal(2 * pass.Length, state.Total));
    }

    [Fact]
    public async Task Cancelling_between_any_two_parts_leaves_nothing_behind()
    {
        using var device = new TestDevice();
        using var pipeline = await G3drPipeline.LoadAsync(SmallGenerator.Save(_folder), device, SmallGenerator.Options);
        RgbdPicture[] pictures = [SmallGenerator.Picture(1), SmallGenerator.Picture(2)];
        int total = 0;
        using (TriplaneScene first = await pipeline.ReconstructAsync(pictures[0], new Told<ReconstructionProgress>(state => total = state.Total)))
        {
            Assert.True(total > 0);
        }

        long before = device.Accelerator.Memory.BytesInUse;
        for (int stopAt = 1; stopAt <= 2 * total; stopAt++)
        {
            using var stop = new CancellationTokenSource();
            int last = 0;
            var progress = new Told<ReconstructionProgress>(state =>
            {
                last = state.Done;
                if (state.Done == stopAt)
                {
                    stop.Cancel();
                }
            });
            Assert.Throws<OperationCanceledException>(() => pipeline.Reconstruct(pictures, 1, progress, stop.Token));
            Assert.Equal((stopAt, before), (last, device.Accelerator.Memory.BytesInUse));
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pipeline.ReconstructAsync(pictures[0], cancel: new(canceled: true)));
        Assert.Throws<OperationCanceledException>(() => pipeline.Reconstruct(pictures[0], cancel: new(canceled: true)));
        Assert.Throws<OperationCanceledException>(() => G3drPipeline.Load(_folder.PathOf("small.safetensors"), device, SmallGenerator.Options, new(canceled: true)));
    }

    [Fact]
    public void Pictures_of_another_size_are_refused()
    {
        using var device = new TestDevice();
        using var pipeline = G3drPipeline.Load(SmallGenerator.Save(_folder), device, SmallGenerator.Options);
        RgbdPicture[] pictures = [SmallGenerator.Picture(1), SmallGenerator.Picture(1, size: 8)];
        string message = Assert.Throws<ArgumentException>(() => pipeline.Reconstruct(pictures, batchSize: 1)).Message;
        Assert.Contains("16 x 16 pixels; got 8 x 8", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_little_memory_is_told_wherever_it_ends_and_leaves_nothing_behind()
    {
        string path = SmallGenerator.Save(_folder);
        (long network, long peak) = MemoryOf(path);
        using (var device = new TestDevice(new() { Threads = 2, MemoryLimit = network / 2 }))
        {
            Assert.Throws<OutOfDeviceMemoryException>(() => G3drPipeline.Load(path, device, SmallGenerator.Options));
        }

        for (int part = 0; part < 16; part++)
        {
            long limit = network + ((peak - network) * part / 16);
            using var device = new TestDevice(new() { Threads = 2, MemoryLimit = limit });
            using var pipeline = G3drPipeline.Load(path, device, SmallGenerator.Options);
            Assert.Throws<OutOfDeviceMemoryException>(() => pipeline.Reconstruct([SmallGenerator.Picture(1), SmallGenerator.Picture(2)], batchSize: 2));
        }
    }

    [Fact]
    public void Loading_freezes_the_network_and_pipelines_of_networks_own_them()
    {
        using var device = new TestDevice();
        TriplaneGenerator generator = SmallGenerator.Create(device);
        float[] expected = Planes(generator, SmallGenerator.Picture(4));
        using var pipeline = new G3drPipeline(generator);
        Assert.Empty(pipeline.Metadata);
        Assert.All(generator.Parameters.Values, parameter => Assert.False(parameter.RequiresGrad));
        using TriplaneScene scene = pipeline.Reconstruct(SmallGenerator.Picture(4));
        Assert.Equal(expected, scene.Planes.ToSingles());
    }

    [SkippableFact]
    public void A_real_photo_is_reconstructed()
    {
        string photo = Vectors.DataPath("data/g3dr-samples/2/n02086079_3346.jpg");
        using var device = new TestDevice();
        using var pipeline = G3drPipeline.Load(SmallGenerator.Save(_folder), device, SmallGenerator.Options);
        var picture = RgbdPicture.Load(photo, photo.Replace(".jpg", "_depth.png", StringComparison.Ordinal), pipeline.Size);
        using TriplaneScene scene = pipeline.Reconstruct(picture);
        Assert.All(scene.Planes.ToSingles(), value => Assert.True(float.IsFinite(value)));
    }

    private static float[] Planes(TriplaneGenerator generator, RgbdPicture picture)
    {
        Accelerator device = generator.Accelerator!;
        using var scope = TensorScope.Begin(device);
        using IDisposable constant = device.NoGrad();
        int size = picture.Size;
        float[] input = new float[4 * size * size];
        for (int pixel = 0; pixel < size * size; pixel++)
        {
            for (int channel = 0; channel < 3; channel++)
            {
                input[(4 * pixel) + channel] = (2 * picture.Color[(3 * pixel) + channel]) - 1;
            }

            input[(4 * pixel) + 3] = picture.Depth[pixel];
        }

        return generator.Unet.Forward(Tensor.FromArray(device, input, [1, size, size, 4])).ToSingles();
    }

    private static (long Network, long Peak) MemoryOf(string path)
    {
        using var device = new TestDevice();
        using var pipeline = G3drPipeline.Load(path, device, SmallGenerator.Options);
        long network = device.Accelerator.Memory.BytesInUse;
        device.Accelerator.Memory.ResetPeak();
        foreach (TriplaneScene scene in pipeline.Reconstruct([SmallGenerator.Picture(1), SmallGenerator.Picture(2)], batchSize: 2))
        {
            scene.Dispose();
        }

        return (network, device.Accelerator.Memory.PeakBytes);
    }
}
