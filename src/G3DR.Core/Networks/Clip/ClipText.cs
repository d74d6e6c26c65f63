using System.Globalization;
using System.Text;

namespace G3DR.Core.Networks;

/// <summary>What CLIP's tokenizer does to a text before it looks words up: <c>clip/simple_tokenizer.py</c> of openai/CLIP, without ftfy.</summary>
internal static class ClipText
{
    private static readonly string[] s_markers = [ClipTokenizer.StartMarker, ClipTokenizer.EndMarker];
    private static readonly string[] s_contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    /// <summary>HTML references replaced twice, one space for any white space, none around, lower case.</summary>
    public static string Clean(string text)
    {
        string unescaped = HtmlEntities.Unescape(HtmlEntities.Unescape(WellFormed(text)));
        return FullLowercase.Of(Strip(Collapse(Strip(unescaped))));
    }

    /// <summary>Cuts a clean text into words: markers, English contractions, runs of letters, single digits, runs of anything else but white space.</summary>
    public static IEnumerable<string> Words(string text)
    {
        for (int start = 0; start < text.Length;)
        {
            int length = Fixed(text, start);
            if (length == 0)
            {
                (WordClass kind, length) = ClassAt(text, start);
                if (kind is WordClass.Space)
                {
                    start += length;
                    continue;
                }

                while (kind is not WordClass.Digit && start + length < text.Length && ClassAt(text, start + length) is (WordClass next, int more) && next == kind)
                {
                    length += more;
                }
            }

            yield return text.Substring(start, length);
            start += length;
        }
    }

    // A surrogate that stands alone has no place in UTF-8.
    private static string WellFormed(string text)
    {
        foreach (char character in text)
        {
            if (char.IsSurrogate(character))
            {
                return string.Concat(text.EnumerateRunes());
            }
        }

        return text;
    }

    // Python's strip takes the separators of ASCII as well, which \s does not.
    private static string Strip(string text)
    {
        int start = 0, end = text.Length;
        while (start < end && IsStripped(text[start]))
        {
            start++;
        }

        while (end > start && IsStripped(text[end - 1]))
        {
            end--;
        }

        return text[start..end];
    }

    private static bool IsStripped(char character) => char.IsWhiteSpace(character) || character is >= '\u001C' and <= '\u001F';

    private static string Collapse(string text)
    {
        var result = new StringBuilder(text.Length);
        bool wasSpace = false;
        foreach (char character in text)
        {
            bool isSpace = char.IsWhiteSpace(character);
            if (!isSpace || !wasSpace)
            {
                result.Append(isSpace ? ' ' : character);
            }

            wasSpace = isSpace;
        }

        return result.ToString();
    }

    // Length of the marker or contraction that begins here.
    private static int Fixed(string text, int start) => text[start] switch
    {
        '<' => Longest(s_markers, text.AsSpan(start)),
        '\'' => Longest(s_contractions, text.AsSpan(start)),
        _ => 0,
    };

    private static int Longest(string[] candidates, ReadOnlySpan<char> text)
    {
        foreach (string candidate in candidates)
        {
            if (StartsWith(text, candidate))
            {
                return candidate.Length;
            }
        }

        return 0;
    }

    // The text is in lower case; what is left of "ignore case" is the long s, which Unicode folds to s.
    private static bool StartsWith(ReadOnlySpan<char> text, string candidate)
    {
        if (text.Length < candidate.Length)
        {
            return false;
        }

        for (int i = 0; i < candidate.Length; i++)
        {
            if (text[i] != candidate[i] && !(candidate[i] == 's' && text[i] == '\u017F'))
            {
                return false;
            }
        }

        return true;
    }

    private static (WordClass Kind, int Length) ClassAt(string text, int index)
    {
        var rune = Rune.GetRuneAt(text, index);
        WordClass kind = Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => WordClass.Digit,
            _ when Rune.IsLetter(rune) => WordClass.Letter,
            _ when Rune.IsWhiteSpace(rune) => WordClass.Space,
            _ => WordClass.Other,
        };
        return (kind, rune.Utf16SequenceLength);
    }

    private enum WordClass
    {
        Space,
        Letter,
        Digit,
        Other,
    }
}
