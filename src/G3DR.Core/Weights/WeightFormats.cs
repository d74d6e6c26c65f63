namespace G3DR.Core.Weights;

/// <summary>Kinds of weights files.</summary>
internal enum WeightFormat
{
    /// <summary>A safetensors file.</summary>
    Safetensors,

    /// <summary>A PyTorch checkpoint, as a zip archive or in the older format.</summary>
    PyTorch,
}

/// <summary>Tells kinds of files apart by their first bytes.</summary>
internal static class WeightFormats
{
    // A safetensors header begins behind its length.
    private const int HeaderStart = 8;

    /// <summary>The kind of a file; the stream stays anywhere.</summary>
    /// <exception cref="WeightsFormatException">It is none, with a guess of what it is.</exception>
    public static WeightFormat Recognise(FileStream stream, string path)
    {
        if (!stream.CanSeek)
        {
            throw new IOException($"Cannot read '{path}' as weights: it is a pipe. Save it as a file first.");
        }

        Span<byte> buffer = stackalloc byte[512];
        ReadOnlySpan<byte> start = buffer[..stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)];
        if (start.StartsWith("PK\u0003\u0004"u8) || (start.Length >= 4 && start[0] == 0x80 && start[1] is >= 2 and <= 5))
        {
            return WeightFormat.PyTorch;
        }

        if (start.Length > HeaderStart && start[HeaderStart] == (byte)'{' && start[7] == 0)
        {
            return WeightFormat.Safetensors;
        }

        throw new WeightsFormatException($"{path} is no weights file ({stream.Length} bytes): it is neither safetensors nor a PyTorch checkpoint.{Guess(start)}");
    }

    /// <summary>Names the usual mistakes; empty where nothing is known.</summary>
    public static string Guess(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("PK\u0003\u0004"u8))
        {
            return " It looks like a zip archive, perhaps a PyTorch checkpoint (.pt).";
        }

        if (start.StartsWith("version "u8))
        {
            return " It looks like a git-lfs pointer: fetch the file itself with 'git lfs pull'.";
        }

        return start switch
        {
            [] => " It is empty: perhaps a download that failed.",
            [(byte)'<', ..] => " It looks like a web page, perhaps a failed download.",
            [(byte)'{', ..] => " It looks like JSON.",
            _ => string.Empty,
        };
    }
}
