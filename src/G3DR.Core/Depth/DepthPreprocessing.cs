using G3DR.Core.Imaging;
using G3DR.Core.Networks;

namespace G3DR.Core.Depth;

/// <summary>
/// Prepares photos for depth networks exactly as their authors' code does (isl-org/MiDaS, midas/transforms.py; DepthAnything/Depth-Anything-V2, util/transform.py;
/// aim-uofa/AdelaiDepth, LeReS/Minist_Test), from the size that a network works at to the last rounding.
/// </summary>
public static class DepthPreprocessing
{
    /// <summary>
    /// Most pixels that a network is given unless told otherwise: about 15 times those of a square of 518. Memory grows with them, to some 5 GB in the largest network.
    /// </summary>
    public const long DefaultMaxPixels = 4_000_000;

    /// <summary>The size that a network works at.</summary>
    /// <param name="width">Width of the photo.</param>
    /// <param name="height">Height of the photo.</param>
    /// <param name="input">What the network wants.</param>
    /// <returns>
    /// Width and height, multiples of <see cref="DepthInput.Multiple"/>. For very long photos one of them may be 0 or enormous, as in the authors' code:
    /// <see cref="Prepare"/> refuses both.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    public static (long Width, long Height) SizeOf(int width, int height, DepthInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        double alongWidth = (double)input.Size / width, alongHeight = (double)input.Size / height;
        double scale = input.Resize switch
        {
            DepthResize.LowerBound => Math.Max(alongWidth, alongHeight),
            DepthResize.UpperBound => Math.Min(alongWidth, alongHeight),
            DepthResize.Minimal => Math.Abs(1 - alongWidth) < Math.Abs(1 - alongHeight) ? alongWidth : alongHeight,
            DepthResize.Square => 0,
            _ => throw new ArgumentOutOfRangeException(nameof(input), input.Resize, "Unknown rule."),
        };
        return scale == 0 ? (input.Size, input.Size) : (Constrain(scale * width, input), Constrain(scale * height, input));
    }

    /// <summary>Resizes and normalises a photo.</summary>
    /// <param name="photo">The photo; alpha is laid over white.</param>
    /// <param name="input">What the network wants.</param>
    /// <param name="maxPixels">Most pixels of the result.</param>
    /// <returns>The picture for the network.</returns>
    /// <exception cref="ArgumentException">The photo is so long that no picture, or one of too many pixels, would be left of it.</exception>
    public static PreparedPicture Prepare(Image photo, DepthInput input, long maxPixels = DefaultMaxPixels)
    {
        ArgumentNullException.ThrowIfNull(photo);
        ArgumentNullException.ThrowIfNull(input);
        (int width, int height) = RequireUsable(photo, input, maxPixels);
        float[] values = new float[3 * width * height];
        if (input.Interpolation == DepthInterpolation.LinearBytes)
        {
            ReadOnlySpan<byte> bytes = OpenCvResize.ResizeLinear(photo, width, height).Data8;
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = ((bytes[i] / 255f) - input.Mean[i % 3]) / input.Deviation[i % 3];
            }
        }
        else
        {
            double[] mean = [.. input.Mean.Select(Decimal)], deviation = [.. input.Deviation.Select(Decimal)];
            OpenCvResize.ResizeFractions(photo, width, height, OpenCvFilter.Cubic, (row, line) =>
            {
                Span<float> target = values.AsSpan(row * line.Length, line.Length);
                for (int i = 0; i < line.Length; i++)
                {
                    target[i] = (float)((line[i] - mean[i % 3]) / deviation[i % 3]);
                }
            });
        }

        return new(width, height, values);
    }

    // The statistics are given by a few decimal digits, which double precision should have too.
    private static double Decimal(float value) => (double)(decimal)value;

    // To the nearest multiple, halves to even; down or up instead where that would break the bound.
    private static long Constrain(double length, DepthInput input)
    {
        long multiple = input.Multiple, nearest = (long)Math.Round(length / multiple, MidpointRounding.ToEven) * multiple;
        return input.Resize switch
        {
            DepthResize.UpperBound when nearest > input.Size => (long)Math.Floor(length / multiple) * multiple,
            DepthResize.LowerBound when nearest < input.Size => (long)Math.Ceiling(length / multiple) * multiple,
            _ => nearest,
        };
    }

    private static (int Width, int Height) RequireUsable(Image photo, DepthInput input, long maxPixels)
    {
        (long width, long height) = SizeOf(photo.Width, photo.Height, input);
        if (width < input.Multiple || height < input.Multiple)
        {
            throw new ArgumentException(
                $"Nothing would be left of a photo of {photo.Width} x {photo.Height} pixels at the size that the network works at, {width} x {height}: crop it to a shape less long.", nameof(photo));
        }

        // Each is below 2^48, for photos of at most 2^31 pixels a side.
        if (width > int.MaxValue || height > int.MaxValue || width * height > Math.Min(maxPixels, Array.MaxLength / 3))
        {
            throw new ArgumentException(
                $"A photo of {photo.Width} x {photo.Height} pixels would become {width} x {height} for the network, more than the limit of {maxPixels} pixels: crop it to a shape less long, or ask for a smaller size.",
                nameof(photo));
        }

        return ((int)width, (int)height);
    }
}
