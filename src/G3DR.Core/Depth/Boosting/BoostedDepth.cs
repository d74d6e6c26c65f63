using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Core.Imaging;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Core.Weights;

namespace G3DR.Core.Depth;

/// <summary>
/// Depth of higher resolution than a network gives (Miangoleh et al., "Boosting Monocular Depth Estimation Models to High-Resolution via Content-Adaptive
/// Multi-Resolution Merging", CVPR 2021): the whole picture is estimated at two resolutions, patches with many edges again by themselves, and a merge network puts the
/// details of each into the overall shape of the other. G3DR's own depth was made so, with LeReS.
/// </summary>
/// <example>
/// <code>
/// using BoostedDepth boost = BoostedDepth.Load("latest_net_G.pth", device);
/// using DepthEstimator depth = DepthEstimator.Load("res101.pth", device, new() { Strategy = boost });
/// </code>
/// </example>
/// <param name="merge">Merges maps; it belongs to this object from now on.</param>
/// <param name="options">Shares and limits; null for the defaults.</param>
/// <exception cref="ArgumentException">An option cannot be.</exception>
public sealed class BoostedDepth(IDepthMerge merge, BoostingOptions? options = null) : IDepthStrategy, IDisposable
{
    private readonly MapMerger _merger = new(merge);

    /// <summary>Shares and limits.</summary>
    public BoostingOptions Options { get; } = Validated(options ?? new());

    /// <summary>Loads the weights of a <see cref="BoostingMerge"/>.</summary>
    /// <param name="path">A safetensors file, a PyTorch checkpoint (latest_net_G.pth), or a folder with one of these.</param>
    /// <param name="device">Device of the network; that of the depth network.</param>
    /// <param name="options">Shares and limits; null for the defaults.</param>
    /// <param name="cancel">Stops before data are read.</param>
    /// <exception cref="ArgumentException">An option cannot be.</exception>
    /// <exception cref="WeightsFormatException">The file is damaged, hostile, or holds another network; the message says what it looks like.</exception>
    /// <exception cref="WeightLoadException">Tensors are missing, unexpected or have other shapes; the message names them all.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="OutOfDeviceMemoryException">The network does not fit.</exception>
    public static BoostedDepth Load(string path, Accelerator device, BoostingOptions? options = null, CancellationToken cancel = default)
    {
        options = Validated(options ?? new());
        return new(NetworkLoader.Load<BoostingMerge>(path, device, cancel: cancel), options);
    }

    /// <summary>Estimates depth: <see cref="DepthProgress"/> counts the whole picture and the patches.</summary>
    /// <param name="network">Estimates depth, on the device of the merge network.</param>
    /// <param name="photo">The photo.</param>
    /// <param name="options">
    /// <see cref="DepthEstimatorOptions.Size"/> is the receptive field where <see cref="BoostingOptions.ReceptiveField"/> is not given; estimations that would take more than
    /// <see cref="DepthEstimatorOptions.MaxPixels"/> are made smaller.
    /// </param>
    /// <param name="progress">Told after the whole picture and after each patch.</param>
    /// <param name="cancel">Stops between parts of the network.</param>
    /// <returns>The map, of the photo's size; its numbers lie about in [0, 1].</returns>
    /// <exception cref="ArgumentException">The photo has a shape that the network cannot work at, or the networks are on different devices.</exception>
    /// <exception cref="InvalidOperationException">A network gives values that are not finite.</exception>
    public DepthMap Estimate(IDepthNetwork network, Image photo, DepthEstimatorOptions options, IProgress<DepthProgress>? progress, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(photo);
        ArgumentNullException.ThrowIfNull(options);
        Accelerator device = network.Accelerator ?? throw new ArgumentException($"{network.Name} has no parameters.", nameof(network));
        if (merge.Accelerator != device)
        {
            throw new ArgumentException("The depth network and the merge network need to be on the same device.", nameof(network));
        }

        var pass = new Pass(device, network, photo, options.MaxPixels, cancel);
        var plan = BoostingPlan.Of(photo, Options.ReceptiveField ?? options.Size ?? network.Input.Size, Options);
        using IDisposable constant = device.NoGrad();
        int total = 1 + plan.Patches.Count;
        float[] overall = Whole(pass, plan), map = plan.Patches.Count > 0 ? (float[])overall.Clone() : overall;
        progress?.Report(new("whole picture", 1, total));
        for (int i = 0; i < plan.Patches.Count; i++)
        {
            DepthPatch patch = plan.Patches[i];
            Blend(map, photo.Width, patch, Refine(pass, plan, patch, overall));
            progress?.Report(new($"patch {patch}", i + 2, total));
        }

        return new(photo.Width, photo.Height, map, network.Meaning);
    }

