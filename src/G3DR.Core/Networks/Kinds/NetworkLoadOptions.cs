namespace G3DR.Core.Networks;

/// <summary>What of a checkpoint <see cref="NetworkLoader"/> takes.</summary>
public sealed record NetworkLoadOptions
{
    /// <summary>The state dictionary inside a checkpoint, for example <c>model</c>; found by itself where there is only one.</summary>
    public string? Key { get; init; }
}
