using G3DR.Core.Weights;

namespace G3DR.Core.Networks;

/// <summary>
/// Cuts texts into the tokens that CLIP reads: byte-pair encoding with 49,408 symbols, exactly as <c>simple_tokenizer.py</c> of openai/CLIP without ftfy (which repairs
/// texts that were decoded with a wrong character set).
/// </summary>
/// <example>
/// <code>
/// ClipTokenizer tokenizer = ClipTokenizer.Open("clip-vit-base-patch32");      // vocab.json and merges.txt
/// int[] tokens = tokenizer.Tokenize("a photo of a cat");                      // 49406, 320, 1125, 539, 320, 2368, 49407, 0, 0, ...
/// </code>
/// </example>
public sealed class ClipTokenizer
{
    internal const string StartMarker = "<|startoftext|>", EndMarker = "<|endoftext|>";

    private readonly BytePairEncoder _encoder;

    private ClipTokenizer(BytePairEncoder encoder) => _encoder = encoder;

    /// <summary>Number of tokens: 49,408 for published networks.</summary>
    public int VocabularySize => _encoder.Size;

    /// <summary>The token before a text.</summary>
    public int StartToken => _encoder.Start;

    /// <summary>The token behind a text, the largest of all: CLIP reads a text's meaning off its position.</summary>
    public int EndToken => _encoder.End;

    /// <summary>Reads a vocabulary.</summary>
    /// <param name="path">
    /// openai/CLIP's <c>bpe_simple_vocab_16e6.txt.gz</c> (or the same uncompressed); or Hugging Face's <c>vocab.json</c>, with <c>merges.txt</c> beside it; or a folder that
    /// holds one of them.
    /// </param>
    /// <exception cref="WeightsFormatException">It is no vocabulary of CLIP.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ClipTokenizer Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new(new(ClipVocabulary.Read(path), path));
    }

    /// <summary>Looks for the vocabulary that belongs to weights: in their folder, in its <c>tokenizer</c>, and in a <c>tokenizer</c> beside it.</summary>
    /// <param name="weights">A weights file, or the folder of a model.</param>
    /// <returns>A path for <see cref="Open"/>, or null.</returns>
    public static string? Find(string weights)
    {
        ArgumentException.ThrowIfNullOrEmpty(weights);
        string full = Path.GetFullPath(weights), folder = Directory.Exists(full) ? full : Path.GetDirectoryName(full)!;
        string[] places = [folder, Path.Combine(folder, "tokenizer"), Path.Combine(folder, "..", "tokenizer")];
        return places.Select(ClipVocabulary.FindIn).FirstOrDefault(found => found is not null);
    }

    /// <summary>
    /// The text as it is tokenized: HTML references replaced (twice), white space made one space each and none around, lower case. A surrogate without its other half becomes
    /// U+FFFD.
    /// </summary>
    /// <param name="text">Any text.</param>
    public static string Clean(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return ClipText.Clean(text);
    }

    /// <summary>The tokens of a text, without markers around it.</summary>
    /// <param name="text">Any text.</param>
    public IReadOnlyList<int> Encode(string text) => Encode(text, int.MaxValue);

    /// <summary>A row of tokens for <see cref="ClipTextEncoder"/>: start, text, end, padding.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="options">Length, padding, what becomes of a long text; null for those of openai/CLIP.</param>
    /// <returns>As many tokens as the options say.</returns>
    /// <exception cref="ArgumentException">The text is too long and is not to be cut.</exception>
    public int[] Tokenize(string text, ClipTokenizerOptions? options = null)
    {
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Length, 2, nameof(options));
        int room = options.Length - 2;
        List<int> ids = Encode(text, options.Truncate ? room : int.MaxValue);
        if (ids.Count > room && !options.Truncate)
        {
            throw new ArgumentException($"The text has {ids.Count} tokens and CLIP reads {room}; shorten it, or have it cut. It begins with '{text[..Math.Min(text.Length, 40)]}'.", nameof(text));
        }

        int[] row = new int[options.Length];
        int used = Math.Min(ids.Count, room);
        row[0] = StartToken;
        ids.CopyTo(0, row, 1, used);
        row.AsSpan(used + 1).Fill(options.Padding == ClipPadding.EndMarker ? EndToken : 0);
        row[used + 1] = EndToken;
        return row;
    }

    /// <summary>Rows of tokens of several texts.</summary>
    /// <param name="texts">Any texts.</param>
    /// <param name="options">Length, padding, what becomes of a long text; null for those of openai/CLIP.</param>
    /// <exception cref="ArgumentException">A text is too long and is not to be cut.</exception>
    public IReadOnlyList<int[]> Tokenize(IReadOnlyList<string> texts, ClipTokenizerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return [.. texts.Select(text => Tokenize(text, options))];
    }

    /// <summary>The text that tokens stand for, with a space behind every word; what is no valid UTF-8 becomes U+FFFD.</summary>
    /// <param name="tokens">Tokens.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public string Decode(params ReadOnlySpan<int> tokens) => _encoder.Decode(tokens);

    // Words are encoded one after another, so nothing beyond the limit is looked at.
    private List<int> Encode(string text, int limit)
    {
        List<int> ids = [];
        foreach (string word in ClipText.Words(Clean(text)))
        {
            if (ids.Count >= limit)
            {
                break;
            }

            if (word is StartMarker or EndMarker)
            {
                ids.Add(word is StartMarker ? StartToken : EndToken);
            }
            else
            {
                _encoder.Encode(word, ids);
            }
        }

        return ids;
    }
}
