using G3DR.Compute;
using G3DR.Core.Imaging;
using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>
/// Enlarges pictures with an <see cref="Rcan"/>. Pictures larger than a tile are cut into tiles that overlap and fade into each other: the network weighs its channels by means
/// over all that it sees, so neighbouring tiles differ a little everywhere.
/// </summary>
public sealed class Upscaler : IDisposable
{
    private const int NetworkChannels = 3;

    private readonly Rcan _network;

    /// <summary>Takes a network.</summary>
    /// <param name="network">The network; it belongs to this object from now on.</param>
    public Upscaler(Rcan network)
    {
        ArgumentNullException.ThrowIfNull(network);
        _network = network;
    }

    /// <summary>How many times larger each side becomes.</summary>
    public int Scale => _network.Options.Scale;

    /// <summary>Loads a network.</summary>
    /// <param name="path">A published RCAN: safetensors, a PyTorch checkpoint, or a folder with one.</param>
    /// <param name="device">Where it computes.</param>
    /// <param name="cancel">Stops before data are read.</param>
    /// <exception cref="Weights.WeightsFormatException">The file is damaged or holds another network.</exception>
    /// <exception cref="Weights.WeightLoadException">Tensors are missing, unexpected or of another shape.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Upscaler Load(string path, Accelerator device, CancellationToken cancel = default) =>
        new(NetworkLoader.Load<Rcan>(path, device, cancel: cancel));

    /// <summary>Enlarges a picture.</summary>
    /// <param name="image">
    /// The picture. Grey ones stay grey: the network sees three equal channels, and the mean of its three is kept. Alpha is resized with a Lanczos filter beside the colours.
    /// </param>
    /// <param name="options">Tiles; null for the defaults.</param>
    /// <param name="progress">Told after each group of layers.</param>
    /// <param name="cancel">Stops after the group that is being computed.</param>
    /// <returns>A picture of the same channels and bit depth, each side <see cref="Scale"/> times as long.</returns>
    /// <exception cref="ArgumentException">The options cannot be, or the result has more values than an array.</exception>
    public Image Upscale(Image image, UpscaleOptions? options = null, IProgress<UpscaleProgress>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        options ??= new();
        options.Validate();
        int width = checked(image.Width * Scale), height = checked(image.Height * Scale);
        Image source = image.WithoutAlpha(), color = new(width, height, source.Channels, source.BitDepth);
        TileAxis columns = new(image.Width, options.TileSize, options.SharedPixels), rows = new(image.Height, options.TileSize, options.SharedPixels);
        var steps = new Steps(progress, columns.Count * rows.Count, _network.Options.Groups, cancel);

        // Rows of the result that tiles still add to: never more than a tile is high.
        int rowLength = width * source.Channels;
        float[] open = new float[checked(rows.Length * Scale * rowLength)];
        for (int row = 0; row < rows.Count; row++)
        {
            float[] rowWeights = rows.Weights(row, Scale);
            for (int column = 0; column < columns.Count; column++)
            {
                float[] tile = Run(source.Crop(columns.Start(column), rows.Start(row), columns.Length, rows.Length), steps);
                Add(tile, rowWeights, columns.Weights(column, Scale), source.Channels, open.AsSpan(columns.Start(column) * Scale * source.Channels), rowLength);
            }

            int first = rows.Start(row) * Scale, finished = (rows.Finished(row) * Scale) - first;
            Store(Image.FromFloat(open.AsSpan(0, finished * rowLength), width, finished, source.Channels, source.BitDepth), color, first * rowLength);
            open.AsSpan(finished * rowLength).CopyTo(open);
            open.AsSpan(open.Length - (finished * rowLength)).Clear();
        }

        return image.HasAlpha ? WithAlpha(color, ImageResize.Resize(AlphaOf(image), width, height)) : color;
    }

    /// <summary>Disposes the network.</summary>
    public void Dispose() => _network.Dispose();

    /// <summary>One tile through the network: values in [0, 1] and a little beyond, with the channels of the tile.</summary>
    private float[] Run(Image tile, Steps steps)
    {
        Accelerator device = _network.Accelerator!;
        using IDisposable constant = device.NoGrad();
        int repeat = NetworkChannels / tile.Channels;
        float[] values = tile.ToFloat(), input = new float[values.Length * repeat];
        for (int i = 0; i < input.Length; i++)
        {
            input[i] = values[i / repeat] * (float)Rcan.Range;
        }

        using Tensor x = Tensor.FromArray(device, input, [1, tile.Height, tile.Width, NetworkChannels]);
        using Tensor y = _network.Forward(x, steps.Observe);
        float[] output = y.ToSingles(), result = new float[output.Length / repeat];
        for (int i = 0; i < output.Length; i++)
        {
            result[i / repeat] += output[i] / (float)(Rcan.Range * repeat);
        }

        steps.Count();
        return result;
    }

    private static void Add(float[] tile, float[] rowWeights, float[] columnWeights, int channels, Span<float> target, int rowLength)
    {
        int tileRow = columnWeights.Length * channels;
        for (int i = 0; i < tile.Length; i++)
        {
            int row = i / tileRow, within = i % tileRow;
            target[(row * rowLength) + within] += tile[i] * rowWeights[row] * columnWeights[within / channels];
        }
    }

    private static void Store(Image rows, Image target, int first)
    {
        if (target.BitDepth == 8)
        {
            rows.Data8.CopyTo(target.Data8[first..]);
        }
        else
        {
            rows.Data16.CopyTo(target.Data16[first..]);
        }
    }

    private static Image AlphaOf(Image image)
    {
        var alpha = new Image(image.Width, image.Height, channels: 1, image.BitDepth);
        if (image.BitDepth == 8)
        {
            Pick<byte>(image.Data8[(image.Channels - 1)..], image.Channels, alpha.Data8, 1);
        }
        else
        {
            Pick<ushort>(image.Data16[(image.Channels - 1)..], image.Channels, alpha.Data16, 1);
        }

        return alpha;
    }

    private static Image WithAlpha(Image color, Image alpha)
    {
        int channels = color.Channels + 1;
        var result = new Image(color.Width, color.Height, channels, color.BitDepth);
        for (int c = 0; c < channels; c++)
        {
            (Image from, int first) = c < color.Channels ? (color, c) : (alpha, 0);
            if (color.BitDepth == 8)
            {
                Pick<byte>(from.Data8[first..], from.Channels, result.Data8[c..], channels);
            }
            else
            {
                Pick<ushort>(from.Data16[first..], from.Channels, result.Data16[c..], channels);
            }
        }

        return result;
    }

    // One channel of pixels into one of others.
    private static void Pick<T>(ReadOnlySpan<T> from, int fromStep, Span<T> to, int toStep)
    {
        for (int i = 0, o = 0; i < from.Length; i += fromStep, o += toStep)
        {
            to[o] = from[i];
        }
    }

    /// <summary>Counts the groups of layers of all tiles.</summary>
    private sealed class Steps(IProgress<UpscaleProgress>? progress, int tiles, int groups, CancellationToken cancel)
    {
        private int _done;

        public void Observe(string name, Tensor output)
        {
            cancel.ThrowIfCancellationRequested();
            if (name.StartsWith("group", StringComparison.Ordinal))
            {
                Count();
            }
        }

        public void Count() => progress?.Report(new(++_done, tiles * (groups + 1), tiles));
    }
}
