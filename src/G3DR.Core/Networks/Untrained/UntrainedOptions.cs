using G3DR.Core.Weights;

namespace G3DR.Core.Networks;

/// <summary>How the parameters of a new network get their values.</summary>
public enum UntrainedValues
{
    /// <summary>Drawn as PyTorch initialises layers (<see cref="Initializer.Random"/>): where training starts.</summary>
    Random,

    /// <summary>
    /// Hashed from names (<see cref="HashInit"/> with the <see cref="NetworkKind.HashRules"/> of the network): other programs can make the same network.
    /// </summary>
    Hash,
}

/// <summary>Which weights <see cref="UntrainedWeights"/> makes.</summary>
public sealed record UntrainedOptions
{
    /// <summary>The network.</summary>
    public NetworkKind Network { get; init; } = TriplaneGenerator.Kind;

    /// <summary>A name of its <see cref="NetworkKind.Sizes"/>; null for the first.</summary>
    public string? Size { get; init; }

    /// <summary>Where the values come from.</summary>
    public UntrainedValues Values { get; init; }

    /// <summary>Seed of random values; hashed ones have none.</summary>
    public ulong Seed { get; init; }

    /// <summary>Stored element type: F32, F16 or BF16.</summary>
    public WeightDtype Dtype { get; init; } = WeightDtype.F32;
}
