using System.Runtime.Intrinsics.X86;
using G3DR.Compute.Simd;
using G3DR.Kernels.MatMul;

namespace G3DR.Kernels.Convolution;

/// <summary>
/// Packs weights into panels: for each block of input channels [tap][channel][line], a panel's width of lines side by side. It brings the taps into the
/// order of the convolution, drops those that are not used, and standardises on the way.
/// </summary>
internal readonly unsafe struct WeightPanels(DirectPlan plan, float* weights, float* statistics, long* offsets)
{
    // Elements of a line that are moved at a time, so that the lines that they go to are still in the first-level cache for the next line.
    private const int Run = 64;

    // Channels that the weights of a panel are asked for in advance: they lie too far apart for the processor to foresee them.
    private const int Ahead = 4;

    private readonly float* _weights = weights, _statistics = statistics;
    private readonly long* _offsets = offsets;

    /// <summary>Channels that are moved at a time.</summary>
    public static int ChannelsOf(TapConvolution c) => c.Transposed ? 1 : Math.Max(4, Run / c.KernelTaps / 4 * 4);

    /// <summary>Elements of all panels of a group's line block of <paramref name="width"/>, unused taps included where there are any.</summary>
    public static long Length(TapConvolution c, int width) => (long)Slots(c) * c.Depth * width;

    /// <summary>Places in a panel, for a block of <paramref name="depth"/> channels, of the elements that are moved at a time. Unused taps share a place of their own.</summary>
    public static long[] Places(TapConvolution c, int depth, int width)
    {
        int[] slots = new int[c.KernelTaps];
        Array.Fill(slots, c.Taps);
        int next = 0;
        foreach ((_, int row) in c.Y.Taps)
        {
            foreach ((_, int column) in c.X.Taps)
            {
                slots[(row * c.KernelWidth) + column] = next++;
            }
        }

        return [.. from channel in Enumerable.Range(0, ChannelsOf(c)) from slot in slots select (((long)slot * depth) + channel) * width];
    }

    /// <summary>Packs one panel.</summary>
    /// <typeparam name="V">Vector type.</typeparam>
    /// <param name="group">Group of channels.</param>
    /// <param name="line">First line of the panel.</param>
    /// <param name="block">Block of input channels.</param>
    /// <param name="panel">Result.</param>
    public void Pack<V>(int group, int line, int block, float* panel)
        where V : struct, ISimd<V>
    {
        TapConvolution c = plan.C;
        int width = PanelKernel.Width<V>(), lines = Math.Min(width, c.Lines - line), first = block * plan.DepthBlock, depth = plan.DepthOf(block), taps = c.KernelTaps;
        long* places = _offsets + (depth == plan.DepthBlock ? 0 : (long)ChannelsOf(c) * taps);
        float* from = _weights + (group * c.GroupWeights) + ((long)line * c.LineStep) + ((long)first * c.DepthStep);
        if (c.Transposed)
        {
            float* of = _statistics == null ? null : _statistics + (2L * ((group * c.Depth) + first));
            for (int channel = 0; channel < depth; channel++)
            {
                Prefetch(from + ((long)Ahead * c.DepthStep), lines * taps);
                if (taps == 1)
                {
                    PanelPacking.CopyStep<V>(from, lines, panel, of);
                }
                else
                {
                    PanelPacking.Scatter(from, taps, lines, width, taps, places, panel, of);
                }

                from += c.DepthStep;
                panel += width;
                of = of == null ? null : of + 2;
            }
        }
        else
        {
            float* of = _statistics == null ? null : _statistics + (2L * ((group * c.Lines) + line));
            int run = ChannelsOf(c);
            for (int channel = 0; channel < depth; channel += run)
            {
                int elements = Math.Min(run, depth - channel) * taps;
                PanelPacking.Scatter(from + ((long)channel * taps), c.LineStep, lines, width, elements, places, panel + ((long)channel * width), of, 2);
            }
        }
    }

    private static void Prefetch(float* from, int elements)
    {
        for (int e = 0; Sse.IsSupported && e < elements; e += 16)
        {
            Sse.Prefetch0(from + e);
        }
    }

    private static int Slots(TapConvolution c) => c.Taps + (c.Taps < c.KernelTaps ? 1 : 0);
}
