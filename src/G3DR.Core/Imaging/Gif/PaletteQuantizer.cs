using System.Numerics;

namespace G3DR.Core.Imaging;

/// <summary>
/// Chooses the colours of a palette: boxes of colours are cut where that lowers the squared error most (the criterion of Wu, "Color quantization by
/// dynamic programming and principal analysis", 1992), then the centres are refined by k-means (Lloyd 1982).
/// </summary>
internal static class PaletteQuantizer
{
    private const int Refinements = 8;

    public static Rgb24[] Quantize(ColorBin[] bins, int colors, CancellationToken cancel)
    {
        Vector3[] centres = CutBoxes(bins, colors);
        int[] nearest = new int[bins.Length];
        for (int round = 0; round < Refinements; round++)
        {
            cancel.ThrowIfCancellationRequested();
            if (!Refine(bins, centres, nearest))
                break;
        }
        return [.. centres.Select(Round).Distinct()];
    }

    private static Vector3[] CutBoxes(ColorBin[] bins, int colors)
    {
        var boxes = new List<Box> { new(bins, 0, bins.Length) };
        while (boxes.Count < colors)
        {
            int widest = 0;
            for (int i = 1; i < boxes.Count; i++)
            {
                if (boxes[i].Gain > boxes[widest].Gain)
                    widest = i;
            }
            if (boxes[widest].Gain <= 0)
                break;
            (Box low, Box high) = boxes[widest].Cut();
            boxes[widest] = low;
            boxes.Add(high);
        }
        return [.. boxes.Select(box => box.Mean)];
    }

    /// <summary>Assigns every cell to its nearest centre and moves the centres to the means.</summary>
    /// <returns>Whether an assignment changed.</returns>
    private static bool Refine(ColorBin[] bins, Vector3[] centres, int[] nearest)
    {
        bool changed = false;
        var sums = new (double R, double G, double B, long Count)[centres.Length];
        for (int i = 0; i < bins.Length; i++)
        {
            int best = 0;
            float least = float.MaxValue;
            for (int c = 0; c < centres.Length; c++)
            {
                float distance = Vector3.DistanceSquared(bins[i].Color, centres[c]);
                if (distance < least)
                    (best, least) = (c, distance);
            }
            changed |= nearest[i] != best;
            nearest[i] = best;
            ref (double R, double G, double B, long Count) sum = ref sums[best];
            sum.R += (double)bins[i].Color.X * bins[i].Count;
            sum.G += (double)bins[i].Color.Y * bins[i].Count;
            sum.B += (double)bins[i].Color.Z * bins[i].Count;
            sum.Count += bins[i].Count;
        }
        for (int c = 0; c < centres.Length; c++)
        {
            // A centre that no cell is nearest to stays where it is.
            if (sums[c].Count > 0)
                centres[c] = new Vector3((float)(sums[c].R / sums[c].Count), (float)(sums[c].G / sums[c].Count), (float)(sums[c].B / sums[c].Count));
        }
        return changed;
    }

    private static Rgb24 Round(Vector3 color) => new((byte)(color.X + 0.5f), (byte)(color.Y + 0.5f), (byte)(color.Z + 0.5f));

    /// <summary>Some of the cells, with the cut that would lower their squared error most. Cutting sorts its part of the shared array.</summary>
    private sealed class Box
    {
        private readonly ColorBin[] _bins;
        private readonly int _start;
        private readonly int _end;
        private readonly int _axis;
        private readonly int _cut;

        public Box(ColorBin[] bins, int start, int end)
        {
            (_bins, _start, _end) = (bins, start, end);
            Mean = MeanOf(bins.AsSpan(start, end - start));
            for (int axis = 0; axis < 3 && end - start > 1; axis++)
            {
                Sort(axis);
                (double gain, int cut) = BestCut(axis);
                if (gain > Gain)
                    (Gain, _axis, _cut) = (gain, axis, cut);
            }
        }

        public Vector3 Mean { get; }

        /// <summary>By how much the best cut lowers the sum of squared distances to the mean.</summary>
        public double Gain { get; }

        public (Box Low, Box High) Cut()
        {
            Sort(_axis);
            return (new Box(_bins, _start, _cut), new Box(_bins, _cut, _end));
        }

        private void Sort(int axis) => _bins.AsSpan(_start, _end - _start).Sort((a, b) =>
        {
            int order = a.Color[axis].CompareTo(b.Color[axis]);
            // Ties are ordered by the whole colour, so that the result does not depend on the sort's stability.
            return order != 0 ? order : (a.Color.X, a.Color.Y, a.Color.Z).CompareTo((b.Color.X, b.Color.Y, b.Color.Z));
        });

        private (double Gain, int Cut) BestCut(int axis)
        {
            double total = 0;
            double weight = 0;
            for (int i = _start; i < _end; i++)
            {
                total += (double)_bins[i].Color[axis] * _bins[i].Count;
                weight += _bins[i].Count;
            }
            double low = 0;
            double lowWeight = 0;
            double best = 0;
            int cut = _start;
            for (int i = _start; i < _end - 1; i++)
            {
                low += (double)_bins[i].Color[axis] * _bins[i].Count;
                lowWeight += _bins[i].Count;
                double high = total - low;
                double highWeight = weight - lowWeight;
                // The variance between the two sides; what is within them is what remains.
                double gain = low * low / lowWeight + high * high / highWeight - total * total / weight;
                if (gain > best)
                    (best, cut) = (gain, i + 1);
            }
            return (best, cut);
        }

        private static Vector3 MeanOf(ReadOnlySpan<ColorBin> bins)
        {
            double r = 0;
            double g = 0;
            double b = 0;
            double n = 0;
            foreach (ColorBin bin in bins)
            {
                r += (double)bin.Color.X * bin.Count;
                g += (double)bin.Color.Y * bin.Count;
                b += (double)bin.Color.Z * bin.Count;
                n += bin.Count;
            }
            return new Vector3((float)(r / n), (float)(g / n), (float)(b / n));
        }
    }
}
