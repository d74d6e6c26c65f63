using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using G3DR.Core.Networks;
using G3DR.Core.Weights;
using G3DR.Tests.Support;
using static G3DR.Tests.Networks.ClipVocabularyFiles;

namespace G3DR.Tests.Networks;

public class ClipTokenizerTests
{
    private static readonly string[] s_merges = ["t h", "a t</w>", "th e</w>", "c at</w>", "' s</w>", "a a", "a a</w>", "aa aa</w>"];

    [SkippableFact]
    public void The_reference_s_rows_are_exact()
    {
        var tokenizer = ClipTokenizer.Open(Vectors.DataPath("data/clip/bpe_simple_vocab_16e6.txt.gz"));
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllText(Vectors.PathOf("pretrained/clip_tokenizer.json")));
        Assert.Equal(
            (Integer("vocab_size"), Integer("sot"), Integer("eot")), (tokenizer.VocabularySize, tokenizer.StartToken, tokenizer.EndToken));
        JsonElement[] rows = [.. expected.RootElement.GetProperty("rows").EnumerateArray()];
        Assert.Equal(20, rows.Length);
        foreach (JsonElement row in rows)
        {
            string text = row.GetProperty("text").GetString()!;
            int[] tokens = Integers(row, "bpe_ids");
            Assert.Equal(row.GetProperty("cleaned").GetString(), ClipTokenizer.Clean(text));
            Assert.Equal(tokens, tokenizer.Encode(text));
            Assert.Equal(row.GetProperty("decoded").GetString(), tokenizer.Decode(tokens));
            Assert.Equal(Integers(row, "openai_77_truncate"), tokenizer.Tokenize(text, new() { Truncate = true }));
            Assert.Equal(Integers(row, "hf_sd_77_truncate"), tokenizer.Tokenize(text, new() { Truncate = true, Padding = ClipPadding.EndMarker }));
            if (row.GetProperty("fits_77").GetBoolean())
            {
                Assert.Equal(Integers(row, "openai_77_truncate"), tokenizer.Tokenize(text));
            }
            else
            {
                Assert.Throws<ArgumentException>(() => tokenizer.Tokenize(text));
            }
        }

