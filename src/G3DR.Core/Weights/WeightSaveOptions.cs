namespace G3DR.Core.Weights;

/// <summary>What <see cref="WeightSaver"/> changes on the way.</summary>
public sealed record WeightSaveOptions
{
    /// <summary>Type for floating-point tensors: F16, BF16, F32 or F64; null keeps each as it is. Whole numbers are never changed.</summary>
    public WeightDtype? Dtype { get; init; }

    /// <summary>Start of the names to take, removed from them; others are left out.</summary>
    public string Prefix { get; init; } = string.Empty;

    /// <summary>New names, after the prefix was removed.</summary>
    public WeightNameMap? NameMap { get; init; }

    /// <summary>Most bytes of tensors in one file; null for one file in all. A larger tensor has a file of its own.</summary>
    public long? ShardBytes { get; init; }

    /// <summary>Texts to add to what the file says about itself, or to say instead: licence, origin.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();
}

/// <summary>What <see cref="WeightSaver"/> wrote.</summary>
/// <param name="Files">The files; an index is the last.</param>
/// <param name="Tensors">Number of tensors.</param>
/// <param name="Bytes">Bytes of all tensors.</param>
/// <param name="Overflowed">Tensors with finite values that became infinite in the smaller type.</param>
public sealed record WeightSaveResult(IReadOnlyList<string> Files, int Tensors, long Bytes, IReadOnlyList<string> Overflowed);
