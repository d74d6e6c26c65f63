using System.IO.Compression;
using System.Text;
using System.Text.Json;
using G3DR.Core.Networks;
using G3DR.Tests.Support;

namespace G3DR.Tests.Networks;

/// <summary>Small vocabularies, in the forms in which the published one comes.</summary>
internal static class ClipVocabularyFiles
{
    public const string EndOfWord = "</w>";

    /// <summary>Numbers of bytes, plain and at the end of a word, come first.</summary>
    public const int FirstMerge = 512;

    /// <summary>A list of merges, compressed.</summary>
    public static string WriteList(TemporaryFolder folder, params IEnumerable<string> merges)
    {
        string path = folder.PathOf("bpe_simple_vocab_16e6.txt.gz");
        using var stream = new GZipStream(File.Create(path), CompressionLevel.Fastest);
        stream.Write(Encoding.UTF8.GetBytes(string.Join('\n', ["#version: 0.2", .. merges, string.Empty])));
        return path;
    }

    /// <summary>Symbols and merges in two files; the symbols have the numbers of the list, plus an offset.</summary>
    public static string WritePair(TemporaryFolder folder, int offset, params string[] merges)
    {
        IEnumerable<string> bytes = ByteSymbols().Select(symbol => symbol.ToString());
        IEnumerable<string> symbols =
        [
            .. bytes, .. bytes.Select(symbol => symbol + EndOfWord), .. merges.Select(merge => merge.Replace(" ", string.Empty, StringComparison.Ordinal)),
            "<|startoftext|>", "<|endoftext|>",
        ];
        string path = folder.PathOf("vocab.json");
        File.WriteAllText(path, JsonSerializer.Serialize(symbols.Select((symbol, id) => (symbol, id)).ToDictionary(entry => entry.symbol, entry => entry.id + offset)));
        File.WriteAllLines(folder.PathOf("merges.txt"), ["#version: 0.2", .. merges]);
        return path;
    }

    public static ClipTokenizer Open(params IEnumerable<string> merges)
    {
        using var folder = new TemporaryFolder();
        return ClipTokenizer.Open(WriteList(folder, merges));
    }

    /// <summary>Number of an ASCII character, at the end of a word or not.</summary>
    public static int Id(char character, bool last = false) => character - '!' + (last ? 256 : 0);

    // GPT-2's table of bytes: printable ones stand for themselves, the others for the characters from U+0100 on.
    private static IEnumerable<char> ByteSymbols() =>
        Enumerable.Range('!', 94).Concat(Enumerable.Range(0xA1, 12)).Concat(Enumerable.Range(0xAE, 82)).Concat(Enumerable.Range(0x100, 68)).Select(value => (char)value);
}
