using G3DR.Core.Imaging;

namespace G3DR.Core.Depth;

/// <summary>What a boosted estimation of a picture will compute. It follows from the picture alone, before any network runs.</summary>
public sealed record BoostingPlan
{
    // Windows of the grid are twice the receptive field at the target resolution, and follow each other at three quarters of it.
    private const double WindowFields = 2, StrideFields = 0.75;

    // What windows grow by, at the target resolution, for a factor of 1.
    private const double GrowthStep = 32;

    // How far the target resolution is lowered at once where there are too many patches.
    private const double Lowering = 0.8;

    /// <summary>Side of the receptive field.</summary>
    public required int ReceptiveField { get; init; }

    /// <summary>Resolution R_x of the whole picture, in pixels of its longer side.</summary>
    public required int Resolution { get; init; }

    /// <summary>Longer side of the picture at the resolution that patches are cut at; a patch of twice the receptive field there is the smallest.</summary>
    public required double TargetResolution { get; init; }

    /// <summary>Patches in pixels of the picture, largest first.</summary>
    public required IReadOnlyList<DepthPatch> Patches { get; init; }

    /// <summary>Plans.</summary>
    /// <param name="photo">The picture.</param>
    /// <param name="receptiveField">Side of the receptive field of the network.</param>
    /// <param name="options">Shares and limits; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option cannot be.</exception>
    public static BoostingPlan Of(Image photo, int receptiveField, BoostingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(photo);
        options = (options ?? new()) with { ReceptiveField = receptiveField };
        options.Validate();
        PictureGradients gradients = PictureGradients.Of(photo);
        (int resolution, double cueShare) = ResolutionSearch.Run(gradients, receptiveField, options);

        // Where edges are few, patches become smaller: small crowded places would be lost in large ones (section 6 of the article).
        double factor = Math.Clamp(4 * cueShare * resolution / options.MaximumResolution, 0.2, 1), target = 2 * resolution / factor;
        List<DepthPatch> patches = [];
        if (options.RefinePatches && options.MaximumPatches > 0)
        {
            var density = new GradientDensity(gradients);
            patches = Select(density, receptiveField, target, factor);
            while (patches.Count > options.MaximumPatches)
            {
                target *= Lowering;
                patches = Select(density, receptiveField, target, factor);
            }
        }

        return new() { ReceptiveField = receptiveField, Resolution = resolution, TargetResolution = target, Patches = patches };
    }

    /// <summary>
    /// Windows of a grid that have at least the picture's own density of gradients, each grown for as long as this holds and it lies in the picture.
    /// </summary>
    private static List<DepthPatch> Select(GradientDensity density, int receptiveField, double target, double factor)
    {
        double scale = Math.Max(density.Width, density.Height) / target, window = WindowFields * receptiveField * scale, step = GrowthStep / factor * scale;
        if (window > Math.Min(density.Width, density.Height) || window < 1)
        {
            return [];
        }

        List<DepthPatch> patches = [];
        foreach (double y in Starts(density.Height, window, StrideFields * receptiveField * scale))
        {
            foreach (double x in Starts(density.Width, window, StrideFields * receptiveField * scale))
            {
                if (density.Of(At(x, y, window)) < density.Overall)
                {
                    continue;
                }

                DepthPatch patch = At(x, y, window);
                for (double more = step; density.Contains(At(x - (more / 2), y - (more / 2), window + more)); more += step)
                {
                    DepthPatch larger = At(x - (more / 2), y - (more / 2), window + more);
                    if (density.Of(larger) < density.Overall)
                    {
                        break;
                    }

                    patch = larger;
                }

                patches.Add(patch);
            }
        }

        // Neighbours may grow into the same patch.
        return [.. patches.Distinct().OrderByDescending(patch => patch.Size).ThenBy(patch => patch.Y).ThenBy(patch => patch.X)];
    }

    private static DepthPatch At(double x, double y, double size) => new((int)Math.Floor(x), (int)Math.Floor(y), Math.Max((int)size, 1));

    // The last window ends at the border.
    private static IEnumerable<double> Starts(int length, double window, double stride)
    {
        for (double start = 0; start + window < length; start += stride)
        {
            yield return start;
        }

        yield return length - window;
    }
}
