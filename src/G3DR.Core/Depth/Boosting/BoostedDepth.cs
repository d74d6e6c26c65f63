using G3DR.Compute;
using G3DR.Core.Imaging;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;

namespace G3DR.Core.Depth;

/// <summary>
/// Depth of higher resolution than a network gives (Miangoleh et al., "Boosting Monocular Depth Estimation Models to High-Resolution via Content-Adaptive
/// Multi-Resolution Merging", CVPR 2021): the whole picture is estimated at two resolutions, patches with many edges again by themselves, and a merge network puts the
/// details of each into the overall shape of the other. G3DR's own depth was made so, with LeReS.
/// </summary>
public sealed class BoostedDepth
{
    private readonly IDepthNetwork _network;
    private readonly MapMerger _merger;
    private readonly BoostingOptions _options;
    private readonly Accelerator _device;

    private BoostedDepth(IDepthNetwork network, IDepthMerge merge, BoostingOptions options)
    {
        (_network, _merger, _options) = (network, new(merge), options);
        _device = network.Accelerator ?? throw new ArgumentException("The depth network has no device.", nameof(network));
        if (merge.Accelerator != _device)
        {
            throw new ArgumentException("The depth network and the merge network need to be on the same device.", nameof(merge));
        }
    }

    /// <summary>Estimates depth.</summary>
    /// <param name="photo">The picture.</param>
    /// <param name="network">Estimates depth.</param>
    /// <param name="merge">Merges maps, on the same device.</param>
    /// <param name="options">Shares and limits; null for the defaults.</param>
    /// <param name="progress">Told after the whole picture and after each patch.</param>
    /// <param name="cancel">Stops between estimations.</param>
    /// <returns>
    /// The map (height, width) in the photo's size. What its numbers mean is <see cref="IDepthNetwork.Meaning"/>; they lie about in [0, 1].
    /// </returns>
    /// <exception cref="ArgumentException">An option cannot be, or the networks are on different devices.</exception>
    /// <exception cref="InvalidOperationException">A network gives values that are not finite.</exception>
    public static float[] Estimate(
        Image photo,
        IDepthNetwork network,
        IDepthMerge merge,
        BoostingOptions? options = null,
        IProgress<BoostingProgress>? progress = null,
        CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(photo);
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(merge);
        options ??= new();
        var boosting = new BoostedDepth(network, merge, options);
        var plan = BoostingPlan.Of(photo, options.ReceptiveField ?? network.Input.Size, options);
        using IDisposable constant = boosting._device.NoGrad();
        using var scope = TensorScope.Begin(boosting._device);
        return boosting.Run(photo, plan, progress, cancel);
    }

    private float[] Run(Image photo, BoostingPlan plan, IProgress<BoostingProgress>? progress, CancellationToken cancel)
    {
        int total = 1 + plan.Patches.Count;
        float[] overall = Whole(photo, plan, cancel), map = plan.Patches.Count > 0 ? (float[])overall.Clone() : overall;
        progress?.Report(new("whole picture", 1, total));
        for (int i = 0; i < plan.Patches.Count; i++)
        {
            DepthPatch patch = plan.Patches[i];
            Blend(map, photo.Width, patch, Refine(photo, plan, patch, overall, cancel));
            progress?.Report(new($"patch {patch}", i + 2, total));
        }

        return map;
    }

    /// <summary>The whole picture at both resolutions, in its own size.</summary>
    private float[] Whole(Image photo, BoostingPlan plan, CancellationToken cancel)
    {
        using var scope = TensorScope.Begin(_device);
        return MapMerger.Resize(EstimateTwice(photo, plan.ReceptiveField, plan.Resolution, cancel), photo.Width, photo.Height).ToSingles();
    }

    /// <summary>A patch at both resolutions, merged into the map of the whole and brought to its range.</summary>
    private float[] Refine(Image photo, BoostingPlan plan, DepthPatch patch, float[] overall, CancellationToken cancel)
    {
        using var scope = TensorScope.Begin(_device);
        Tensor details = EstimateTwice(photo.Crop(patch.X, patch.Y, patch.Size, patch.Size), plan.ReceptiveField, 2 * plan.ReceptiveField, cancel);
        Tensor below = _merger.Fit(Tensor.FromArray(_device, Cut(overall, photo.Width, patch), [1, patch.Size, patch.Size, 1]));
        Tensor merged = _merger.Merge(below, details);
        (double slope, double offset) = MapMerger.FitLine(merged.ToSingles(), below.ToSingles());
        return MapMerger.Resize(merged.Affine(slope, offset), patch.Size, patch.Size).ToSingles();
    }

    /// <summary>Estimates at a resolution that gives the overall shape and at one that gives details, and merges both: (1, side, side, 1), filling [0, 1].</summary>
    private Tensor EstimateTwice(Image picture, int low, int high, CancellationToken cancel)
    {
        using var scope = TensorScope.Begin(_device);
        Tensor overall = EstimateOnce(picture, low, cancel), details = EstimateOnce(picture, high, cancel);
        cancel.ThrowIfCancellationRequested();
        return scope.Keep(MapMerger.Spread(_merger.Merge(overall, details)));
    }

    private Tensor EstimateOnce(Image picture, int size, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        using var scope = TensorScope.Begin(_device);
        Tensor input = DepthPictures.Prepare(picture, _network.Input with { Size = Math.Min(size, _options.MaximumNetworkSize) }, _device);
        Tensor map = _network.Estimate(input);
        input.Dispose();
        return scope.Keep(_merger.Fit(map.Reshape(1, map.Shape[1], map.Shape[2], 1)));
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
}
