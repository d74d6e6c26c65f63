namespace G3DR.Core.Imaging;

/// <summary>
/// Changes the size of pictures exactly as Pillow 9.4 does, bit for bit: networks are sensitive to how their training pictures were shrunk.
/// Separable, width first, then height, each pass rounded to the pixel type; a pass that changes nothing is left out.
/// </summary>
public static class ImageResize
{
    // Weights of 8-bit pictures have 32 - 8 - 2 fractional bits, so that sums with negative lobes fit into 32 bits.
    private const int PrecisionBits = 22;

    /// <summary>Resizes a picture. Colours of pictures with alpha are weighted by it, so that invisible pixels do not bleed.</summary>
    /// <param name="image">The picture. 16 bits are computed in double precision and clipped to 0..65535 at the end.</param>
    /// <param name="width">New width, at least 1.</param>
    /// <param name="height">New height, at least 1.</param>
    /// <param name="filter">The filter.</param>
    /// <returns>The picture itself if it already has that size, otherwise a new one.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive or the filter is unknown.</exception>
    public static Image Resize(Image image, int width, int height, ResizeFilter filter = ResizeFilter.Lanczos)
    {
        ArgumentNullException.ThrowIfNull(image);
        CheckSize(width, height);
        if (image.Width == width && image.Height == height)
            return image;
        if (image.BitDepth == 8)
        {
            Image source = image.HasAlpha ? Premultiply(image) : image;
            byte[] data = Resize8(source.Data8, image.Width, image.Height, image.Channels, width, height, filter);
            var result = new Image(width, height, image.Channels, data);
            if (image.HasAlpha)
                Unpremultiply(result);
            return result;
        }
        return Resize16(image, width, height, filter);
    }

    /// <summary>Resizes one channel of 32-bit integers (Pillow's mode "I"): rounded half away from zero after each pass, not clipped, so Lanczos may overshoot.</summary>
    /// <param name="values">(height, width), row-major.</param>
    /// <param name="sourceWidth">Width of <paramref name="values"/>.</param>
    /// <param name="sourceHeight">Height of <paramref name="values"/>.</param>
    /// <param name="width">New width.</param>
    /// <param name="height">New height.</param>
    /// <param name="filter">The filter.</param>
    /// <returns>(height, width) values.</returns>
    /// <exception cref="ArgumentException">The number of values does not fit, or a size is not positive.</exception>
    public static int[] Resize(ReadOnlySpan<int> values, int sourceWidth, int sourceHeight, int width, int height, ResizeFilter filter = ResizeFilter.Lanczos)
    {
        CheckSource(values.Length, sourceWidth, sourceHeight);
        CheckSize(width, height);
        int[] current = values.ToArray();
        if (sourceWidth != width)
            current = Pass<int, RoundToInt32>(current, sourceHeight, new ResizeWeights(sourceWidth, width, filter), (1, sourceWidth), (1, width));
        if (sourceHeight != height)
            current = Pass<int, RoundToInt32>(current, width, new ResizeWeights(sourceHeight, height, filter), (width, 1), (width, 1));
        return current;
    }

    /// <summary>Resizes one channel of floats (Pillow's mode "F"): sums in double precision, rounded to float after each pass.</summary>
    /// <param name="values">(height, width), row-major.</param>
    /// <param name="sourceWidth">Width of <paramref name="values"/>.</param>
    /// <param name="sourceHeight">Height of <paramref name="values"/>.</param>
    /// <param name="width">New width.</param>
    /// <param name="height">New height.</param>
    /// <param name="filter">The filter.</param>
    /// <returns>(height, width) values.</returns>
    /// <exception cref="ArgumentException">The number of values does not fit, or a size is not positive.</exception>
    public static float[] Resize(ReadOnlySpan<float> values, int sourceWidth, int sourceHeight, int width, int height, ResizeFilter filter = ResizeFilter.Lanczos)
    {
        CheckSource(values.Length, sourceWidth, sourceHeight);
        CheckSize(width, height);
        float[] current = values.ToArray();
        if (sourceWidth != width)
            current = Pass<float, RoundToSingle>(current, sourceHeight, new ResizeWeights(sourceWidth, width, filter), (1, sourceWidth), (1, width));
        if (sourceHeight != height)
            current = Pass<float, RoundToSingle>(current, width, new ResizeWeights(sourceHeight, height, filter), (width, 1), (width, 1));
        return current;
    }