        int Integer(string name) => expected.RootElement.GetProperty(name).GetInt32();
        static int[] Integers(JsonElement row, string name) => [.. row.GetProperty(name).EnumerateArray().Select(value => value.GetInt32())];
    }

    [Fact]
    public void Words_are_cut_and_merged()
    {
        ClipTokenizer tokenizer = Open(s_merges);
        Assert.Equal(FirstMerge + s_merges.Length + 2, tokenizer.VocabularySize);
        int th = FirstMerge, at = FirstMerge + 1, the = FirstMerge + 2, cat = FirstMerge + 3, s = FirstMerge + 4, aa = FirstMerge + 5, aaaa = FirstMerge + 7;
        Assert.Equal([the, cat, s, at], tokenizer.Encode("The  CAT's at"));

        // The end of a word is a letter of its own: "th" is not "th" at the end, nor "at" at the start.
        Assert.Equal([Id('t'), Id('h', last: true), Id('a'), Id('t'), Id('e', last: true), th, Id('i'), Id('s', last: true)], tokenizer.Encode("th ate this"));

        // From the left, without overlaps.
        Assert.Equal([aa, Id('a', last: true), aaaa, aa, aa, Id('a', last: true)], tokenizer.Encode("aaa aaaa aaaaa"));

        // Digits one by one, contractions also behind a long s, everything else in runs.
        Assert.Equal([Id('1', last: true), Id('2', last: true), Id('!'), Id('?', last: true)], tokenizer.Encode("12!?"));
        Assert.Equal(Id('\''), tokenizer.Encode("'\u017F")[0]);
        Assert.Equal(3, tokenizer.Encode("'\u017F").Count);
        Assert.Equal([tokenizer.StartToken, Id('x', last: true), tokenizer.EndToken], tokenizer.Encode("<|StartOfText|>x<|endoftext|>"));
        Assert.Equal("the cat 's ", tokenizer.Decode(the, cat, s));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode(tokenizer.VocabularySize));
    }

    [Fact]
    public void Rows_are_padded_and_cut()
    {
        ClipTokenizer tokenizer = Open(s_merges);
        (int start, int end, int cat) = (tokenizer.StartToken, tokenizer.EndToken, FirstMerge + 3);
        Assert.Equal([start, cat, end, 0, 0], tokenizer.Tokenize("cat", new() { Length = 5 }));
        Assert.Equal([start, cat, end, end, end], tokenizer.Tokenize("cat", new() { Length = 5, Padding = ClipPadding.EndMarker }));
        Assert.Equal([start, cat, cat, end], tokenizer.Tokenize("cat cat cat", new() { Length = 4, Truncate = true }));
        Assert.Equal([start, end], tokenizer.Tokenize("cat", new() { Length = 2, Truncate = true }));
        Assert.Contains("3 tokens", Assert.Throws<ArgumentException>(() => tokenizer.Tokenize("cat cat cat", new() { Length = 4 })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Tokenize("cat", new() { Length = 1 }));
        Assert.Equal([77, 77], tokenizer.Tokenize(["cat", string.Empty]).Select(row => row.Length));
    }

    [Fact]
    public void Both_forms_of_a_vocabulary_give_the_same_words()
    {
        using var folder = new TemporaryFolder();
        using var other = new TemporaryFolder();
        var list = ClipTokenizer.Open(WriteList(folder, s_merges));
        var pair = ClipTokenizer.Open(WritePair(other, offset: 7, s_merges));
        Assert.Equal(list.Encode("the cat's hat").Select(id => id + 7), pair.Encode("the cat's hat"));
        Assert.Equal(list.EndToken + 7, pair.EndToken);

        // A folder finds its own, and that of a model with parts in folders.
        Assert.Equal(pair.EndToken, ClipTokenizer.Open(other.Path).EndToken);
        string part = Directory.CreateDirectory(folder.PathOf("text_encoder")).FullName, tokenizer = Directory.CreateDirectory(folder.PathOf("tokenizer")).FullName;
        Assert.Null(ClipTokenizer.Find(Path.Combine(part, "model.safetensors")));
        Assert.Equal(folder.PathOf("bpe_simple_vocab_16e6.txt.gz"), ClipTokenizer.Find(folder.Path));
        File.Move(folder.PathOf("bpe_simple_vocab_16e6.txt.gz"), Path.Combine(tokenizer, "bpe_simple_vocab_16e6.txt.gz"));
        Assert.Equal(list.EndToken, ClipTokenizer.Open(ClipTokenizer.Find(Path.Combine(part, "model.safetensors"))!).EndToken);
        Assert.Equal(list.EndToken, ClipTokenizer.Open(ClipTokenizer.Find(folder.Path)!).EndToken);
    }

    [Fact]
    public void Any_text_gives_a_row_and_comes_back_but_for_its_spaces()
    {
        ClipTokenizer tokenizer = Open(s_merges);

        // With surrogates of which the other half is missing.
        Gen<string> texts = Gen.OneOf(
            ArbMap.Default.GeneratorFor<string?>().Select(text => text ?? string.Empty),
            Gen.Choose(0, 0xFFFF).Select(value => (char)value).ListOf().Select(characters => string.Concat(characters)),
            Gen.Elements("th", "a", "&amp", ";", "&#", "'s", " ", "Σ", "<|endoftext|>", "1", "\uD83D", "\uDE00").ListOf().Select(string.Concat));
        Prop.ForAll(texts.ToArbitrary(), text =>
        {
            int[] row = tokenizer.Tokenize(text, new() { Truncate = true });
            Assert.Equal(77, row.Length);
            Assert.Equal(tokenizer.StartToken, row[0]);
            Assert.Contains(tokenizer.EndToken, row);
            Assert.All(row, token => Assert.InRange(token, 0, tokenizer.EndToken));
            string clean = ClipTokenizer.Clean(text), decoded = tokenizer.Decode([.. tokenizer.Encode(text)]);
            Assert.Equal(clean.Replace(" ", string.Empty, StringComparison.Ordinal), decoded.Replace(" ", string.Empty, StringComparison.Ordinal));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Merges_equal_those_of_the_definition()
    {
        Gen<string> symbols = Gen.Elements("a", "b", "c", "ab", "ba", "bc", "abc", "a</w>", "b</w>", "c</w>", "ab</w>");
        Gen<string> merges = from first in symbols.Where(symbol => !symbol.EndsWith(EndOfWord, StringComparison.Ordinal)) from second in symbols select $"{first} {second}";
        Gen<string> words = Gen.Elements('a', 'b', 'c').ListOf().Select(characters => string.Concat(characters));
        Prop.ForAll((from list in merges.ListOf() from word in words select (list, word)).ToArbitrary(), sample =>
        {
            // A symbol has to exist before it is merged further.
            List<string> known = ["a", "b", "c", "a</w>", "b</w>", "c</w>"], used = [];
            foreach (string merge in sample.list.Distinct())
            {
                if (merge.Split(' ').All(known.Contains) && !known.Contains(merge.Replace(" ", string.Empty, StringComparison.Ordinal)))
                {
                    used.Add(merge);
                    known.Add(merge.Replace(" ", string.Empty, StringComparison.Ordinal));
                }
            }

            ClipTokenizer tokenizer = Open(["x y", .. used]);
            string[] expected = Defined(sample.word, used);
            Assert.Equal(expected, tokenizer.Encode(sample.word).Select(id => Symbol(id, used)));
        }).QuickCheckThrowOnFailure();

        static string Symbol(int id, List<string> used) => id switch
        {
            >= FirstMerge => used[id - FirstMerge - 1].Replace(" ", string.Empty, StringComparison.Ordinal),
            >= 256 => (char)(id - 256 + '!') + EndOfWord,
            _ => ((char)(id + '!')).ToString(),
        };
    }

    [Fact]
    public void Words_of_any_length_are_merged()
    {
        ClipTokenizer tokenizer = Open(s_merges);
        Assert.Equal(249_999, tokenizer.Encode(new string('a', 500_000)).Count);
    }

    [Fact]
    public void Malformed_vocabularies_are_refused()
    {
        using var folder = new TemporaryFolder();
        string list = folder.PathOf("list.txt"), vocabulary = WritePair(folder, offset: 0, s_merges), text = File.ReadAllText(vocabulary);
        Refused("line 3 has 3 symbols", "#\na b\na b c\n");
        Refused("behind its first line there is nothing", "#version\n\n");
        Refused("lacks the symbol 'zz'", "#\nzz a\n");
        File.WriteAllBytes(list, [0x1F, 0x8B, 1, 2, 3]);
        Refused("list of merges", list);
        File.WriteAllBytes(list, [(byte)'#', (byte)'\n', 0xFF, 0xFE]);
        Refused("list of merges", list);
        File.WriteAllBytes(list, new byte[(1 << 24) + 1]);
        Refused("more than", list);
        foreach ((string problem, string broken) in (ReadOnlySpan<(string, string)>)
        [
            ("object", "[1, 2]"), ("malformed", text[..100]), ("lacks the symbol '!'", "{\"a\": 1}"), ("needs a number", text.Replace(":3,", ":-3,", StringComparison.Ordinal)),
            ("needs a number", text.Replace(":3,", ":\"3\",", StringComparison.Ordinal)), ("have the number 4", text.Replace(":3,", ":4,", StringComparison.Ordinal)),
            ("stands for no bytes", "{\"a b\": 999999," + text[1..]),
        ])
        {
            File.WriteAllText(vocabulary, broken);
            Refused(problem, vocabulary);
        }

        Assert.Throws<FileNotFoundException>(() => ClipTokenizer.Open(folder.PathOf("nowhere.txt")));
        Assert.Contains("vocab.json", Assert.Throws<FileNotFoundException>(() => ClipTokenizer.Open(Directory.CreateDirectory(folder.PathOf("empty")).FullName)).Message, StringComparison.Ordinal);

        void Refused(string problem, string pathOrText)
        {
            string path = pathOrText;
            if (pathOrText.StartsWith('#'))
            {
                File.WriteAllText(list, pathOrText);
                path = list;
            }

            Assert.Contains(problem, Assert.Throws<WeightsFormatException>(() => ClipTokenizer.Open(path)).Message, StringComparison.Ordinal);
        }
    }

    // Round by round over the whole word, as the definition says.
    private static string[] Defined(string word, List<string> merges)
    {
        List<string> symbols = [.. word.Select(character => character.ToString())];
        if (symbols.Count > 0)
        {
            symbols[^1] += EndOfWord;
        }

        while (merges.Find(merge => Enumerable.Range(1, Math.Max(0, symbols.Count - 1)).Any(i => $"{symbols[i - 1]} {symbols[i]}" == merge)) is { } best)
        {
            for (int i = 0; i + 1 < symbols.Count; i++)
            {
                if ($"{symbols[i]} {symbols[i + 1]}" == best)
                {
                    symbols[i] += symbols[i + 1];
                    symbols.RemoveAt(i + 1);
                }
            }
        }

        return [.. symbols];
    }
}
