using System.Text;
using G3DR.Core.Weights;

namespace G3DR.Core.Networks;

/// <summary>
/// Byte-pair encoding (Sennrich et al., 2016) of the bytes of a word: the pair of neighbours that comes first in the list of merges becomes one symbol, wherever it stands,
/// until no pair is in the list.
/// </summary>
internal sealed class BytePairEncoder
{
    /// <summary>What the last symbol of a word ends with.</summary>
    public const string EndOfWord = "</w>";

    private readonly int[] _bytes = new int[256], _lastBytes = new int[256];
    private readonly Dictionary<(int First, int Second), (int Rank, int Merged)> _merges = [];
    private readonly Dictionary<int, string> _symbols = [];
    private readonly Dictionary<char, byte> _values = [];

    /// <summary>Checks a vocabulary and takes it.</summary>
    /// <param name="vocabulary">The vocabulary.</param>
    /// <param name="source">What to call it in errors.</param>
    /// <exception cref="WeightsFormatException">A symbol is missing, or two have one number.</exception>
    public BytePairEncoder(ClipVocabulary vocabulary, string source)
    {
        int Require(string symbol) => vocabulary.Ids.TryGetValue(symbol, out int id)
            ? id
            : throw new WeightsFormatException($"{source} is no vocabulary of CLIP: it lacks the symbol {SafetensorsHeader.Quote(symbol)}.");
        foreach ((byte value, char symbol) in ClipVocabulary.Bytes)
        {
            _values.Add(symbol, value);
            _bytes[value] = Require(symbol.ToString());
            _lastBytes[value] = Require(symbol + EndOfWord);
        }

        (Start, End) = (Require(ClipTokenizer.StartMarker), Require(ClipTokenizer.EndMarker));
        foreach ((string symbol, int id) in vocabulary.Ids)
        {
            if (!_symbols.TryAdd(id, symbol))
            {
                throw new WeightsFormatException(
                    $"{source} is no vocabulary of CLIP: {SafetensorsHeader.Quote(symbol)} and {SafetensorsHeader.Quote(_symbols[id])} have the number {id}.");
            }

            if (!symbol.All(_values.ContainsKey))
            {
                throw new WeightsFormatException($"{source} is no vocabulary of CLIP: the symbol {SafetensorsHeader.Quote(symbol)} stands for no bytes.");
            }
        }

        Size = _symbols.Keys.Max() + 1;
        for (int rank = 0; rank < vocabulary.Merges.Count; rank++)
        {
            (string first, string second) = vocabulary.Merges[rank];
            _merges[(Require(first), Require(second))] = (rank, Require(first + second));
        }
    }

    /// <summary>Numbers of the markers of a text.</summary>
    public int Start { get; }

    /// <inheritdoc cref="Start"/>
    public int End { get; }

    /// <summary>One more than the largest number.</summary>
    public int Size { get; }

    /// <summary>Appends the numbers of a word's symbols.</summary>
    public void Encode(string word, List<int> ids)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(word);
        int[] symbols = new int[bytes.Length], next = new int[bytes.Length], previous = new int[bytes.Length];
        var pairs = new PriorityQueue<int, (int Rank, int Position)>();
        void Enqueue(int position)
        {
            if (next[position] < symbols.Length && _merges.TryGetValue((symbols[position], symbols[next[position]]), out (int Rank, int Merged) merge))
            {
                pairs.Enqueue(position, (merge.Rank, position));
            }
        }

        for (int i = 0; i < bytes.Length; i++)
        {
            (symbols[i], next[i], previous[i]) = (i == bytes.Length - 1 ? _lastBytes[bytes[i]] : _bytes[bytes[i]], i + 1, i - 1);
        }

        for (int i = 0; i < bytes.Length; i++)
        {
            Enqueue(i);
        }

        // All pairs of one rank, from the left, before those that they give rise to.
        List<int> merged = [];
        while (pairs.TryPeek(out _, out (int Rank, int Position) best))
        {
            merged.Clear();
            while (pairs.TryPeek(out int position, out (int Rank, int Position) at) && at.Rank == best.Rank)
            {
                pairs.Dequeue();

                // Where a neighbour has been merged since, or this symbol itself (-1), another pair stands here now.
                if (symbols[position] >= 0 && next[position] < symbols.Length
                    && _merges.TryGetValue((symbols[position], symbols[next[position]]), out (int Rank, int Merged) merge) && merge.Rank == best.Rank)
                {
                    int second = next[position];
                    (symbols[position], symbols[second], next[position]) = (merge.Merged, -1, next[second]);
                    if (next[second] < symbols.Length)
                    {
                        previous[next[second]] = position;
                    }

                    merged.Add(position);
                }
            }

            foreach (int position in merged)
            {
                Enqueue(position);
                if (previous[position] >= 0)
                {
                    Enqueue(previous[position]);
                }
            }
        }

        for (int i = 0; i < symbols.Length; i = next[i])
        {
            ids.Add(symbols[i]);
        }
    }

    /// <summary>The text that numbers stand for, with a space behind every word.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no symbol of such a number.</exception>
    public string Decode(ReadOnlySpan<int> ids)
    {
        List<byte> bytes = [];
        foreach (int id in ids)
        {
            if (!_symbols.TryGetValue(id, out string? symbol))
            {
                throw new ArgumentOutOfRangeException(nameof(ids), id, $"The vocabulary has no symbol {id}.");
            }

            bytes.AddRange(symbol.Select(character => _values[character]));
        }

        return Encoding.UTF8.GetString([.. bytes]).Replace(EndOfWord, " ", StringComparison.Ordinal);
    }
}
