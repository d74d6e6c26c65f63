namespace G3DR.Core.Networks;

/// <summary>One of the four levels of features that a <see cref="DptHead"/> reads, from fine to coarse.</summary>
internal sealed record DptLevel
{
    /// <summary>Channels of the encoder's features.</summary>
    public required int Inputs { get; init; }

    /// <summary>Channels after the projection.</summary>
    public required int Channels { get; init; }

    /// <summary>How the resolution changes: 4 and 2 by a transposed convolution, -2 halves it by a convolution, 1 leaves it.</summary>
    public int Resize { get; init; } = 1;

    /// <summary>Whether a layer mixes the class token into every other (the readout <c>project</c> of DPT) instead of its being dropped.</summary>
    public bool ReadsClassToken { get; init; }

    /// <summary>Whether there is a projection; features of a convolutional encoder are taken as they are.</summary>
    public bool Projects { get; init; } = true;
}

/// <summary>Names of the parts of a <see cref="DptHead"/>, which differ between the published networks; functions take the number of the level, 0 being the finest.</summary>
internal sealed record DptNames
{
    /// <summary>The layer that mixes in the class token.</summary>
    public required Func<int, string> Readout { get; init; }

    /// <summary>The 1x1 convolution.</summary>
    public required Func<int, string> Projection { get; init; }

    /// <summary>The convolution that changes the resolution.</summary>
    public required Func<int, string> Resize { get; init; }

    /// <summary>The three convolutions at the end.</summary>
    public required (string First, string Second, string Third) Output { get; init; }
}
