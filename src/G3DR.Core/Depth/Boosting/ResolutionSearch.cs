using G3DR.Core.Imaging;

namespace G3DR.Core.Depth;

/// <summary>
/// The resolution R_x that a whole picture is estimated at: the largest at which no more than a share x of it has no edge within reach of the receptive field. Below it
/// networks lose details, above it they lose the overall shape (section 5 of the article).
/// </summary>
/// <param name="Resolution">The resolution, in pixels of the longer side.</param>
/// <param name="CueShare">Share of the picture within a quarter of the receptive field of an edge: K of section 6.</param>
internal readonly record struct ResolutionSearch(int Resolution, double CueShare)
{
    // The search works on a grid of cells of so many pixels.
    private const int Cell = 32;

    // A gradient of at least this share of the way from the smallest to the largest is an edge.
    private const float EdgeShare = 0.4f;

    /// <summary>Searches.</summary>
    /// <param name="gradients">Gradients of the picture.</param>
    /// <param name="receptiveField">Side of the receptive field in pixels.</param>
    /// <param name="options">Shares and limits.</param>
    public static ResolutionSearch Run(PictureGradients gradients, int receptiveField, BoostingOptions options)
    {
        bool[] edges = Edges(gradients, out int side);
        double limit = Math.Min(options.MaximumResolution, options.MaximumScale * Math.Max(gradients.Width, gradients.Height));
        int smallest = receptiveField / Cell, found = smallest, step = Math.Max(receptiveField / (2 * Cell), 1), cells = smallest;
        bool[] grid = Reduce(edges, side, cells);
        for (; cells < (int)(limit / Cell); cells += step)
        {
            grid = Reduce(edges, side, cells);
            if (1 - Share(Dilate(grid, cells, smallest)) > options.UncoveredShare)
            {
                break;
            }

            found = cells;
        }

        // The grid that was looked at last, as the released code has it: the first one too fine, if there is one.
        int last = (int)Math.Sqrt(grid.Length);
        return new(found * Cell, Share(Dilate(grid, last, Math.Max(smallest / 4, 1))));
    }

    /// <summary>Where edges are, on a square whose side is the picture's shorter one.</summary>
    private static bool[] Edges(PictureGradients gradients, out int side)
    {
        side = Math.Min(gradients.Width, gradients.Height);
        float[] square = OpenCvResize.Resize(gradients.Values, gradients.Width, gradients.Height, 1, side, side, OpenCvFilter.Linear);
        (float low, float high) = (square.Min(), square.Max());
        float threshold = low + (EdgeShare * (high - low));

        // A picture without any change has no edge.
        return Array.ConvertAll(square, value => value >= threshold && high > low);
    }

    /// <summary>The edges on cells x cells: each cell that an edge lies in.</summary>
    private static bool[] Reduce(bool[] edges, int side, int cells)
    {
        bool[] grid = new bool[cells * cells];
        for (int i = 0; i < edges.Length; i++)
        {
            if (edges[i])
            {
                ((int top, int bottom), (int left, int right)) = (Touched(i / side), Touched(i % side));
                for (int y = top; y <= bottom; y++)
                {
                    grid.AsSpan((y * cells) + left, right - left + 1).Fill(true);
                }
            }
        }

        return grid;

        // A pixel may lie in two cells, or where cells are smaller, in more.
        (int First, int Last) Touched(int pixel) => (pixel * cells / side, (((pixel + 1) * cells) - 1) / side);
    }

    /// <summary>Whether there is a set cell in the window around each, of which an even one has its middle right of and below it.</summary>
    private static bool[] Dilate(bool[] cells, int side, int window)
    {
        bool[] rows = Along(cells, 1, side);
        return Along(rows, side, 1);

        bool[] Along(bool[] source, int step, int across)
        {
            bool[] result = new bool[source.Length];
            for (int line = 0; line < side; line++)
            {
                for (int i = 0; i < side; i++)
                {
                    int first = Math.Max(i - (window / 2), 0), end = Math.Min(i - (window / 2) + window, side);
                    for (int j = first; j < end; j++)
                    {
                        result[(line * across) + (i * step)] |= source[(line * across) + (j * step)];
                    }
                }
            }

            return result;
        }
    }

    private static double Share(bool[] cells) => cells.Count(cell => cell) / (double)cells.Length;
}
