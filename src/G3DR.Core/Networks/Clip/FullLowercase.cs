using System.Globalization;
using System.Text;

namespace G3DR.Core.Networks;

/// <summary>
/// Lower case with the two rules of Unicode's SpecialCasing that hold in every language, as Python's <c>str.lower</c>: a capital I with a dot becomes two characters, and
/// a capital sigma at the end of a word becomes the final one. <see cref="string.ToLowerInvariant"/> maps characters one by one.
/// </summary>
internal static class FullLowercase
{
    private const char CapitalSigma = '\u03A3', Sigma = '\u03C3', FinalSigma = '\u03C2', DottedCapitalI = '\u0130', KelvinSign = '\u212A';

    /// <summary>The text in lower case; it must be well-formed UTF-16.</summary>
    public static string Of(string text)
    {
        Rune[] runes = [.. text.EnumerateRunes()];
        var result = new StringBuilder(text.Length);
        for (int i = 0; i < runes.Length; i++)
        {
            // .NET leaves the two that would become ASCII letters as they are.
            result.Append(runes[i].Value switch
            {
                DottedCapitalI => "i\u0307",
                KelvinSign => "k",
                CapitalSigma => (EndsWord(runes, i) ? FinalSigma : Sigma).ToString(),
                _ => Rune.ToLowerInvariant(runes[i]).ToString(),
            });
        }

        return result.ToString();
    }

    // Unicode's condition Final_Sigma: a cased letter before, none behind, whatever does not count in between.
    private static bool EndsWord(Rune[] runes, int sigma)
    {
        int before = sigma - 1, behind = sigma + 1;
        while (before >= 0 && IsIgnorable(runes[before]))
        {
            before--;
        }

        if (before < 0 || !IsCased(runes[before]))
        {
            return false;
        }

        while (behind < runes.Length && IsIgnorable(runes[behind]))
        {
            behind++;
        }

        return behind == runes.Length || !IsCased(runes[behind]);
    }

    // Case_Ignorable: the categories, and the punctuation that stands inside of words.
    private static bool IsIgnorable(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol => true,
        _ => rune.Value is '\'' or '.' or ':' or 0xB7 or 0x387 or 0x55F or 0x5F4 or 0x2018 or 0x2019 or 0x2024 or 0x2027 or 0xFE13 or 0xFE52 or 0xFE55 or 0xFF07 or 0xFF0E or 0xFF1A,
    };

    // Cased: letters with case, ordinal indicators, Roman numerals, letters in circles and squares.
    private static bool IsCased(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter => true,
        _ => rune.Value is 0xAA or 0xBA or (>= 0x2160 and <= 0x217F) or (>= 0x24B6 and <= 0x24E9)
            or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189),
    };
}
