using System.Numerics;
using G3DR.Compute;
using G3DR.Compute.Memory;

namespace G3DR.Kernels.Resampling;

/// <summary>
/// Resizes pictures (batch, height, width, channels): a filter along the rows' axis and one along the columns'. The gradient is the same with the adjoint
/// filters, as the two axes do not depend on each other. Variants: <c>plain</c> (one axis after the other, every device) and <c>simd</c> (float32 on the
/// processor, both axes at once).
/// </summary>
public static partial class ResizeKernels
{
    /// <summary>Resizes by the variant that suits the device.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="device">Where to run.</param>
    /// <param name="rows">Filter from input rows to output rows.</param>
    /// <param name="columns">Filter from input columns to output columns.</param>
    /// <param name="channels">Channels of a pixel.</param>
    /// <param name="x">Pictures (batch, rows.Inputs, columns.Inputs, channels).</param>
    /// <param name="y">Result (batch, rows.Outputs, columns.Outputs, channels).</param>
    /// <exception cref="ArgumentException">A view does not have the length that follows from the other.</exception>
    public static void Run<T>(Accelerator device, AxisFilter rows, AxisFilter columns, int channels, ArrayView<T> x, ArrayView<T> y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        long picture = (long)rows.Inputs * columns.Inputs * channels, result = (long)rows.Outputs * columns.Outputs * channels;
        if (picture == 0 || x.Length % picture != 0 || y.Length != x.Length / picture * result)
        {
            throw new ArgumentException(
                $"Pictures of {rows.Inputs} x {columns.Inputs} become {rows.Outputs} x {columns.Outputs} with {channels} channels; the views have {x.Length} and {y.Length} elements.");
        }

        if (typeof(T) == typeof(float) && Shards.UseVectors(device))
        {
            RunVectors(device, rows, columns, channels, x.Cast<float>(), y.Cast<float>());
        }
        else
        {
            RunPlain(device, rows, columns, channels, x, y);
        }
    }

    /// <summary>The plain variant: the axis that leaves less goes first.</summary>
    internal static void RunPlain<T>(Accelerator device, AxisFilter rows, AxisFilter columns, int channels, ArrayView<T> x, ArrayView<T> y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        long pixels = x.Length / ((long)rows.Inputs * columns.Inputs);
        long afterRows = (long)rows.Outputs * columns.Inputs * pixels, afterColumns = (long)rows.Inputs * columns.Outputs * pixels;
        if (rows.IsIdentity && columns.IsIdentity)
        {
            device.Copy(x, y);
        }
        else if (columns.IsIdentity)
        {
            AxisFilterKernel.Run(device, rows, x, y, (long)columns.Inputs * channels);
        }
        else if (rows.IsIdentity)
        {
            AxisFilterKernel.Run(device, columns, x, y, channels);
        }
        else if (afterRows <= afterColumns)
        {
            using MemoryBuffer<T> between = device.Allocate<T>(afterRows);
            AxisFilterKernel.Run(device, rows, x, between.View, (long)columns.Inputs * channels);
            AxisFilterKernel.Run(device, columns, between.View, y, channels);
        }
        else
        {
            using MemoryBuffer<T> between = device.Allocate<T>(afterColumns);
            AxisFilterKernel.Run(device, columns, x, between.View, channels);
            AxisFilterKernel.Run(device, rows, between.View, y, (long)columns.Outputs * channels);
        }
    }
}
