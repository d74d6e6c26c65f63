using System.Globalization;
using G3DR.Kernels.Normalization;

namespace G3DR.Core.Networks;

/// <summary>Sizes of one of CLIP's two transformers.</summary>
public abstract record ClipEncoderOptions
{
    // Heads of all published networks but the largest have 64 channels.
    private const int HeadChannels = 64;

    /// <summary>Channels of a token.</summary>
    public int Width { get; init; } = 512;

    /// <summary>Blocks.</summary>
    public int Layers { get; init; } = 12;

    /// <summary>Heads of the attention; null for one per 64 channels.</summary>
    public int? Heads { get; init; }

    /// <summary>Hidden units of the perceptrons; null for four times the width.</summary>
    public int? HiddenWidth { get; init; }

    /// <summary>Numbers in an embedding; null for an encoder without the projection to it.</summary>
    public int? EmbeddingWidth { get; init; } = 512;

    /// <summary>Activation of the perceptrons: <see cref="Activation.QuickGelu"/> in OpenAI's networks, <see cref="Activation.Gelu"/> in some later ones.</summary>
    public Activation Activation { get; init; } = Activation.QuickGelu;

    /// <summary>Refuses sizes that do not fit each other.</summary>
    /// <exception cref="ArgumentException">A size does not fit; the message says which.</exception>
    public virtual void Validate()
    {
        RequirePositive((nameof(Width), Width), (nameof(Layers), Layers), (nameof(HiddenWidth), HiddenWidth ?? 1), (nameof(EmbeddingWidth), EmbeddingWidth ?? 1));
        if (HeadCount < 1 || Width % HeadCount != 0 || (Heads is null && Width % HeadChannels != 0))
        {
            throw new ArgumentException($"{nameof(Width)} must be a multiple of {(Heads is null ? $"{HeadChannels}" : $"the {Heads} heads")}; got {Width}.");
        }

        if (Activation is not (Activation.QuickGelu or Activation.Gelu))
        {
            throw new ArgumentException($"CLIP's perceptrons have {nameof(Activation.QuickGelu)} or {nameof(Activation.Gelu)}; got {Activation}.");
        }
    }

    internal int HeadCount => Heads ?? (Width / HeadChannels);

    internal TransformerBlockOptions Block(bool causal) => new()
    {
        Width = Width,
        Heads = HeadCount,
        HiddenWidth = HiddenWidth,
        Activation = Activation,
        Causal = causal,
        Names = TransformerNames.Clip,
    };

    private protected static void RequirePositive(params ReadOnlySpan<(string Name, int Size)> sizes)
    {
        foreach ((string name, int size) in sizes)
        {
            if (size < 1)
            {
                throw new ArgumentException($"{name} must be at least 1; got {size}.");
            }
        }
    }
}

/// <summary>Sizes of a <see cref="ClipImageEncoder"/>. The defaults are those of ViT-B/32.</summary>
public sealed record ClipImageOptions : ClipEncoderOptions
{
    /// <summary>Makes the sizes of ViT-B/32.</summary>
    public ClipImageOptions() => Width = 768;

    /// <summary>Pixels per side of the pictures.</summary>
    public int ImageSize { get; init; } = 224;

    /// <summary>Pixels per side of a patch, which becomes one token.</summary>
    public int PatchSize { get; init; } = 32;

    /// <summary>What the network is called: <c>ViT-B/32</c>; by its width where that has no letter.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"ViT-{Letter}/{PatchSize}{(ImageSize == 224 ? string.Empty : $" for {ImageSize} pixels")}");

    private string Letter => Width switch
    {
        768 => "B",
        1024 => "L",
        1280 => "H",
        1408 => "g",
        1664 => "bigG",
        _ => Width.ToString(CultureInfo.InvariantCulture),
    };

    internal int Tokens => checked((ImageSize / PatchSize * (ImageSize / PatchSize)) + 1);

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        RequirePositive((nameof(ImageSize), ImageSize), (nameof(PatchSize), PatchSize));
        if (ImageSize < PatchSize)
        {
            throw new ArgumentException($"{nameof(ImageSize)} must be at least {nameof(PatchSize)}; got {ImageSize} and {PatchSize}.");
        }
    }
}

/// <summary>Sizes of a <see cref="ClipTextEncoder"/>. The defaults are those of ViT-B/32 and ViT-B/16.</summary>
public sealed record ClipTextOptions : ClipEncoderOptions
{
    /// <summary>Tokens of a text at most.</summary>
    public int ContextLength { get; init; } = 77;

    /// <summary>Tokens that there are.</summary>
    public int VocabularySize { get; init; } = 49408;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        RequirePositive((nameof(ContextLength), ContextLength), (nameof(VocabularySize), VocabularySize));
    }
}

/// <summary>Sizes of a <see cref="Clip"/> network. The defaults are those of ViT-B/32.</summary>
public sealed record ClipOptions
{
    /// <summary>ViT-B/32: pictures of 224 pixels in patches of 32, 151 million parameters.</summary>
    public static ClipOptions VitB32 { get; } = new();

    /// <summary>ViT-B/16: the same in patches of 16, four times the work; G3DR is trained with it.</summary>
    public static ClipOptions VitB16 { get; } = new() { Image = new() { PatchSize = 16 } };

    /// <summary>ViT-L/14: 428 million parameters; its text encoder is that of Stable Diffusion 1 and LDM3D.</summary>
    public static ClipOptions VitL14 { get; } = new()
    {
        Image = new() { Width = 1024, Layers = 24, PatchSize = 14, EmbeddingWidth = 768 },
        Text = new() { Width = 768, EmbeddingWidth = 768 },
    };

    /// <summary>The transformer that reads pictures.</summary>
    public ClipImageOptions Image { get; init; } = new();

    /// <summary>The transformer that reads texts.</summary>
    public ClipTextOptions Text { get; init; } = new();

    /// <summary>Refuses sizes that do not fit each other.</summary>
    /// <exception cref="ArgumentException">A size does not fit; the message says which.</exception>
    public void Validate()
    {
        Image.Validate();
        Text.Validate();
        if (Image.EmbeddingWidth is null || Image.EmbeddingWidth != Text.EmbeddingWidth)
        {
            throw new ArgumentException($"Both encoders need embeddings of the same width; got {Image.EmbeddingWidth} for pictures and {Text.EmbeddingWidth} for texts.");
        }
    }
}
