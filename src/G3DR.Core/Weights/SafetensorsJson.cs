using System.Globalization;
using System.Text;

namespace G3DR.Core.Weights;

/// <summary>
/// Writes header JSON as the official library's serde_json does: no spaces, only quotes, backslashes and control
/// characters escaped. System.Text.Json escapes more, so its bytes would differ for names outside ASCII.
/// </summary>
internal static class SafetensorsJson
{
    // Throws on half a surrogate pair instead of writing a replacement character.
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static byte[] Utf8(string text)
    {
        try
        {
            return Strict.GetBytes(text);
        }
        catch (EncoderFallbackException e)
        {
            throw new ArgumentException($"{SafetensorsHeader.Quote(text)} is not valid Unicode.", nameof(text), e);
        }
    }

    /// <summary>The text of UTF-8 bytes.</summary>
    /// <exception cref="DecoderFallbackException">They are none.</exception>
    public static string Text(ReadOnlySpan<byte> utf8) => Strict.GetString(utf8);

    public static void WriteMetadata(Stream json, IDictionary<string, string> metadata)
    {
        WriteString(json, SafetensorsHeader.MetadataKey);
        json.WriteByte((byte)':');
        char separator = '{';
        foreach ((string key, string value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            json.WriteByte((byte)separator);
            WriteString(json, key);
            json.WriteByte((byte)':');
            WriteString(json, value);
            separator = ',';
        }

        json.WriteByte((byte)'}');
    }

    public static void WriteEntry(Stream json, string name, WeightDtype dtype, long[] shape, long begin, long end)
    {
        WriteString(json, name);
        json.Write(Utf8(string.Create(
            CultureInfo.InvariantCulture,
            $$""":{"dtype":"{{dtype.SafetensorsName()}}","shape":[{{string.Join(',', shape)}}],"data_offsets":[{{begin}},{{end}}]}""")));
    }

    private static void WriteString(Stream json, string text)
    {
        var escaped = new StringBuilder(text.Length + 2).Append('"');
        foreach (char c in text)
        {
            _ = c switch
            {
                '"' => escaped.Append("\\\""),
                '\\' => escaped.Append("\\\\"),
                '\b' => escaped.Append("\\b"),
                '\f' => escaped.Append("\\f"),
                '\n' => escaped.Append("\\n"),
                '\r' => escaped.Append("\\r"),
                '\t' => escaped.Append("\\t"),
                < ' ' => escaped.Append("\\u00").Append(((int)c).ToString("x2", CultureInfo.InvariantCulture)),
                _ => escaped.Append(c),
            };
        }

        json.Write(Utf8(escaped.Append('"').ToString()));
    }
}
