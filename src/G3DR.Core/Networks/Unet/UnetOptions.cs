namespace G3DR.Core.Networks;

/// <summary>Sizes of a <see cref="Unet"/>. The defaults are those of the published network.</summary>
public sealed record UnetOptions
{
    /// <summary>The published network: 147 million parameters with its decoder.</summary>
    public static UnetOptions Official { get; } = new();

    /// <summary>Channels at full resolution.</summary>
    public int Channels { get; init; } = 128;

    /// <summary>Channels of each level as multiples of <see cref="Channels"/>; each level but the last halves the resolution.</summary>
    public IReadOnlyList<int> Multipliers { get; init; } = [1, 2, 4, 8];

    /// <summary>Groups of the normalisations.</summary>
    public int Groups { get; init; } = 8;

    /// <summary>Channels of the input: three of colour and one of depth.</summary>
    public int InputChannels { get; init; } = 4;

    /// <summary>Channels of the learnt map that tells positions apart.</summary>
    public int PositionChannels { get; init; } = 256;

    /// <summary>Pixels per side of the input and of the planes.</summary>
    public int ImageSize { get; init; } = 128;

    /// <summary>Channels of the three planes together.</summary>
    public int OutputChannels { get; init; } = 192;

    /// <summary>Heads of the attention.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Channels of a head.</summary>
    public int HeadChannels { get; init; } = 32;

    /// <summary>Whether training keeps only inputs of blocks and computes their inside again: less memory for a third more time.</summary>
    public bool Checkpointing { get; init; }

    /// <summary>Refuses sizes that do not fit each other.</summary>
    /// <exception cref="ArgumentException">A size does not fit; the message says which.</exception>
    public void Validate()
    {
        foreach ((string name, int size) in (ReadOnlySpan<(string, int)>)
        [
            (nameof(Groups), Groups), (nameof(InputChannels), InputChannels), (nameof(PositionChannels), PositionChannels), (nameof(ImageSize), ImageSize),
            (nameof(Heads), Heads), (nameof(HeadChannels), HeadChannels), .. Multipliers.Select(multiplier => (nameof(Multipliers), multiplier)),
        ])
        {
            if (size < 1)
            {
                throw new ArgumentException($"{name} must be at least 1; got {size}.");
            }
        }

        // The sinusoids of the time come in pairs, and their frequencies are spread over at least two.
        if (Channels < 4 || Channels % 2 != 0 || Channels % Groups != 0)
        {
            throw new ArgumentException($"{nameof(Channels)} must be even, at least 4 and a multiple of the {Groups} groups; got {Channels}.");
        }

        if (OutputChannels < 3 || OutputChannels % 3 != 0)
        {
            throw new ArgumentException($"{nameof(OutputChannels)} are those of three planes: a multiple of 3; got {OutputChannels}.");
        }

        if (Multipliers.Count is 0 or > 16)
        {
            throw new ArgumentException($"A U-Net needs 1 to 16 levels; got {Multipliers.Count}.");
        }

        int reduction = 1 << (Multipliers.Count - 1);
        if (ImageSize % reduction != 0)
        {
            throw new ArgumentException($"{Multipliers.Count} levels halve the resolution {Multipliers.Count - 1} times: {nameof(ImageSize)} must be a multiple of {reduction}; got {ImageSize}.");
        }
    }
}
