using System.Numerics;
using G3DR.Compute;

namespace G3DR.Kernels.Pooling;

/// <summary>
/// The largest element of each window of pictures (batch, height, width, channels); the gradient goes to the first of equal ones, and a NaN counts as larger
/// than any number, as in PyTorch. Variants: <c>plain</c> (every device) and <c>simd</c> (float32 on the processor).
/// </summary>
public static partial class MaxPoolingKernels
{
    /// <summary>One output.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="item">Number of the output.</param>
    /// <param name="x">Pictures (batch, rows.Inputs, columns.Inputs, channels).</param>
    /// <param name="y">Largest elements (batch, rows.Outputs, columns.Outputs, channels), overwritten.</param>
    /// <param name="places">Where in its window each of them stands, row by row, or -1 if a window holds none; empty if not wanted.</param>
    /// <param name="rows">Windows along the rows' axis.</param>
    /// <param name="columns">Windows along the columns' axis.</param>
    /// <param name="channels">Channels of a pixel.</param>
    [Kernel]
    public static void ForwardPlain<T>(
        Index1D item, ArrayView<T> x, ArrayView<T> y, ArrayView<T> places, PoolingAxis rows, PoolingAxis columns, int channels)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int channel = item.X % channels, pixel = item.X / channels;
        int column = pixel % columns.Outputs, line = pixel / columns.Outputs, row = line % rows.Outputs;
        long picture = (long)(line / rows.Outputs) * rows.Inputs;
        int width = columns.Count(column), endRow = rows.EndInside(row), endColumn = columns.EndInside(column);
        T largest = T.NegativeInfinity;
        int place = -1;
        for (int r = rows.FirstInside(row); r < endRow; r++)
        {
            long first = (picture + rows.Start(row) + (r * rows.Dilation)) * columns.Inputs;
            for (int c = columns.FirstInside(column); c < endColumn; c++)
            {
                T value = x[((first + columns.Start(column) + (c * columns.Dilation)) * channels) + channel];
                if (place < 0 || value > largest || (T.IsNaN(value) && !T.IsNaN(largest)))
                {
                    largest = value;
                    place = (r * width) + c;
                }
            }
        }

        y[item] = largest;
        if (places.Length > 0)
        {
            places[item] = T.CreateTruncating(place);
        }
    }

    /// <summary>The gradient of one input: the sum over the windows in which it is the largest.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="item">Number of the input.</param>
    /// <param name="places">Places of the largest elements in their windows.</param>
    /// <param name="g">Gradients of the largest elements.</param>
    /// <param name="dx">Gradients of the inputs, overwritten.</param>
    /// <param name="rows">Windows along the rows' axis.</param>
    /// <param name="columns">Windows along the columns' axis.</param>
    /// <param name="channels">Channels of a pixel.</param>
    [Kernel]
    public static void BackwardPlain<T>(
        Index1D item, ArrayView<T> places, ArrayView<T> g, ArrayView<T> dx, PoolingAxis rows, PoolingAxis columns, int channels)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int channel = item.X % channels, pixel = item.X / channels;
        int column = pixel % columns.Inputs, line = pixel / columns.Inputs, row = line % rows.Inputs;
        long picture = (long)(line / rows.Inputs) * rows.Outputs;
        int endRow = rows.EndWindow(row), endColumn = columns.EndWindow(column);
        T sum = T.Zero;
        for (int r = rows.FirstWindow(row); r < endRow; r++)
        {
            int down = rows.PlaceInWindow(row, r);
            for (int c = columns.FirstWindow(column); c < endColumn; c++)
            {
                int along = columns.PlaceInWindow(column, c);
                long output = ((((picture + r) * columns.Outputs) + c) * channels) + channel;
                if (down >= 0 && along >= 0 && places[output] == T.CreateTruncating((down * columns.Count(c)) + along))
                {
                    sum += g[output];
                }
            }
        }

        dx[item] = sum;
    }

    /// <summary>The largest elements, by the variant that suits the device.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="device">Where to run.</param>
    /// <param name="rows">Windows along the rows' axis.</param>
    /// <param name="columns">Windows along the columns' axis.</param>
    /// <param name="channels">Channels of a pixel.</param>
    /// <param name="x">Pictures (batch, rows.Inputs, columns.Inputs, channels).</param>
    /// <param name="y">Largest elements (batch, rows.Outputs, columns.Outputs, channels).</param>
    /// <param name="places">Their places in the windows, of the length of <paramref name="y"/>, or empty.</param>
    /// <exception cref="ArgumentException">A view has a length that does not fit.</exception>
    public static void Forward<T>(
        Accelerator device, PoolingAxis rows, PoolingAxis columns, int channels, ArrayView<T> x, ArrayView<T> y, ArrayView<T> places)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        RequireLengths(rows, columns, channels, x.Length, y.Length);
        if (places.Length > 0 && places.Length != y.Length)
        {
            throw new ArgumentException($"There are {y.Length} largest elements, but room for {places.Length} places.", nameof(places));
        }

        if (typeof(T) == typeof(float) && Shards.UseVectors(device))
        {
            ForwardVectors(device, rows, columns, channels, x.Cast<float>(), y.Cast<float>(), places.Cast<float>());
        }
        else
        {
            device.Launch(ForwardPlain, Shards.PlainExtent(y.Length), x, y, places, rows, columns, channels);
        }
    }

    /// <summary>The gradients of the inputs, by the variant that suits the device.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="device">Where to run.</param>
    /// <param name="rows">Windows along the rows' axis.</param>
    /// <param name="columns">Windows along the columns' axis.</param>
    /// <param name="channels">Channels of a pixel.</param>
    /// <param name="places">Places of the largest elements (batch, rows.Outputs, columns.Outputs, channels).</param>
    /// <param name="g">Their gradients.</param>
    /// <param name="dx">Gradients of the inputs (batch, rows.Inputs, columns.Inputs, channels).</param>
    /// <exception cref="ArgumentException">A view has a length that does not fit.</exception>
    public static void Backward<T>(
        Accelerator device, PoolingAxis rows, PoolingAxis columns, int channels, ArrayView<T> places, ArrayView<T> g, ArrayView<T> dx)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        RequireLengths(rows, columns, channels, dx.Length, g.Length);
        RequireLengths(rows, columns, channels, dx.Length, places.Length);
        if (typeof(T) == typeof(float) && Shards.UseVectors(device))
        {
            BackwardVectors(device, rows, columns, channels, places.Cast<float>(), g.Cast<float>(), dx.Cast<float>());
        }
        else
        {
            device.Launch(BackwardPlain, Shards.PlainExtent(dx.Length), places, g, dx, rows, columns, channels);
        }
    }

    private static void RequireLengths(PoolingAxis rows, PoolingAxis columns, int channels, long inputs, long outputs)
    {
        long picture = (long)rows.Inputs * columns.Inputs * channels, result = (long)rows.Outputs * columns.Outputs * channels;
        if (picture == 0 || inputs % picture != 0 || outputs != inputs / picture * result)
        {
            throw new ArgumentException(
                $"Pooling makes {rows.Outputs} x {columns.Outputs} of {rows.Inputs} x {columns.Inputs} pixels of {channels} channels, got {inputs} elements for {outputs}.");
        }
    }
}
