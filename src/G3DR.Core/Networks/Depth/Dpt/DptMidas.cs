using System.Globalization;

namespace G3DR.Core.Networks;

/// <summary>What the DPT networks of MiDaS v3 (isl-org/MiDaS, midas/dpt_depth.py) have in common.</summary>
internal static class DptMidas
{
    /// <summary>Names of the head in the published files.</summary>
    public static DptNames Names { get; } = new()
    {
        Readout = level => Numbered(level, "0.project.0"),
        Projection = level => Numbered(level, "3"),
        Resize = level => Numbered(level, "4"),
        Output = ("scratch.output_conv.0", "scratch.output_conv.2", "scratch.output_conv.4"),
    };

    /// <summary>
    /// Tensors of the published files that no depth depends on: the norm behind the last block, which comes after all taps, and the classifier.
    /// </summary>
    public static IReadOnlyList<string> Unused { get; } = ["pretrained.model.norm.*", "pretrained.model.head.*"];

    /// <summary>How the networks want their pictures.</summary>
    /// <param name="size">Wanted length of the side that changes least.</param>
    public static DepthInput Input(int size) => new()
    {
        Size = size,
        Multiple = 32,
        Resize = DepthResize.Minimal,
        Interpolation = DepthInterpolation.Cubic,
        Mean = [0.5f, 0.5f, 0.5f],
        Deviation = [0.5f, 0.5f, 0.5f],
        OutputMode = ResizeMode2d.Bicubic,
    };

    /// <summary>Requires sizes that the heads of attention divide.</summary>
    /// <exception cref="ArgumentException">They do not, or a size is below 1.</exception>
    public static void Validate(int width, int depth, int heads, int grid, int features, IReadOnlyList<int> taps)
    {
        int[] sizes = [width, depth, heads, grid, features];
        if (sizes.Any(size => size < 1) || width % heads != 0 || features % 2 != 0)
        {
            throw new ArgumentException(
                $"Sizes must be at least 1, the heads divide the width and the features be even; got width {width}, depth {depth}, {heads} heads, grid {grid}, {features} features.");
        }

        if (taps[0] < 0 || taps[^1] >= depth || taps.Zip(taps.Skip(1)).Any(pair => pair.First >= pair.Second))
        {
            throw new ArgumentException($"The blocks that the head reads must rise from 0 to {depth - 1} at most; got [{string.Join(", ", taps)}].");
        }
    }

    private static string Numbered(int level, string part) => string.Create(CultureInfo.InvariantCulture, $"pretrained.act_postprocess{level + 1}.{part}");
}
