using G3DR.Compute;

namespace G3DR.Kernels.Reductions;

/// <content>Kernels for devices with shared memory.</content>
public static partial class SoftmaxKernels
{
    /// <summary>Rows of the forward pass; the items of a group share them.</summary>
    /// <param name="x">Elements (rows, count).</param>
    /// <param name="y">Results (rows, count).</param>
    /// <param name="count">Elements of a row.</param>
    /// <param name="logarithm">Not 0 for the logarithm.</param>
    /// <param name="lanes">Neighbouring items that share a row, a power of two.</param>
    [GroupKernel(RowGroups.Items)]
    public static void ForwardRows(ArrayView<float> x, ArrayView<float> y, int count, int logarithm, int lanes)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(RowGroups.Items);
        long start = RowGroups.Row(lanes) * count;

        // Items behind the last row only take part in folding.
        int end = start < y.Length ? count : 0;
        int lane = Group.IdxX % lanes;
        float largest = float.NegativeInfinity;
        for (int k = lane; k < end; k += lanes)
        {
            largest = XMath.Max(largest, x[start + k]);
        }

        largest = RowGroups.Fold<MaxReduction>(shared, largest, lanes);
        float sum = 0f;
        for (int k = lane; k < end; k += lanes)
        {
            sum += XMath.Exp(x[start + k] - largest);
        }

        sum = RowGroups.Fold<SumReduction>(shared, sum, lanes);
        float offset = logarithm != 0 ? XMath.Log(sum) : 0f;
        for (int k = lane; k < end; k += lanes)
        {
            float shifted = x[start + k] - largest;
            y[start + k] = logarithm != 0 ? shifted - offset : XMath.Exp(shifted) / sum;
        }
    }

    /// <summary>Rows of the backward pass; the items of a group share them.</summary>
    /// <param name="y">Results of the forward pass (rows, count).</param>
    /// <param name="g">Their gradients.</param>
    /// <param name="dx">Gradients of the elements.</param>
    /// <param name="count">Elements of a row.</param>
    /// <param name="logarithm">Not 0 for the logarithm.</param>
    /// <param name="lanes">Neighbouring items that share a row, a power of two.</param>
    [GroupKernel(RowGroups.Items)]
    public static void BackwardRows(ArrayView<float> y, ArrayView<float> g, ArrayView<float> dx, int count, int logarithm, int lanes)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(RowGroups.Items);
        long start = RowGroups.Row(lanes) * count;
        int end = start < dx.Length ? count : 0;
        int lane = Group.IdxX % lanes;
        float sum = 0f;
        for (int k = lane; k < end; k += lanes)
        {
            sum += logarithm != 0 ? g[start + k] : g[start + k] * y[start + k];
        }

        sum = RowGroups.Fold<SumReduction>(shared, sum, lanes);
        for (int k = lane; k < end; k += lanes)
        {
            float value = y[start + k];
            dx[start + k] = logarithm != 0 ? g[start + k] - (XMath.Exp(value) * sum) : value * (g[start + k] - sum);
        }
    }

    /// <summary>The variant of the forward pass for devices with shared memory.</summary>
    public static void ForwardGroups(Accelerator device, ArrayView<float> x, ArrayView<float> y, int count, bool logarithm)
    {
        int lanes = RowGroups.Lanes(count);
        device.LaunchGroups(ForwardRows, RowGroups.Groups(x.Length / count, lanes), x, y, count, logarithm ? 1 : 0, lanes);
    }

    /// <summary>The variant of the backward pass for devices with shared memory.</summary>
    public static void BackwardGroups(
        Accelerator device, ArrayView<float> y, ArrayView<float> g, ArrayView<float> dx, int count, bool logarithm)
    {
        int lanes = RowGroups.Lanes(count);
        device.LaunchGroups(BackwardRows, RowGroups.Groups(y.Length / count, lanes), y, g, dx, count, logarithm ? 1 : 0, lanes);
    }
}
