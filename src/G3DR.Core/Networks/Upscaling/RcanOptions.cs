namespace G3DR.Core.Networks;

/// <summary>Sizes of an <see cref="Rcan"/>.</summary>
public sealed record RcanOptions
{
    /// <summary>The sizes of the published networks, which enlarge twice.</summary>
    public static RcanOptions Published { get; } = new();

    /// <summary>How many times larger each side becomes: 3 or a power of two from 2 to 8.</summary>
    public int Scale { get; init; } = 2;

    /// <summary>Residual groups, one after the other.</summary>
    public int Groups { get; init; } = 10;

    /// <summary>Blocks with channel attention in each group.</summary>
    public int Blocks { get; init; } = 20;

    /// <summary>Channels.</summary>
    public int Features { get; init; } = 64;

    /// <summary>Quotient of <see cref="Features"/> and the channels inside the channel attention.</summary>
    public int Reduction { get; init; } = 16;

    /// <summary>The factors by which the stages at the end enlarge, one after the other.</summary>
    internal IReadOnlyList<int> Stages => Scale == 3 ? [3] : [.. Enumerable.Repeat(2, int.Log2(Scale))];

    /// <summary>Refuses sizes that make no network.</summary>
    /// <exception cref="ArgumentException">A size is below 1, the scale is another one, or the reduction does not divide the features.</exception>
    public void Validate()
    {
        if (Scale is not (2 or 3 or 4 or 8))
        {
            throw new ArgumentException($"RCAN enlarges 2, 3, 4 or 8 times, not {Scale} times.");
        }

        if (Groups < 1 || Blocks < 1 || Features < 1 || Reduction < 1 || Features % Reduction != 0)
        {
            throw new ArgumentException(
                $"RCAN needs groups, blocks, features and a reduction of at least 1, and a reduction that divides the features; got {Groups}, {Blocks}, {Features} and {Reduction}.");
        }
    }
}