    /// <summary>The size at which the shorter side is <paramref name="size"/> and the longer is scaled along, rounded down (torchvision's <c>Resize</c>).</summary>
    /// <param name="width">Width of the picture.</param>
    /// <param name="height">Height of the picture.</param>
    /// <param name="size">Wanted length of the shorter side.</param>
    /// <returns>The new width and height.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    public static (int Width, int Height) ShorterSideSize(int width, int height, int size)
    {
        CheckSize(width, height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        return width <= height
            ? (size, checked((int)((long)size * height / width)))
            : (checked((int)((long)size * width / height)), size);
    }

    /// <summary>Resizes so that the shorter side has <paramref name="size"/> pixels.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="size">Wanted length of the shorter side.</param>
    /// <param name="filter">The filter.</param>
    /// <returns>The resized picture.</returns>
    public static Image ResizeShorterSide(Image image, int size, ResizeFilter filter = ResizeFilter.Lanczos)
    {
        ArgumentNullException.ThrowIfNull(image);
        (int width, int height) = ShorterSideSize(image.Width, image.Height, size);
        return Resize(image, width, height, filter);
    }

    /// <summary>Where a centred crop begins: half the surplus, halves rounded to even (Python's <c>round</c>, as in torchvision's <c>CenterCrop</c>).</summary>
    /// <param name="length">Length of the side.</param>
    /// <param name="size">Length of the crop.</param>
    /// <returns>The first column or row.</returns>
    public static int CropStart(int length, int size) => (int)Math.Round((length - size) / 2.0, MidpointRounding.ToEven);

    /// <summary>Cuts the middle square out of a picture.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="size">Side of the square.</param>
    /// <returns>The picture itself if it is that square, otherwise a new one.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The picture is smaller than the square.</exception>
    public static Image CenterCrop(Image image, int size)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (image.Width == size && image.Height == size)
            return image;
        return image.Crop(CropStart(image.Width, size), CropStart(image.Height, size), size, size);
    }

    private static byte[] Resize8(ReadOnlySpan<byte> source, int sourceWidth, int sourceHeight, int channels, int width, int height, ResizeFilter filter)
    {
        byte[]? current = null;
        if (sourceWidth != width)
        {
            ResizeWeights.FixedPoint weights = new ResizeWeights(sourceWidth, width, filter).ToFixedPoint(PrecisionBits);
            current = new byte[checked(width * sourceHeight * channels)];
            for (int y = 0; y < sourceHeight; y++)
                HorizontalRow8(source.Slice(y * sourceWidth * channels, sourceWidth * channels), channels, weights, current.AsSpan(y * width * channels, width * channels));
        }
        if (sourceHeight == height)
            return current ?? source.ToArray();
        ReadOnlySpan<byte> rows = current ?? source;
        ResizeWeights.FixedPoint vertical = new ResizeWeights(sourceHeight, height, filter).ToFixedPoint(PrecisionBits);
        int rowLength = width * channels;
        byte[] result = new byte[checked(rowLength * height)];
        int[] sums = new int[rowLength];
        for (int y = 0; y < height; y++)
        {
            Array.Fill(sums, 1 << (PrecisionBits - 1));
            ReadOnlySpan<int> weights = vertical.Weights(y);
            for (int k = 0; k < weights.Length; k++)
            {
                ReadOnlySpan<byte> row = rows.Slice((vertical.Start(y) + k) * rowLength, rowLength);
                int weight = weights[k];
                for (int i = 0; i < row.Length; i++)
                    sums[i] += row[i] * weight;
            }
            Span<byte> target = result.AsSpan(y * rowLength, rowLength);
            for (int i = 0; i < target.Length; i++)
                target[i] = (byte)Math.Clamp(sums[i] >> PrecisionBits, 0, 255);
        }
        return result;
    }