    /// <summary>Disposes the merge network.</summary>
    public void Dispose() => merge.Dispose();

    private static BoostingOptions Validated(BoostingOptions options)
    {
        options.Validate();
        return options;
    }

    /// <summary>The whole picture at both resolutions, in its own size.</summary>
    private float[] Whole(Pass pass, BoostingPlan plan)
    {
        using var scope = TensorScope.Begin(pass.Device);
        return MapMerger.Resize(EstimateTwice(pass, pass.Photo, plan.ReceptiveField, plan.Resolution), pass.Photo.Width, pass.Photo.Height).ToSingles();
    }

    /// <summary>A patch at both resolutions, merged into the map of the whole and brought to its range.</summary>
    private float[] Refine(Pass pass, BoostingPlan plan, DepthPatch patch, float[] overall)
    {
        using var scope = TensorScope.Begin(pass.Device);
        Tensor details = EstimateTwice(pass, pass.Photo.Crop(patch.X, patch.Y, patch.Size, patch.Size), plan.ReceptiveField, 2 * plan.ReceptiveField);
        Tensor below = _merger.Fit(Tensor.FromArray(pass.Device, Cut(overall, pass.Photo.Width, patch), [1, patch.Size, patch.Size, 1]));
        Tensor merged = _merger.Merge(below, details);
        (double slope, double offset) = MapMerger.FitLine(merged.ToSingles(), below.ToSingles());
        return MapMerger.Resize(merged.Affine(slope, offset), patch.Size, patch.Size).ToSingles();
    }

    /// <summary>Estimates at a resolution that gives the overall shape and at one that gives details, and merges both: (1, side, side, 1), filling [0, 1].</summary>
    private Tensor EstimateTwice(Pass pass, Image picture, int low, int high)
    {
        using var scope = TensorScope.Begin(pass.Device);
        Tensor overall = EstimateOnce(pass, picture, low), details = EstimateOnce(pass, picture, high);
        pass.Cancel.ThrowIfCancellationRequested();
        return scope.Keep(MapMerger.Spread(_merger.Merge(overall, details)));
    }

    private Tensor EstimateOnce(Pass pass, Image picture, int size)
    {
        pass.Cancel.ThrowIfCancellationRequested();
        using var scope = TensorScope.Begin(pass.Device);
        PreparedPicture prepared = DepthPreprocessing.Prepare(picture, InputOf(pass, picture, size), pass.MaxPixels);
        float[] map = SinglePass.Run(pass.Network, prepared, prepared.Width, prepared.Height, _ => pass.Cancel.ThrowIfCancellationRequested());
        return scope.Keep(_merger.Fit(Tensor.FromArray(pass.Device, map, [1, prepared.Height, prepared.Width, 1])));
    }

    /// <summary>The size that was asked for, or what the limits leave of it.</summary>
    private DepthInput InputOf(Pass pass, Image picture, int size)
    {
        DepthInput input = pass.Network.Input;
        int multiple = input.Multiple, usable = Math.Max(Math.Min(size, Options.MaximumNetworkSize) / multiple, 1) * multiple;
        DepthInput At(int length) => input with { Size = length };
        bool Fits(DepthInput asked)
        {
            (long width, long height) = DepthPreprocessing.SizeOf(picture.Width, picture.Height, asked);
            return width <= pass.MaxPixels && height <= pass.MaxPixels && width * height <= pass.MaxPixels;
        }

        while (usable > multiple && !Fits(At(usable)))
        {
            usable -= multiple;
        }

        return At(usable);
    }

    private static float[] Cut(float[] map, int width, DepthPatch patch)
    {
        float[] values = new float[patch.Size * patch.Size];
        for (int y = 0; y < patch.Size; y++)
        {
            map.AsSpan(((patch.Y + y) * width) + patch.X, patch.Size).CopyTo(values.AsSpan(y * patch.Size));
        }

        return values;
    }

    private static void Blend(float[] map, int width, DepthPatch patch, float[] refined)
    {
        float[] mask = PatchMask.Profile(patch.Size);
        for (int y = 0; y < patch.Size; y++)
        {
            Span<float> row = map.AsSpan(((patch.Y + y) * width) + patch.X, patch.Size);
            for (int x = 0; x < row.Length; x++)
            {
                row[x] += mask[y] * mask[x] * (refined[(y * patch.Size) + x] - row[x]);
            }
        }
    }

    /// <summary>What stays the same throughout an estimation.</summary>
    private sealed record Pass(Accelerator Device, IDepthNetwork Network, Image Photo, long MaxPixels, CancellationToken Cancel);
}
