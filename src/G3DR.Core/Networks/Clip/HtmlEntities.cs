using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace G3DR.Core.Networks;

/// <summary>
/// Character references of HTML5 to the characters they stand for, by the rules of the standard (13.2.5.72 to 13.2.5.80): all names, those that need no semicolon also as
/// the start of a longer text, and the characters that Windows-1252 has where C1 control characters would be. <see cref="System.Net.WebUtility"/> knows a part of them.
/// </summary>
internal static class HtmlEntities
{
    // The longest name that is looked for, without its semicolon.
    private const int LongestName = 32;
    private const int HighestCodePoint = 0x10FFFF;
    private const string Replacement = "\uFFFD";

    // The bytes 0x80 to 0x9F of Windows-1252; those that it leaves open stand for themselves.
    private const string Windows1252 =
        "\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u008D\u017D\u008F\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u009D\u017E\u0178";

    private static readonly FrozenDictionary<string, string> s_names = ReadNames();

    /// <summary>The text with every reference replaced once.</summary>
    public static string Unescape(string text)
    {
        int next = text.IndexOf('&', StringComparison.Ordinal);
        if (next < 0)
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        int copied = 0;
        while (next >= 0)
        {
            int length = 1;
            if (Reference(text.AsSpan(next + 1), out int read) is { } characters)
            {
                result.Append(text, copied, next - copied).Append(characters);
                length += read;
                copied = next + length;
            }

            next = text.IndexOf('&', next + length);
        }

        return result.Append(text, copied, text.Length - copied).ToString();
    }

    // What stands behind an ampersand, and how much of it belongs to the reference; null where there is none.
    private static string? Reference(ReadOnlySpan<char> text, out int read) =>
        text is ['#', ..] ? Number(text, out read) : Name(text, out read);

    private static string? Number(ReadOnlySpan<char> text, out int read)
    {
        bool hexadecimal = text is ['#', 'x' or 'X', ..];
        int start = hexadecimal ? 2 : 1, end = start;
        long value = 0;
        while (end < text.Length && (hexadecimal ? char.IsAsciiHexDigit(text[end]) : char.IsAsciiDigit(text[end])))
        {
            // Held just above what a code point may be: the number of digits has no limit.
            value = Math.Min((value * (hexadecimal ? 16 : 10)) + Digit(text[end]), HighestCodePoint + 1);
            end++;
        }

        read = end < text.Length && text[end] == ';' ? end + 1 : end;
        return end == start ? null : Character((int)value);
    }

    private static int Digit(char digit) => char.IsAsciiDigit(digit) ? digit - '0' : char.ToUpperInvariant(digit) - 'A' + 10;

    private static string Character(int value) => value switch
    {
        0 or > HighestCodePoint or (>= 0xD800 and <= 0xDFFF) => Replacement,
        '\r' => "\r",
        >= 0x80 and <= 0x9F => Windows1252[value - 0x80].ToString(),
        (>= 0x1 and <= 0x8) or 0xB or (>= 0xE and <= 0x1F) or 0x7F or (>= 0xFDD0 and <= 0xFDEF) => string.Empty,
        _ when (value & 0xFFFE) == 0xFFFE => string.Empty,
        _ => char.ConvertFromUtf32(value),
    };

    private static string? Name(ReadOnlySpan<char> text, out int read)
    {
        FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> names = s_names.GetAlternateLookup<ReadOnlySpan<char>>();
        int length = 0;
        while (length < Math.Min(text.Length, LongestName) && !IsEnd(text[length]))
        {
            length++;
        }

        if (length < text.Length && text[length] == ';' && names.TryGetValue(text[..(length + 1)], out string? whole))
        {
            read = length + 1;
            return whole;
        }

        // Names that need no semicolon, the longest first; all have two letters at least.
        for (read = length; read > 1; read--)
        {
            if (names.TryGetValue(text[..read], out string? start))
            {
                return start;
            }
        }

        return null;
    }

    private static bool IsEnd(char character) => character is '\t' or '\n' or '\f' or ' ' or '<' or '&' or '#' or ';';

    // A line holds a name, with its semicolon where it needs one, and the code points; a name that needs none may have one.
    private static FrozenDictionary<string, string> ReadNames()
    {
        using Stream stream = typeof(HtmlEntities).Assembly.GetManifestResourceStream("html5-entities.txt")!;
        using var reader = new StreamReader(stream);
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            string[] parts = line.Split(' ');
            string characters = string.Concat(parts[1..].Select(part => char.ConvertFromUtf32(int.Parse(part, NumberStyles.HexNumber, CultureInfo.InvariantCulture))));
            names.Add(parts[0], characters);
            if (!parts[0].EndsWith(';'))
            {
                names.Add(parts[0] + ";", characters);
            }
        }

        return names.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
