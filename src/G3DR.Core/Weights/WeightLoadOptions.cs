namespace G3DR.Core.Weights;

/// <summary>How <see cref="WeightLoader"/> finds the tensor of a parameter.</summary>
public sealed record WeightLoadOptions
{
    /// <summary>Whether missing and unexpected tensors are errors. Those of another shape always are.</summary>
    public bool Strict { get; init; } = true;

    /// <summary>
    /// Start of the names to load, removed from them: only tensors with this start are looked at, so that one part of a larger file can be loaded, for example
    /// <c>first_stage_model.</c>.
    /// </summary>
    public string Prefix { get; init; } = string.Empty;

    /// <summary>Whether <c>module.</c>, which PyTorch's DataParallel puts before every name, is removed where all names of the file have it and no parameter has.</summary>
    public bool StripModule { get; init; } = true;

    /// <summary>Names of the file to names of parameters, after prefixes were removed.</summary>
    public WeightNameMap? NameMap { get; init; }

    /// <summary>Tensors of the file, after all renaming, that may be there without being needed, such as <c>*.num_batches_tracked</c>: names, or patterns with one star.</summary>
    public IReadOnlyList<string> Ignore { get; init; } = [];

    /// <summary>Tensors of the network that may be missing in the file and then stay as they are, such as <c>*.num_batches_tracked</c>: names, or patterns with one star.</summary>
    public IReadOnlyList<string> Optional { get; init; } = [];

    /// <summary>Whether shapes may differ in dimensions of one element: a 1x1 convolution [C, C, 1, 1] then fits a linear layer [C, C].</summary>
    public bool IgnoreUnitDimensions { get; init; }
}
