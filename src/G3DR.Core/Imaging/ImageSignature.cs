using System.Text;

namespace G3DR.Core.Imaging;

/// <summary>Guesses what a file is that no codec recognised, so that the error can name it.</summary>
internal static class ImageSignature
{
    private static readonly (byte[] Start, string Description)[] KnownStarts =
    [
        ("GIF8"u8.ToArray(), "a GIF picture"),
        ("BM"u8.ToArray(), "a BMP picture"),
        ("II*\0"u8.ToArray(), "a TIFF picture"),
        ("MM\0*"u8.ToArray(), "a TIFF picture"),
        ([0x76, 0x2F, 0x31, 0x01], "an OpenEXR picture"),
        ("8BPS"u8.ToArray(), "a Photoshop document"),
        ("%PDF"u8.ToArray(), "a PDF document"),
        ("PK\x3\x4"u8.ToArray(), "a ZIP archive"),
        ([0x1F, 0x8B], "a gzip archive"),
        ([0, 0, 1, 0], "an ICO picture"),
        ([0, 0, 0, 0x0C, (byte)'j', (byte)'P'], "a JPEG 2000 picture"),
        ([0xFF, 0x0A], "a JPEG XL picture"),
        ([0, 0, 0, 0x0C, (byte)'J', (byte)'X', (byte)'L'], "a JPEG XL picture"),
        ("version https://git-lfs"u8.ToArray(), "a Git LFS pointer (the file itself was not downloaded)"),
        ([0x89, (byte)'P', (byte)'N', (byte)'G'], "a PNG picture whose signature was damaged, as by a text-mode transfer"),
    ];

    /// <summary>Says in words what the file looks like, for example "a GIF picture".</summary>
    public static string Describe(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
            return "an empty file";
        foreach ((byte[] start, string description) in KnownStarts)
        {
            if (data.StartsWith(start))
                return description;
        }
        if (data.Length >= 12 && data[..4].SequenceEqual("RIFF"u8) && data[8..12].SequenceEqual("WEBP"u8))
            return "a WebP picture";
        if (data.Length >= 12 && data[4..8].SequenceEqual("ftyp"u8))
            return data[8..12].SequenceEqual("avif"u8) ? "an AVIF picture" : "an HEIF picture or MP4 film";
        if (data.Length >= 3 && data[0] == (byte)'P' && data[1] is >= (byte)'1' and <= (byte)'7' && char.IsWhiteSpace((char)data[2]))
            return "a PNM picture";
        return DescribeText(data) ?? $"an unknown kind of file (it starts with the bytes {Convert.ToHexString(data[..Math.Min(8, data.Length)])})";
    }

    private static string? DescribeText(ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<byte> head = data[..Math.Min(256, data.Length)];
        if (head.StartsWith(Encoding.UTF8.Preamble))
            head = head[3..];
        foreach (byte b in head)
        {
            if (b < 9 || (b > 13 && b < 32 && b != 27))
                return null;
        }
        string text = Encoding.Latin1.GetString(head).TrimStart();
        if (text.StartsWith("<svg", StringComparison.OrdinalIgnoreCase))
            return "an SVG drawing";
        if (text.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) || text.StartsWith("<html", StringComparison.OrdinalIgnoreCase))
            return "an HTML page (often a download that was answered with an error page)";
        if (text.StartsWith('<'))
            return "an XML or HTML document";
        return text.StartsWith('{') ? "a JSON document" : "a text file";
    }
}
