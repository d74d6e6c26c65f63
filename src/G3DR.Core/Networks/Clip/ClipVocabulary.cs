using System.IO.Compression;
using System.Text;
using System.Text.Json;
using G3DR.Core.Weights;

namespace G3DR.Core.Networks;

/// <summary>Symbols and merges of a byte-pair encoding, as files hold them.</summary>
/// <param name="Ids">Numbers of the symbols.</param>
/// <param name="Merges">Pairs of symbols that become one, the most frequent first.</param>
internal sealed record ClipVocabulary(IReadOnlyDictionary<string, int> Ids, IReadOnlyList<(string First, string Second)> Merges)
{
    /// <summary>Files that a folder may hold: the first two together, or one of the others.</summary>
    public const string SymbolsFile = "vocab.json", MergesFile = "merges.txt";

    // Of 49,408 symbols: without the 256 bytes, the same at the end of a word, and the markers. The published list is longer.
    private const int UsedMerges = 49408 - 256 - 256 - 2;

    // The published list has 3.2 MB.
    private const int LongestList = 1 << 24;

    private static readonly string[] s_lists = ["bpe_simple_vocab_16e6.txt.gz", "bpe_simple_vocab_16e6.txt"];

    /// <summary>Symbols of the 256 bytes: printable characters for themselves, the characters from U+0100 on for the others. In the order of their numbers.</summary>
    public static IReadOnlyList<(byte Value, char Symbol)> Bytes { get; } = ByteSymbols();

    /// <summary>What a folder holds of a vocabulary: a path for <see cref="Read"/>; null if nothing.</summary>
    public static string? FindIn(string folder) =>
        File.Exists(Path.Combine(folder, SymbolsFile)) && File.Exists(Path.Combine(folder, MergesFile))
            ? Path.Combine(folder, SymbolsFile)
            : s_lists.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>Reads a vocabulary.</summary>
    /// <param name="path">The list of merges, compressed or not; or the symbols, beside which the merges lie; or a folder.</param>
    /// <exception cref="WeightsFormatException">It is malformed.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ClipVocabulary Read(string path)
    {
        if (Directory.Exists(path))
        {
            return Read(FindIn(path) ?? throw new FileNotFoundException($"The folder {path} holds no vocabulary: {SymbolsFile} and {MergesFile}, or {s_lists[0]}."));
        }

        if (path.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            string merges = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, MergesFile);
            return new(ReadSymbols(path), ReadMerges(merges));
        }

        List<(string First, string Second)> list = ReadMerges(path);
        return new(Number(list), list);
    }

    // Bytes, bytes at the end of a word, merges, markers.
    private static Dictionary<string, int> Number(List<(string First, string Second)> merges)
    {
        IEnumerable<string> bytes = Bytes.Select(entry => entry.Symbol.ToString());
        string[] symbols =
        [
            .. bytes, .. bytes.Select(symbol => symbol + BytePairEncoder.EndOfWord), .. merges.Select(merge => merge.First + merge.Second),
            ClipTokenizer.StartMarker, ClipTokenizer.EndMarker,
        ];
        var ids = new Dictionary<string, int>(symbols.Length, StringComparer.Ordinal);
        for (int id = 0; id < symbols.Length; id++)
        {
            ids[symbols[id]] = id;
        }

        return ids;
    }

    private static Dictionary<string, int> ReadSymbols(string path)
    {
        using JsonDocument document = WeightJson.Read(path);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new WeightsFormatException($"{path} is no vocabulary: needed is an object of symbols and their numbers.");
        }

        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (JsonProperty entry in document.RootElement.EnumerateObject())
        {
            ids.Add(entry.Name, entry.Value.ValueKind == JsonValueKind.Number && entry.Value.TryGetInt32(out int id) && id >= 0
                ? id
                : throw new WeightsFormatException($"{path}: the symbol {SafetensorsHeader.Quote(entry.Name)} needs a number from 0 on."));
        }

        return ids;
    }

    private static List<(string First, string Second)> ReadMerges(string path)
    {
        List<(string First, string Second)> merges = [];
        using StringReader reader = new(ReadText(path));

        // A line that tells the version.
        reader.ReadLine();
        for (int number = 2; merges.Count < UsedMerges && reader.ReadLine() is { } line; number++)
        {
            string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            switch (parts.Length)
            {
                case 0:
                    break;
                case 2:
                    merges.Add((parts[0], parts[1]));
                    break;
                default:
                    throw new WeightsFormatException($"{path} is no list of merges: line {number} has {parts.Length} symbols instead of 2.");
            }
        }

        return merges.Count > 0 ? merges : throw new WeightsFormatException($"{path} is no list of merges: behind its first line there is nothing.");
    }

    private static string ReadText(string path)
    {
        using FileStream file = File.OpenRead(path);
        bool compressed = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;
        using Stream stream = compressed ? new GZipStream(file, CompressionMode.Decompress) : file;
        byte[] bytes = new byte[LongestList + 1];
        try
        {
            int length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return length <= LongestList
                ? new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes, 0, length)
                : throw new WeightsFormatException($"{path} is no list of merges: it has more than {LongestList} bytes.");
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException)
        {
            throw new WeightsFormatException($"{path} is no list of merges: {e.Message}", e);
        }
    }

    private static (byte Value, char Symbol)[] ByteSymbols()
    {
        IEnumerable<int> all = Enumerable.Range(0, 256);
        int[] hidden = [.. all.Where(value => !IsPrintable(value))];
        return [.. all.Where(IsPrintable).Select(value => ((byte)value, (char)value)), .. hidden.Select((value, n) => ((byte)value, (char)(256 + n)))];
    }

    private static bool IsPrintable(int value) => value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
}