    private static void HorizontalRow8(ReadOnlySpan<byte> row, int channels, ResizeWeights.FixedPoint windows, Span<byte> target)
    {
        for (int x = 0; x < windows.TargetLength; x++)
        {
            ReadOnlySpan<int> weights = windows.Weights(x);
            int start = windows.Start(x) * channels;
            for (int c = 0; c < channels; c++)
            {
                int sum = 1 << (PrecisionBits - 1);
                for (int k = 0, p = start + c; k < weights.Length; k++, p += channels)
                    sum += row[p] * weights[k];
                target[x * channels + c] = (byte)Math.Clamp(sum >> PrecisionBits, 0, 255);
            }
        }
    }

    private static Image Resize16(Image image, int width, int height, ResizeFilter filter)
    {
        var result = new Image(width, height, image.Channels, 16);
        int count = image.Width * image.Height;
        int[] channel = new int[count];
        ReadOnlySpan<ushort> source = image.Data16;
        for (int c = 0; c < image.Channels; c++)
        {
            for (int i = 0; i < count; i++)
                channel[i] = source[i * image.Channels + c];
            int[] resized = Resize(channel, image.Width, image.Height, width, height, filter);
            Span<ushort> target = result.Data16;
            for (int i = 0; i < resized.Length; i++)
                target[i * image.Channels + c] = (ushort)Math.Clamp(resized[i], 0, 65535);
        }
        return result;
    }

    /// <summary>
    /// One pass over <paramref name="lines"/> lines; in a line, neighbours are <c>Step</c> apart for a vertical pass (and lines 1 apart) or next to each
    /// other for a horizontal one (lines <c>Line</c> apart).
    /// </summary>
    private static T[] Pass<T, TRound>(T[] source, int lines, ResizeWeights windows, (int Step, int Line) from, (int Step, int Line) to)
        where T : struct, System.Numerics.INumberBase<T>
        where TRound : IRounding<T>
    {
        T[] result = new T[checked(lines * windows.TargetLength)];
        for (int i = 0; i < windows.TargetLength; i++)
        {
            ReadOnlySpan<double> weights = windows.Weights(i);
            int start = windows.Start(i) * from.Step;
            for (int line = 0; line < lines; line++)
            {
                double sum = 0.0;
                for (int k = 0, p = start + line * from.Line; k < weights.Length; k++, p += from.Step)
                    sum += double.CreateTruncating(source[p]) * weights[k];
                result[i * to.Step + line * to.Line] = TRound.Round(sum);
            }
        }
        return result;
    }

    private static Image Premultiply(Image image)
    {
        byte[] data = image.Data8.ToArray();
        int channels = image.Channels;
        for (int i = 0; i < data.Length; i += channels)
        {
            int alpha = data[i + channels - 1];
            for (int c = 0; c < channels - 1; c++)
            {
                int product = data[i + c] * alpha + 128;
                data[i + c] = (byte)(((product >> 8) + product) >> 8);
            }
        }
        return new Image(image.Width, image.Height, channels, data);
    }

    private static void Unpremultiply(Image image)
    {
        Span<byte> data = image.Data8;
        int channels = image.Channels;
        for (int i = 0; i < data.Length; i += channels)
        {
            int alpha = data[i + channels - 1];
            if (alpha is 0 or 255)
                continue;
            for (int c = 0; c < channels - 1; c++)
                data[i + c] = (byte)Math.Min(255, data[i + c] * 255 / alpha);
        }
    }

    private static void CheckSize(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
    }

    private static void CheckSource(int count, int width, int height)
    {
        CheckSize(width, height);
        if (count != (long)width * height)
            throw new ArgumentException($"Got {count} values, need {height} x {width} = {(long)width * height}.");
    }

    /// <summary>How a pass turns its sum into a pixel.</summary>
    private interface IRounding<T>
    {
        static abstract T Round(double value);
    }

    private readonly struct RoundToInt32 : IRounding<int>
    {
        public static int Round(double value) => (int)(value >= 0.0 ? Math.Floor(value + 0.5) : -Math.Floor(Math.Abs(value) + 0.5));
    }

    private readonly struct RoundToSingle : IRounding<float>
    {
        public static float Round(double value) => (float)value;
    }
}
