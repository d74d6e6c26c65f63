namespace G3DR.Core.Weights;

/// <summary>What <see cref="WeightFile.Open"/> takes of a file.</summary>
public sealed record WeightFileOptions
{
    /// <summary>
    /// The state dictionary to take of a checkpoint that holds more than weights, for example <c>model</c> or <c>ema/shadow</c>; names then begin behind it.
    /// Null takes the only one there is: at the top, else one level below, and so on. An empty text takes every tensor of the file, with its whole path as name.
    /// </summary>
    public string? Key { get; init; }
}
