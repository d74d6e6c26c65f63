namespace G3DR.Core.Networks;

/// <summary>How windows of a pooling lie; the rules are those of PyTorch.</summary>
public record PoolOptions
{
    /// <summary>Rows and columns from one window to the next; the size of the window if <see langword="null"/>.</summary>
    public (int Y, int X)? Stride { get; init; }

    /// <summary>Rows and columns added on each side, at most half of the window: -infinity for a maximum, zeros for an average.</summary>
    public (int Y, int X) Padding { get; init; }

    /// <summary>Whether a last window that begins inside but does not fit counts too.</summary>
    public bool CeilMode { get; init; }
}

/// <summary>Options of <see cref="Functional.MaxPool2d"/>.</summary>
public sealed record MaxPoolOptions : PoolOptions
{
    /// <summary>Rows and columns from one element of a window to the next.</summary>
    public (int Y, int X) Dilation { get; init; } = (1, 1);
}

/// <summary>Options of <see cref="Functional.AvgPool2d"/>.</summary>
public sealed record AvgPoolOptions : PoolOptions
{
    /// <summary>Whether the padding counts among the elements of a window.</summary>
    public bool CountIncludePad { get; init; } = true;

    /// <summary>What sums are divided by instead of the number of elements.</summary>
    public int? DivisorOverride { get; init; }
}
