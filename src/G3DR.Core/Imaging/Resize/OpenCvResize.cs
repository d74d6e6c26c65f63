namespace G3DR.Core.Imaging;

/// <summary>
/// Changes the size of pictures as OpenCV's <c>resize</c> does, which many depth networks were trained with: samples at the middles of the new pixels, without antialiasing.
/// Rows are read one by one, so that beside the result only a few of them are in memory.
/// </summary>
public static class OpenCvResize
{
    // OpenCV's weights of 8-bit pictures have 11 fractional bits; before the second pass 4 of the 11 of the first go, so that products fit into 32 bits.
    private const int WeightBits = 11, DroppedBits = 4, ProductBits = 16, LastBits = (2 * WeightBits) - DroppedBits - ProductBits;

    private delegate void FilterRow<T>(int row, Span<T> target);

    private delegate void CombineRows<T>(int row, ReadOnlySpan<T[]> rows, ReadOnlySpan<float> weights);

    /// <summary>What is to become of a row of a result.</summary>
    /// <param name="row">Its number.</param>
    /// <param name="values">(width, channels) values, valid inside this call.</param>
    public delegate void TakeRow(int row, ReadOnlySpan<double> values);

    /// <summary>Resizes values.</summary>
    /// <param name="values">(height, width, channels), row-major.</param>
    /// <param name="sourceWidth">Width of <paramref name="values"/>.</param>
    /// <param name="sourceHeight">Height of <paramref name="values"/>.</param>
    /// <param name="channels">Values of a pixel.</param>
    /// <param name="width">New width.</param>
    /// <param name="height">New height.</param>
    /// <param name="filter">How values between pixels are found.</param>
    /// <returns>(height, width, channels) values.</returns>
    /// <exception cref="ArgumentException">The number of values does not fit, or a size is not positive.</exception>
    public static float[] Resize(ReadOnlySpan<float> values, int sourceWidth, int sourceHeight, int channels, int width, int height, OpenCvFilter filter)
    {
        RequireSizes(sourceWidth, sourceHeight, width, height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        if (values.Length != (long)sourceWidth * sourceHeight * channels)
        {
            throw new ArgumentException($"Got {values.Length} values, need {sourceHeight} x {sourceWidth} x {channels}.", nameof(values));
        }

        float[] source = values.ToArray(), result = new float[checked(width * height * channels)];
        int sourceLength = sourceWidth * channels, length = width * channels;
        Sample(
            (row, target) =>
            {
                for (int i = 0; i < target.Length; i++)
                {
                    target[i] = source[(row * sourceLength) + i];
                }
            },
            (sourceWidth, sourceHeight, channels),
            (width, height),
            filter,
            (row, line) =>
            {
                Span<float> target = result.AsSpan(row * length, length);
                for (int i = 0; i < target.Length; i++)
                {
                    target[i] = (float)line[i];
                }
            });
        return result;
    }

    /// <summary>Resizes the colours of a picture as fractions in [0, 1], in double precision; cubic interpolation may leave that range.</summary>
    /// <param name="image">The picture; alpha is laid over white, 16 bits become 8.</param>
    /// <param name="width">New width.</param>
    /// <param name="height">New height.</param>
    /// <param name="filter">How values between pixels are found.</param>
    /// <param name="take">Takes the rows of (width, 3) values, from the top.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    public static void ResizeFractions(Image image, int width, int height, OpenCvFilter filter, TakeRow take)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(take);
        RequireSizes(image.Width, image.Height, width, height);
        Image colors = image.ToRgb8();
        int length = colors.Width * 3;
        Sample(
            (row, target) =>
            {
                ReadOnlySpan<byte> line = colors.Data8.Slice(row * length, length);
                for (int i = 0; i < line.Length; i++)
                {
                    target[i] = line[i] / 255.0;
                }
            },
            (colors.Width, colors.Height, 3),
            (width, height),
            filter,
            take);
    }

