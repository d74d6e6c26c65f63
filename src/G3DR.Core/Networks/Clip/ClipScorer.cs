using G3DR.Compute;
using G3DR.Core.Imaging;
using G3DR.Core.Tensors;
using G3DR.Core.Weights;

namespace G3DR.Core.Networks;

/// <summary>What CLIP says of a picture and a text.</summary>
/// <param name="Text">The text.</param>
/// <param name="Cosine">Cosine between both embeddings: about 0.2 to 0.35 for a text that describes the picture.</param>
/// <param name="Probability">How likely it is this text, if it is one of those that were given.</param>
public readonly record struct ClipScore(string Text, double Cosine, double Probability);

/// <summary>Compares pictures with texts and with each other, by CLIP.</summary>
/// <example>
/// <code>
/// using ClipScorer scorer = ClipScorer.Open("clip-vit-base-patch32", vocabulary: null, device);
/// foreach (ClipScore score in scorer.Score(photo, ["a photo of a cat", "a photo of a dog"]))
///     Console.WriteLine($"{score.Probability:P1} {score.Text}");
/// </code>
/// </example>
public sealed class ClipScorer : IDisposable
{
    private readonly Clip _clip;
    private readonly ClipTokenizer? _tokenizer;
    private readonly Accelerator _device;

    private ClipScorer(Clip clip, ClipTokenizer? tokenizer, Accelerator device) => (_clip, _tokenizer, _device) = (clip, tokenizer, device);

    /// <summary>Loads CLIP.</summary>
    /// <param name="weights">Weights file or model folder, with the names of openai/CLIP or Hugging Face.</param>
    /// <param name="vocabulary">As <see cref="ClipTokenizer.Open"/> takes it; null to look beside the weights. It is needed for texts only.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="cancel">Stops before data are read.</param>
    /// <exception cref="WeightsFormatException">The files are damaged or something else.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="Compute.Memory.OutOfDeviceMemoryException">The network does not fit.</exception>
    public static ClipScorer Open(string weights, string? vocabulary, Accelerator device, CancellationToken cancel = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(weights);
        ArgumentNullException.ThrowIfNull(device);
        string? found = vocabulary ?? ClipTokenizer.Find(weights);
        ClipTokenizer? tokenizer = found is null ? null : ClipTokenizer.Open(found);
        Clip clip = NetworkLoader.Load<Clip>(weights, device, cancel: cancel);
        if (tokenizer?.VocabularySize > clip.Text.Options.VocabularySize)
        {
            clip.Dispose();
            throw new WeightsFormatException(
                $"The vocabulary '{found}' has {tokenizer.VocabularySize} entries and {weights} a table of {clip.Text.Options.VocabularySize}: they do not belong together.");
        }

        return new(clip, tokenizer, device);
    }

    /// <summary>What the network is called: <c>CLIP ViT-B/32</c>.</summary>
    public string Name => $"CLIP {_clip.Image.Options.Name}";

    /// <summary>Whether a vocabulary was given or found, so that texts can be read.</summary>
    public bool ReadsTexts => _tokenizer is not null;

    /// <summary>Compares a picture with texts.</summary>
    /// <param name="photo">The picture.</param>
    /// <param name="texts">The texts; what is longer than CLIP reads is cut.</param>
    /// <returns>The scores, in the order of the texts.</returns>
    /// <exception cref="ArgumentException">There are no texts.</exception>
    /// <exception cref="FileNotFoundException">No vocabulary was given, and none lies beside the weights.</exception>
    public IReadOnlyList<ClipScore> Score(Image photo, IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        if (texts.Count == 0)
        {
            throw new ArgumentException("There is no text to compare the picture with.", nameof(texts));
        }

        ClipTokenizer tokenizer = _tokenizer ?? throw new FileNotFoundException(
            "CLIP needs its vocabulary to read texts: put vocab.json and merges.txt beside the weights, or name them or bpe_simple_vocab_16e6.txt.gz (--vocabulary).");
        using IDisposable constant = _device.NoGrad();
        using var scope = TensorScope.Begin(_device);
        Tensor picture = Embed(photo), written = _clip.EncodeText(tokenizer.Tokenize(texts, new() { Length = _clip.Text.Options.ContextLength, Truncate = true }));
        double[] cosines = Clip.Cosine(picture, written).ToDoubles(), logits = _clip.Similarity(picture, written).ToDoubles();
        double largest = logits.Max(), sum = logits.Sum(logit => Math.Exp(logit - largest));
        return [.. texts.Select((text, n) => new ClipScore(text, cosines[n], Math.Exp(logits[n] - largest) / sum))];
    }

    /// <summary>Compares two pictures.</summary>
    /// <param name="first">One.</param>
    /// <param name="second">The other.</param>
    /// <returns>Cosine between their embeddings: 1 for the same picture.</returns>
    public double Score(Image first, Image second)
    {
        using IDisposable constant = _device.NoGrad();
        using var scope = TensorScope.Begin(_device);
        return Clip.Cosine(Embed(first), Embed(second)).Item();
    }

    /// <inheritdoc/>
    public void Dispose() => _clip.Dispose();

    private Tensor Embed(Image picture)
    {
        using var scope = TensorScope.Begin(_device);
        return scope.Keep(_clip.EncodeImage(ClipPreprocessing.ToTensor(_device, [picture], _clip.Image.Options.ImageSize)));
    }
}
