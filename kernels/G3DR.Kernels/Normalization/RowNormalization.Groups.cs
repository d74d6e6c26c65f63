using G3DR.Compute;
using G3DR.Kernels.Reductions;

namespace G3DR.Kernels.Normalization;

/// <content>Kernels for devices with shared memory.</content>
public static partial class RowNormalization
{
    /// <summary>Rows of the forward pass; the items of a group share them.</summary>
    /// <param name="x">Elements (rows, count).</param>
    /// <param name="weight">Factors of the columns (count), or empty for 1.</param>
    /// <param name="bias">Summands of the columns (count), or empty for 0.</param>
    /// <param name="statistics">Mean and 1 / sqrt(var + epsilon) of the rows (rows, 2), written.</param>
    /// <param name="y">Results (rows, count), or empty if only the statistics are wanted.</param>
    /// <param name="count">Elements of a row.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="lanes">Neighbouring items that share a row, a power of two.</param>
    [GroupKernel(RowGroups.Items)]
    public static void ForwardRows(
        ArrayView<float> x, ArrayView<float> weight, ArrayView<float> bias, ArrayView<float> statistics, ArrayView<float> y, int count, float epsilon, int lanes)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(RowGroups.Items);
        long row = RowGroups.Row(lanes), start = row * count;

        // Items behind the last row only take part in folding.
        int end = start < x.Length ? count : 0;
        int lane = Group.IdxX % lanes;
        float sum = 0f;
        for (int k = lane; k < end; k += lanes)
        {
            sum += x[start + k];
        }

        float mean = RowGroups.Fold<SumReduction>(shared, sum, lanes) / count;
        float drift = 0f, squares = 0f;
        for (int k = lane; k < end; k += lanes)
        {
            float deviation = x[start + k] - mean;
            drift += deviation;
            squares += deviation * deviation;
        }

        drift = RowGroups.Fold<SumReduction>(shared, drift, lanes);
        squares = RowGroups.Fold<SumReduction>(shared, squares, lanes);
        mean += drift / count;
        float scale = 1f / XMath.Sqrt((PartialSums.SquaresAroundMean(squares, drift, (float)count) / count) + epsilon);
        if (lane == 0 && end > 0)
        {
            statistics[2 * row] = mean;
            statistics[(2 * row) + 1] = scale;
        }

        if (y.Length > 0)
        {
            for (int k = lane; k < end; k += lanes)
            {
                float value = (x[start + k] - mean) * scale;
                if (weight.Length > 0)
                {
                    value *= weight[k];
                }

                if (bias.Length > 0)
                {
                    value += bias[k];
                }

                y[start + k] = value;
            }
        }
    }

    /// <summary>Rows of the gradient of the elements; the items of a group share them.</summary>
    /// <param name="x">Elements (rows, count).</param>
    /// <param name="statistics">Mean and 1 / sqrt(var + epsilon) of the rows (rows, 2).</param>
    /// <param name="weight">Factors of the columns (count), or empty for 1.</param>
    /// <param name="g">Gradient of the results (rows, count).</param>
    /// <param name="dx">Gradient of the elements (rows, count); may be the memory of <paramref name="g"/>.</param>
    /// <param name="count">Elements of a row.</param>
    /// <param name="lanes">Neighbouring items that share a row, a power of two.</param>
    [GroupKernel(RowGroups.Items)]
    public static void InputGradientRows(
        ArrayView<float> x, ArrayView<float> statistics, ArrayView<float> weight, ArrayView<float> g, ArrayView<float> dx, int count, int lanes)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(RowGroups.Items);
        long row = RowGroups.Row(lanes), start = row * count;
        int end = start < x.Length ? count : 0;
        int lane = Group.IdxX % lanes;
        float mean = 0f, scale = 0f;
        if (end > 0)
        {
            mean = statistics[2 * row];
            scale = statistics[(2 * row) + 1];
        }

        float sum = 0f, product = 0f;
        for (int k = lane; k < end; k += lanes)
        {
            float gradient = weight.Length > 0 ? g[start + k] * weight[k] : g[start + k];
            sum += gradient;
            product += gradient * (x[start + k] - mean);
        }

        float offset = RowGroups.Fold<SumReduction>(shared, sum, lanes) / count;
        float slope = RowGroups.Fold<SumReduction>(shared, product, lanes) * scale * scale / count;
        for (int k = lane; k < end; k += lanes)
        {
            float gradient = weight.Length > 0 ? g[start + k] * weight[k] : g[start + k];
            dx[start + k] = scale * (gradient - offset - ((x[start + k] - mean) * slope));
        }
    }

    /// <summary>The variant of the forward pass for devices with shared memory.</summary>
    public static void ForwardGroups(
        Accelerator device,
        ArrayView<float> x,
        ArrayView<float> weight,
        ArrayView<float> bias,
        int count,
        double epsilon,
        ArrayView<float> statistics,
        ArrayView<float> y)
    {
        int lanes = RowGroups.Lanes(count);
        device.LaunchGroups(ForwardRows, RowGroups.Groups(x.Length / count, lanes), x, weight, bias, statistics, y, count, (float)epsilon, lanes);
    }

    /// <summary>The variant of the gradient of the elements for devices with shared memory.</summary>
    public static void InputGradientGroups(
        Accelerator device, ArrayView<float> x, ArrayView<float> statistics, ArrayView<float> weight, ArrayView<float> g, int count, ArrayView<float> dx)
    {
        if (dx.Length > 0)
        {
            int lanes = RowGroups.Lanes(count);
            device.LaunchGroups(InputGradientRows, RowGroups.Groups(x.Length / count, lanes), x, statistics, weight, g, dx, count, lanes);
        }
    }
}
