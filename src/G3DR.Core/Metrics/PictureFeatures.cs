using G3DR.Compute;
using G3DR.Core.Imaging;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;

namespace G3DR.Core.Metrics;

/// <summary>What <see cref="PictureFeatures"/> keeps of a set of pictures.</summary>
public sealed record PictureFeatureOptions
{
    /// <summary>Pictures that go through the network together.</summary>
    public int Batch { get; init; } = 8;

    /// <summary>Whether all features are kept, as <see cref="KernelInceptionDistance"/> needs them: 8 KiB for each picture.</summary>
    public bool KeepFeatures { get; init; }

    /// <summary>Whether the scores of classes are kept, as <see cref="InceptionScore"/> needs them: 4 KiB for each picture.</summary>
    public bool KeepLogits { get; init; }

    /// <summary>Whether the scores of classes have their bias. Inception scores are usually computed without.</summary>
    public bool LogitBias { get; init; }
}

/// <summary>How far the pictures of a folder are described.</summary>
/// <param name="Done">Files that were looked at.</param>
/// <param name="Total">Files of the folder.</param>
/// <param name="File">The last one.</param>
public readonly record struct PictureFeatureProgress(int Done, int Total, string File);

/// <summary>A set of pictures as <see cref="FidInception"/> sees it.</summary>
public sealed class PictureFeatures
{
    private readonly List<float> _features = [], _logits = [];
    private readonly List<string> _skipped = [];

    private PictureFeatures()
    {
    }

    /// <summary>Mean and covariance of the features; <see cref="FeatureStatistics.Count"/> is the number of pictures.</summary>
    public FeatureStatistics Statistics { get; } = new(FidInception.FeatureCount);

    /// <summary>Features (n, 2048), if they were to be kept.</summary>
    public float[] Features => [.. _features];

    /// <summary>Scores of classes (n, 1008), if they were to be kept.</summary>
    public float[] Logits => [.. _logits];

    /// <summary>Files of the folder that are no pictures.</summary>
    public IReadOnlyList<string> Skipped => _skipped;

    /// <summary>Describes pictures of any sizes.</summary>
    /// <param name="network">The network, in inference.</param>
    /// <param name="pictures">The pictures. As pytorch-fid reads them: alpha is dropped, 16 bits become 8, grey becomes three equal channels.</param>
    /// <param name="options">What to keep; null for statistics only.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <exception cref="ArgumentException">The batch is below 1, or features are not finite.</exception>
    public static PictureFeatures Of(FidInception network, IEnumerable<Image> pictures, PictureFeatureOptions? options = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(pictures);
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Batch, 1, nameof(options));
        var result = new PictureFeatures();
        foreach (Image[] batch in pictures.Chunk(options.Batch))
        {
            cancel.ThrowIfCancellationRequested();
            result.Add(network, batch, options);
        }

        return result;
    }

    /// <summary>Describes the pictures of a folder and the folders in it, in the order of their names.</summary>
    /// <param name="network">The network, in inference.</param>
    /// <param name="folder">The folder. Files that are no readable PNG or JPEG are left out and listed in <see cref="Skipped"/>.</param>
    /// <param name="options">What to keep; null for statistics only.</param>
    /// <param name="progress">Told after each file.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <exception cref="FormatException">There are fewer than two pictures.</exception>
    /// <exception cref="IOException">There is no such folder, or a file cannot be read.</exception>
    public static PictureFeatures OfFolder(
        FidInception network,
        string folder,
        PictureFeatureOptions? options = null,
        IProgress<PictureFeatureProgress>? progress = null,
        CancellationToken cancel = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"There is no folder '{folder}'.");
        }

        string[] files = [.. Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true }).Order(StringComparer.Ordinal)];
        List<string> skipped = [];
        PictureFeatures result = Of(network, Load(files, skipped, progress), options, cancel);
        result._skipped.AddRange(skipped);
        return result.Statistics.Count >= 2
            ? result
            : throw new FormatException($"'{folder}' has {result.Statistics.Count} PNG or JPEG pictures among {files.Length} files; at least 2 are needed.");
    }

    private static IEnumerable<Image> Load(string[] files, List<string> skipped, IProgress<PictureFeatureProgress>? progress)
    {
        for (int i = 0; i < files.Length; i++)
        {
            Image? picture = null;
            try
            {
                picture = Image.Load(files[i]);
            }
            catch (ImageFormatException)
            {
                skipped.Add(files[i]);
            }

            if (picture is not null)
            {
                yield return picture;
            }

            progress?.Report(new(i + 1, files.Length, Path.GetFileName(files[i])));
        }
    }

    private void Add(FidInception network, Image[] pictures, PictureFeatureOptions options)
    {
        Accelerator device = network.Accelerator!;
        using IDisposable constant = device.NoGrad();
        using var scope = TensorScope.Begin(device);
        Tensor[] resized = [.. pictures.Select(picture =>
        {
            using Tensor x = Tensor.FromArray(device, picture.WithoutAlpha().ToRgb8().ToFloat(), [1, picture.Height, picture.Width, 3]);
            return FidInception.Resize(x);
        })];
        Tensor features = network.Forward(Tensor.Concat(resized));
        float[] values = features.ToSingles();
        Statistics.Add<float>(values);
        if (options.KeepFeatures)
        {
            _features.AddRange(values);
        }

        if (options.KeepLogits)
        {
            _logits.AddRange(network.Logits(features, options.LogitBias).ToSingles());
        }
    }
}
