using G3DR.Kernels.Resampling;

namespace G3DR.Kernels.Rendering.Fused;

/// <summary>
/// Where the texels of the hidden planes lie: for each pyramid level and sampled plane a block of (Height + 2) x (Width + 2) texels of
/// <see cref="Hidden"/> floats. The border of one texel stays zero, so that sampling outside a plane needs no special case.
/// </summary>
internal sealed class HiddenLayout
{
    public HiddenLayout(FusedRenderProblem problem)
    {
        Sources = PlaneSource.For(problem.Axes, problem.Height, problem.Width);
        Hidden = HiddenPlanes.PadHidden(problem.Hidden);
        Heights = new int[problem.Levels];
        Widths = new int[problem.Levels];
        Rows = new AxisFilter?[problem.Levels];
        Columns = new AxisFilter?[problem.Levels];
        Offsets = new long[problem.Levels][];
        FromFinest = problem.Pyramid == PyramidKind.Direct;
        for (int level = 0; level < problem.Levels; level++)
        {
            if (level == 0)
            {
                (Heights[0], Widths[0]) = (problem.Height, problem.Width);
            }
            else
            {
                int from = Parent(level);
                int scale = FromFinest ? 1 << level : 2;
                Rows[level] = AxisFilter.Antialiased(Heights[from], scale);
                Columns[level] = AxisFilter.Antialiased(Widths[from], scale);
                (Heights[level], Widths[level]) = (Rows[level]!.Outputs, Columns[level]!.Outputs);
            }

            Offsets[level] = new long[Sources.Length];
            for (int plane = 0; plane < Sources.Length; plane++)
            {
                Offsets[level][plane] = Length;

                // One texel more: the right neighbour of the last border texel is read with weight zero.
                Length += (((Heights[level] + 2L) * (Widths[level] + 2)) + 1) * Hidden;
            }

            // Rows below the last one are read with weight zero, too.
            Length += (Widths[level] + 3L) * Hidden;
        }
    }

    public PlaneSource[] Sources { get; }

    public int Hidden { get; }

    public int[] Heights { get; }

    public int[] Widths { get; }

    /// <summary>Filters along the height that make each level; none for the finest.</summary>
    public AxisFilter?[] Rows { get; }

    /// <summary>Filters along the width.</summary>
    public AxisFilter?[] Columns { get; }

    /// <summary>First float of [level][plane].</summary>
    public long[][] Offsets { get; }

    /// <summary>Floats in all.</summary>
    public long Length { get; }

    private bool FromFinest { get; }

    /// <summary>The level that <paramref name="level"/> is made from.</summary>
    public int Parent(int level) => FromFinest ? 0 : level - 1;

    /// <summary>Floats from one row of texels to the next.</summary>
    public long RowStride(int level) => (Widths[level] + 2L) * Hidden;

    /// <summary>First float of the texel at (row, column) of a plane; -1 is the border.</summary>
    public long Texel(int level, int plane, int row, int column) =>
        Offsets[level][plane] + ((((row + 1L) * (Widths[level] + 2)) + column + 1) * Hidden);
}