    /// <summary>Resizes an 8-bit picture linearly, in OpenCV's fixed point (<c>INTER_LINEAR</c> on bytes).</summary>
    /// <param name="image">The picture; alpha is laid over white, 16 bits become 8.</param>
    /// <param name="width">New width.</param>
    /// <param name="height">New height.</param>
    /// <returns>An 8-bit RGB picture.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    public static Image ResizeLinear(Image image, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(image);
        RequireSizes(image.Width, image.Height, width, height);
        Image colors = image.ToRgb8();
        var result = new Image(width, height, 3);
        int sourceLength = colors.Width * 3, length = checked(width * 3);
        var columns = new SampledAxis(colors.Width, width, OpenCvFilter.Linear);
        VisitRows<int>(
            new(colors.Height, height, OpenCvFilter.Linear),
            length,
            (row, target) =>
            {
                ReadOnlySpan<byte> line = colors.Data8.Slice(row * sourceLength, sourceLength);
                for (int i = 0; i < target.Length; i++)
                {
                    (int x, int channel) = Math.DivRem(i, 3);
                    ReadOnlySpan<int> sources = columns.Sources(x);
                    ReadOnlySpan<float> weights = columns.Weights(x);
                    target[i] = (line[(sources[0] * 3) + channel] * Fixed(weights[0])) + (line[(sources[1] * 3) + channel] * Fixed(weights[1]));
                }
            },
            (row, lines, weights) =>
            {
                (int first, int second) = (Fixed(weights[0]), Fixed(weights[1]));
                Span<byte> target = result.Data8.Slice(row * length, length);
                for (int i = 0; i < target.Length; i++)
                {
                    int sum = ((first * (lines[0][i] >> DroppedBits)) >> ProductBits) + ((second * (lines[1][i] >> DroppedBits)) >> ProductBits);
                    target[i] = (byte)Math.Clamp((sum + (1 << (LastBits - 1))) >> LastBits, 0, 255);
                }
            });
        return result;
    }

    private static int Fixed(float weight) => (int)MathF.Round(weight * (1 << WeightBits), MidpointRounding.ToEven);

    private static void RequireSizes(int sourceWidth, int sourceHeight, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sourceWidth);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sourceHeight);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
    }

    private static void Sample(
        FilterRow<double> read, (int Width, int Height, int Channels) source, (int Width, int Height) size, OpenCvFilter filter, TakeRow take)
    {
        int channels = source.Channels;
        var columns = new SampledAxis(source.Width, size.Width, filter);
        double[] line = new double[checked(source.Width * channels)], sums = new double[checked(size.Width * channels)];
        VisitRows<double>(
            new(source.Height, size.Height, filter),
            sums.Length,
            (row, target) =>
            {
                read(row, line);
                for (int x = 0; x < columns.TargetLength; x++)
                {
                    ReadOnlySpan<int> sources = columns.Sources(x);
                    ReadOnlySpan<float> weights = columns.Weights(x);
                    for (int channel = 0; channel < channels; channel++)
                    {
                        double sum = 0;
                        for (int tap = 0; tap < sources.Length; tap++)
                        {
                            sum += line[(sources[tap] * channels) + channel] * weights[tap];
                        }

                        target[(x * channels) + channel] = sum;
                    }
                }
            },
            (row, lines, weights) =>
            {
                Array.Clear(sums);
                for (int tap = 0; tap < lines.Length; tap++)
                {
                    double[] values = lines[tap];
                    double weight = weights[tap];
                    for (int i = 0; i < sums.Length; i++)
                    {
                        sums[i] += values[i] * weight;
                    }
                }

                take(row, sums);
            });
    }

    // Each row of the source that is needed is filtered once; as many are kept as a row of the target is made of.
    private static void VisitRows<T>(SampledAxis rows, int length, FilterRow<T> filter, CombineRows<T> combine)
    {
        T[][] kept = [.. Enumerable.Range(0, rows.Taps).Select(_ => new T[length])];
        int[] holds = [.. Enumerable.Repeat(-1, rows.Taps)];
        var lines = new T[rows.Taps][];
        for (int y = 0; y < rows.TargetLength; y++)
        {
            ReadOnlySpan<int> sources = rows.Sources(y);
            for (int tap = 0; tap < sources.Length; tap++)
            {
                int place = sources[tap] % rows.Taps;
                if (holds[place] != sources[tap])
                {
                    filter(sources[tap], kept[place]);
                    holds[place] = sources[tap];
                }

                lines[tap] = kept[place];
            }

            combine(y, lines, rows.Weights(y));
        }
    }
}
