using G3DR.Compute;
using G3DR.Core.Imaging;
using G3DR.Core.Networks;
using G3DR.Core.Reconstruction;
using G3DR.Core.Tensors;
using G3DR.Core.Weights;
using G3DR.Tests.Support;
using G3DR.Tests.Weights;

namespace G3DR.Tests.Reconstruction;

/// <summary>A network that runs in a moment on the plain kernels too, its checkpoint, and pictures for it.</summary>
internal static class SmallGenerator
{
    /// <summary>Sizes that differ from the published ones wherever a checkpoint tells them.</summary>
    public static UnetOptions Sizes { get; } =
        new() { Channels = 8, Multipliers = [1, 3], Groups = 4, PositionChannels = 3, ImageSize = 16, OutputChannels = 12 };

    /// <summary>What a checkpoint does not tell.</summary>
    public static PipelineOptions Options { get; } = new() { Groups = Sizes.Groups };

    public static int Hidden => 8;

    /// <summary>The network with the values of its checkpoint.</summary>
    public static TriplaneGenerator Create(Accelerator device) => new(Initializer.Random(device, seed: 3), Sizes, Hidden);

    /// <summary>Writes the checkpoint as safetensors and returns its path.</summary>
    /// <param name="folder">Where to write.</param>
    /// <param name="prefix">Start of every name.</param>
    /// <param name="change">Other tensors: null leaves a tensor out, another shape makes it of zeros.</param>
    public static string Save(TemporaryFolder folder, string prefix = "", Func<string, long[], long[]?>? change = null)
    {
        using var device = new TestDevice();
        using TriplaneGenerator generator = Create(device);
        var writer = new SafetensorsWriter { Metadata = { ["license"] = "MIT", ["source"] = "a test" } };
        foreach ((string name, Tensor tensor) in generator.State)
        {
            long[] shape = [.. tensor.Shape.Select(size => (long)size)];
            if (change is null)
            {
                writer.Add(prefix + name, shape, tensor.ToSingles());
            }
            else if (change(name, shape) is { } other)
            {
                writer.Add(prefix + name, other, new float[other.Aggregate(1L, (product, size) => product * size)]);
            }
        }

        string path = folder.PathOf("small.safetensors");
        writer.Save(path);
        return path;
    }

    /// <summary>Writes the checkpoint as training scripts do: names of DataParallel under <c>model</c>, beside the state of an optimiser.</summary>
    public static string SaveCheckpoint(TemporaryFolder folder)
    {
        using var device = new TestDevice();
        using TriplaneGenerator generator = Create(device);
        List<(string Name, PickleText Tensor)> entries = [];
        List<(string Name, byte[] Data)> records = [];
        foreach ((string name, Tensor tensor) in generator.State)
        {
            string key = $"{records.Count}";
            entries.Add(("module." + name, PickleText.Tensor(key, [.. tensor.Shape])));
            records.Add(($"data/{key}", [.. tensor.ToSingles().SelectMany(BitConverter.GetBytes)]));
        }

        string path = folder.PathOf("small.pt");
        CheckpointZip.Write(path, PickleText.Dictionary(("model", PickleText.Dictionary([.. entries])), ("step", PickleText.Integer(7))), [.. records]);
        return path;
    }

    /// <summary>A picture of its own for each number.</summary>
    public static RgbdPicture Picture(int number, int? size = null)
    {
        int side = size ?? Sizes.ImageSize;
        var random = new Random(number);
        return new(
            side,
            [.. Enumerable.Range(0, 3 * side * side).Select(_ => random.NextSingle())],
            [.. Enumerable.Range(0, side * side).Select(_ => 4 + (2 * random.NextSingle()))]);
    }
}
