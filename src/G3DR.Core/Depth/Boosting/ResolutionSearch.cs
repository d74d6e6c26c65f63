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
        float[] square = Resample(gradients.Values, gradients.Width, gradients.Height, side, side);
        (float low, float high) = (square.Min(), square.Max());
        float threshold = low + (EdgeShare * (high - low));

        // A picture without any change has no edge.
        return Array.ConvertAll(square, value => value >= threshold && high > low);
    }

    /// <summary>The edges on cells x cells: blocks that have one, then the neighbours' mean.</summary>
    private static bool[] Reduce(bool[] edges, int side, int cells)
    {
        int block = Math.Max(side / cells, 1), blocks = (side + block - 1) / block;
        float[] reduced = new float[blocks * blocks];
        for (int i = 0; i < edges.Length; i++)
        {
            if (edges[i])
            {
                reduced[(i / side / block * blocks) + (i % side / block)] = 1;
            }
        }

        return Array.ConvertAll(Resample(reduced, blocks, blocks, cells, cells), value => value >= 0.5f);
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

    /// <summary>Bilinear, between the middles of pixels, without antialiasing.</summary>
    private static float[] Resample(float[] values, int width, int height, int newWidth, int newHeight)
    {
        if (width == newWidth && height == newHeight)
        {
            return values;
        }

        float[] result = new float[newWidth * newHeight];
        Parallel.For(0, newHeight, y =>
        {
            (int top, int bottom, float down) = Neighbours(y, height, newHeight);
            for (int x = 0; x < newWidth; x++)
            {
                (int left, int right, float along) = Neighbours(x, width, newWidth);
                float upper = Mix(values[(top * width) + left], values[(top * width) + right], along);
                float lower = Mix(values[(bottom * width) + left], values[(bottom * width) + right], along);
                result[(y * newWidth) + x] = Mix(upper, lower, down);
            }
        });
        return result;

        static float Mix(float a, float b, float share) => a + ((b - a) * share);

        static (int First, int Second, float Share) Neighbours(int index, int length, int newLength)
        {
            double position = Math.Clamp(((index + 0.5) * length / newLength) - 0.5, 0, length - 1);
            int first = (int)position;
            return (first, Math.Min(first + 1, length - 1), (float)(position - first));
        }
    }
}
