using G3DR.Core.IO;

namespace G3DR.Core.Imaging;

/// <summary>
/// A picture in memory: height x width x channels, interleaved, row-major, row 0 at the top, 8 or 16 bits per channel.
/// Channels: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA. Alpha is not premultiplied; values are as in the file (sRGB in practice, no colour management).
/// </summary>
public sealed partial class Image
{
    private readonly byte[]? _data8;
    private readonly ushort[]? _data16;

    /// <summary>Creates a black (and, with alpha, fully transparent) picture.</summary>
    /// <param name="width">Width in pixels, at least 1.</param>
    /// <param name="height">Height in pixels, at least 1.</param>
    /// <param name="channels">1 grey, 2 grey and alpha, 3 RGB, 4 RGBA.</param>
    /// <param name="bitDepth">8 or 16.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive, or channels or depth are not of the values named.</exception>
    public Image(int width, int height, int channels, int bitDepth = 8)
        : this(width, height, channels)
    {
        if (bitDepth is not (8 or 16))
            throw new ArgumentOutOfRangeException(nameof(bitDepth), bitDepth, "The bit depth must be 8 or 16.");
        long count = (long)width * height * channels;
        if (count > Array.MaxLength)
            throw new ArgumentOutOfRangeException(nameof(width), $"{width} x {height} x {channels} values do not fit into one array of at most {Array.MaxLength}.");
        if (bitDepth == 8)
            _data8 = new byte[count];
        else
            _data16 = new ushort[count];
    }

    /// <summary>Wraps 8-bit data without copying it.</summary>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="channels">1 grey, 2 grey and alpha, 3 RGB, 4 RGBA.</param>
    /// <param name="data">height * width * channels values; the picture keeps this array.</param>
    /// <exception cref="ArgumentException">The array's length does not fit the dimensions.</exception>
    public Image(int width, int height, int channels, byte[] data)
        : this(width, height, channels)
    {
        ArgumentNullException.ThrowIfNull(data);
        CheckLength(data.Length, width, height, channels, nameof(data));
        _data8 = data;
    }

    /// <summary>Wraps 16-bit data without copying it.</summary>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="channels">1 grey, 2 grey and alpha, 3 RGB, 4 RGBA.</param>
    /// <param name="data">height * width * channels values; the picture keeps this array.</param>
    /// <exception cref="ArgumentException">The array's length does not fit the dimensions.</exception>
    public Image(int width, int height, int channels, ushort[] data)
        : this(width, height, channels)
    {
        ArgumentNullException.ThrowIfNull(data);
        CheckLength(data.Length, width, height, channels, nameof(data));
        _data16 = data;
    }

    private Image(int width, int height, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        if (channels is < 1 or > 4)
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "A picture has 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGBA) channels.");
        Width = width;
        Height = height;
        Channels = channels;
    }

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>Values per pixel: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA.</summary>
    public int Channels { get; }

    /// <summary>Bits per value: 8 or 16.</summary>
    public int BitDepth => _data8 is null ? 16 : 8;

    /// <summary>Whether the last channel is alpha.</summary>
    public bool HasAlpha => Channels is 2 or 4;

    /// <summary>The values of an 8-bit picture, (height, width, channels). Writing to it changes the picture.</summary>
    /// <exception cref="InvalidOperationException">The picture has 16 bits.</exception>
    public Span<byte> Data8 => _data8 ?? throw new InvalidOperationException($"{this} has no 8-bit data; convert it with To8Bit().");

    /// <summary>The values of a 16-bit picture, (height, width, channels), native byte order. Writing to it changes the picture.</summary>
    /// <exception cref="InvalidOperationException">The picture has 8 bits.</exception>
    public Span<ushort> Data16 => _data16 ?? throw new InvalidOperationException($"{this} has no 16-bit data; convert it with To16Bit().");

    /// <summary>Reads a PNG or JPEG file.</summary>
    /// <param name="path">The file; its kind is taken from its content, not from its name.</param>
    /// <param name="options">Limits, orientation, codecs; null for the defaults.</param>
    /// <returns>The picture.</returns>
    /// <exception cref="ImageFormatException">The file is not a readable picture; the message names the file and the reason.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Image Load(string path, ImageLoadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.SequentialScan);
        try
        {
            return Load(stream, options);
        }
        catch (ImageFormatException e)
        {
            throw new ImageFormatException($"'{path}': {e.Message}", e);
        }
    }

    /// <summary>Reads a PNG or JPEG picture from a stream, up to the stream's end.</summary>
    /// <param name="stream">The stream; it need not be seekable and is not closed.</param>
    /// <param name="options">Limits, orientation, codecs; null for the defaults.</param>
    /// <returns>The picture.</returns>
    /// <exception cref="ImageFormatException">The stream is not a readable picture.</exception>
    public static Image Load(Stream stream, ImageLoadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        options ??= ImageLoadOptions.Default;
        long limit = options.Limits.MaxFileBytes;
        if (stream.CanSeek && stream.Length - stream.Position > limit)
            throw new ImageFormatException($"The file has {stream.Length - stream.Position} bytes, more than the limit of {limit} (ImageLimits.MaxFileBytes).");
        using var buffer = new MemoryStream(stream.CanSeek ? (int)Math.Min(stream.Length - stream.Position, Array.MaxLength) : 0);
        byte[] block = new byte[81920];
        int read;
        while ((read = stream.Read(block)) > 0)
        {
            if (buffer.Length + read > limit)
                throw new ImageFormatException($"The stream has more than the limit of {limit} bytes (ImageLimits.MaxFileBytes).");
            buffer.Write(block, 0, read);
        }
        return Load(buffer.GetBuffer().AsSpan(0, (int)buffer.Length), options);
    }

    /// <summary>Reads a PNG or JPEG picture from memory.</summary>
    /// <param name="data">The whole file.</param>
    /// <param name="options">Limits, orientation, codecs; null for the defaults.</param>
    /// <returns>The picture.</returns>
    /// <exception cref="ImageFormatException">The data is not a readable picture; for an unsupported kind the message says which kind it looks like.</exception>
    public static Image Load(ReadOnlySpan<byte> data, ImageLoadOptions? options = null)
    {
        options ??= ImageLoadOptions.Default;
        foreach (IImageCodec codec in options.Codecs)
        {
            if (codec.Recognizes(data))
                return codec.Decode(data, options);
        }
        string readable = string.Join(" or ", options.Codecs.Select(codec => codec.Name));
        throw new ImageFormatException($"Need a {readable} picture, but this looks like {ImageSignature.Describe(data)}.");
    }

    /// <summary>Writes the picture as PNG. The file appears at once or not at all (<see cref="AtomicFile"/>).</summary>
    /// <param name="path">The file to create or replace.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SavePng(string path) => AtomicFile.Write(path, SavePng);

    /// <summary>Writes the picture as PNG.</summary>
    /// <param name="stream">Receives the file; it is not closed.</param>
    public void SavePng(Stream stream) => new PngCodec().Encode(this, stream);

    /// <summary>Describes the picture, for example "256 x 256 RGB, 8 bits".</summary>
    /// <returns>The description.</returns>
    public override string ToString() =>
        $"{Width} x {Height} {Channels switch { 1 => "grey", 2 => "grey+alpha", 3 => "RGB", _ => "RGBA" }}, {BitDepth} bits";

    private static void CheckLength(int length, int width, int height, int channels, string parameter)
    {
        long needed = (long)width * height * channels;
        if (length != needed)
            throw new ArgumentException($"Got {length} values, need {height} x {width} x {channels} = {needed}.", parameter);
    }
}
