namespace G3DR.Core.Imaging;

/// <summary>Reads, and possibly writes, one picture format. The place where another imaging library can be plugged in.</summary>
public interface IImageCodec
{
    /// <summary>Name of the format as messages show it, for example "PNG".</summary>
    string Name { get; }

    /// <summary>Whether <see cref="Encode"/> is available.</summary>
    bool CanEncode { get; }

    /// <summary>Whether the file's first bytes are this format's signature.</summary>
    /// <param name="data">The start of the file, or all of it; may be shorter than the signature.</param>
    /// <returns>True if this codec should decode the file.</returns>
    bool Recognizes(ReadOnlySpan<byte> data);

    /// <summary>Decodes a whole file.</summary>
    /// <param name="data">The file's bytes.</param>
    /// <param name="options">Limits and orientation.</param>
    /// <returns>The picture.</returns>
    /// <exception cref="ImageFormatException">The file is damaged, not supported or beyond the limits.</exception>
    Image Decode(ReadOnlySpan<byte> data, ImageLoadOptions options);

    /// <summary>Encodes a picture.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="output">Receives the file; it is not closed.</param>
    /// <exception cref="NotSupportedException"><see cref="CanEncode"/> is false.</exception>
    void Encode(Image image, Stream output);
}
