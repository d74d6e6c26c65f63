using G3DR.Compute.Simd;

namespace G3DR.Kernels.MatMul;

/// <summary>Copies strips of a matrix into panels that the micro-kernel reads one after another.</summary>
internal static unsafe class Packing
{
    /// <summary>
    /// Panels of <paramref name="width"/> lines: element (line, step) goes to panel line / width, at step * width + line % width.
    /// Lines that fill up the last panel are zero.
    /// </summary>
    /// <typeparam name="V">Vector type.</typeparam>
    /// <param name="source">Element (0, 0).</param>
    /// <param name="lineStep">Elements between lines: rows of A or columns of B.</param>
    /// <param name="stepStep">Elements between steps along K.</param>
    /// <param name="lines">Number of lines.</param>
    /// <param name="steps">Number of steps.</param>
    /// <param name="width">Lines of a panel.</param>
    /// <param name="packed">Result.</param>
    public static void Pack<V>(float* source, int lineStep, int stepStep, int lines, int steps, int width, float* packed)
        where V : struct, ISimd<V>
    {
        for (int line = 0; line < lines; line += width)
        {
            float* from = source + ((long)line * lineStep);
            int count = Math.Min(width, lines - line);
            if (lineStep == 1)
            {
                PackContiguousLines<V>(from, stepStep, count, steps, width, packed);
            }
            else
            {
                PackContiguousSteps(from, lineStep, stepStep, count, steps, width, packed);
            }

            packed += (long)width * steps;
        }
    }

    private static void PackContiguousLines<V>(float* from, int stepStep, int count, int steps, int width, float* packed)
        where V : struct, ISimd<V>
    {
        for (int step = 0; step < steps; step++)
        {
            int i = 0;
            for (; i + V.Count <= count; i += V.Count)
            {
                V.Load(from + i).Store(packed + i);
            }

            for (; i < width; i++)
            {
                packed[i] = i < count ? from[i] : 0f;
            }

            from += stepStep;
            packed += width;
        }
    }

    private static void PackContiguousSteps(float* from, int lineStep, int stepStep, int count, int steps, int width, float* packed)
    {
        int line = 0;
        for (; line + 4 <= count; line += 4)
        {
            // Four lines at a time: each store then finds its cache line again at once.
            float* l0 = from + ((long)line * lineStep);
            float* l1 = l0 + lineStep;
            float* l2 = l1 + lineStep;
            float* l3 = l2 + lineStep;
            float* to = packed + line;
            for (long step = 0; step < steps; step++)
            {
                long at = step * stepStep;
                to[0] = l0[at];
                to[1] = l1[at];
                to[2] = l2[at];
                to[3] = l3[at];
                to += width;
            }
        }

        for (; line < width; line++)
        {
            float* read = from + ((long)line * lineStep);
            for (int step = 0; step < steps; step++)
            {
                packed[((long)step * width) + line] = line < count ? read[(long)step * stepStep] : 0f;
            }
        }
    }
}
