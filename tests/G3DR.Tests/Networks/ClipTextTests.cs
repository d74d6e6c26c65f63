using System.Text;
using G3DR.Core.Networks;

namespace G3DR.Tests.Networks;

/// <summary>What becomes of a text before it is tokenized; expected values are those of CPython 3.11.</summary>
public class ClipTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData(" a\t\r\n b\u3000\u2003c\u00A0", "a b c")]
    [InlineData("\u001C\u001Fa\u001Cb\u001D", "a\u001Cb")]
    [InlineData("zero\u200Bwidth", "zero\u200Bwidth")]
    [InlineData("&lt;b&gt; &amp;amp; &AMP;lt; &eacute &notit; &NotEqualTilde; &nosuch; &am &", "<b> & < é ¬it; ≂̸ &nosuch; &am &")]
    [InlineData("&CounterClockwiseContourIntegral;&ac;&acE;&bne;&fjlig;&Aacute;&aacute", "∳∾∾̳=⃥fjáá")]
    [InlineData("&#65;&#x42&#X43;&#128;&#x81;&#0;&#xD800;&#1114112;&#99999999999999999999;x&#1;&#xFFFE;&#127;y&#;&#x;", "abc€\u0081\uFFFD\uFFFD\uFFFD\uFFFDxy&#;&#x;")]
    [InlineData("&#38;#38;lt;", "&lt;")]
    [InlineData("ΑΣ ΣΑΣ ΑΣ. ΑΣΑ Σ ΑΣ'Σ 1Σ ⅠΣ AΣ\u0301", "ας σας ας. ασα σ ασ'ς 1σ ⅰς aς\u0301")]
    [InlineData("İI K Å Ω ẞ ſ Ǆ ǅ 𐐀 Ⓐ ꟊ", "i\u0307i k å ω ß ſ ǆ ǆ 𐐨 ⓐ ꟊ")]
    public void Texts_are_cleaned_as_the_reference_does(string text, string expected)
    {
        Assert.Equal(expected, ClipTokenizer.Clean(text));
    }

    // Such texts do not pass through the attributes of a theory.
    [Fact]
    public void A_surrogate_without_its_other_half_is_replaced() => Assert.Equal("a\uFFFDb😀\uFFFD", ClipTokenizer.Clean("a\uD800b\uD83D\uDE00\uDC00"));

    [Fact]
    public void Lower_case_is_that_of_the_reference()
    {
        // FNV-1a over all code points that change and what they become: from CPython, over blocks that Unicode has not added to since.
        uint hash = 0x811C9DC5;
        int changed = 0;
        foreach (int value in (int[])[.. Enumerable.Range(0xA1, 0x1B5F), .. Enumerable.Range(0x1D00, 0xF00), .. Enumerable.Range(0x10400, 0x50)])
        {
            string character = char.ConvertFromUtf32(value), lower = ClipTokenizer.Clean(character);
            if (lower != character && lower.Length > 0)
            {
                changed++;
                foreach (Rune rune in (character + lower).EnumerateRunes())
                {
                    hash = (hash ^ (uint)rune.Value) * 0x01000193;
                }
            }
        }

        Assert.Equal((876, 714778268u), (changed, hash));
    }
}
