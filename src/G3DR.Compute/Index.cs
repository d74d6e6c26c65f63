namespace G3DR.Compute;

/// <summary>An index of a launch grid: how many items it spans and how a flat number becomes an index.</summary>
/// <typeparam name="TSelf">The index type itself.</typeparam>
public interface IIndex<TSelf>
    where TSelf : struct, IIndex<TSelf>
{
    /// <summary>Number of items when this index is used as an extent.</summary>
    long Size { get; }

    /// <summary>The index of item <paramref name="linear"/> of <paramref name="extent"/>; X varies fastest.</summary>
    /// <param name="linear">Item number, 0 to <see cref="Size"/> - 1.</param>
    /// <param name="extent">Extent of the grid.</param>
    static abstract TSelf FromLinear(long linear, TSelf extent);
}

/// <summary>One-dimensional kernel index.</summary>
/// <param name="X">Position.</param>
public readonly record struct Index1D(int X) : IIndex<Index1D>
{
    /// <inheritdoc/>
    public long Size => X;

    /// <inheritdoc/>
    public static Index1D FromLinear(long linear, Index1D extent) => new((int)linear);

    /// <summary>The position as a number.</summary>
    public static implicit operator int(Index1D index) => index.X;

    /// <summary>A number as an index.</summary>
    public static implicit operator Index1D(int x) => new(x);
}

/// <summary>Two-dimensional kernel index; X varies fastest.</summary>
/// <param name="X">Column.</param>
/// <param name="Y">Row.</param>
public readonly record struct Index2D(int X, int Y) : IIndex<Index2D>
{
    /// <inheritdoc/>
    public long Size => (long)X * Y;

    /// <inheritdoc/>
    public static Index2D FromLinear(long linear, Index2D extent) => new((int)(linear % extent.X), (int)(linear / extent.X));
}

/// <summary>Three-dimensional kernel index; X varies fastest, then Y.</summary>
/// <param name="X">Column.</param>
/// <param name="Y">Row.</param>
/// <param name="Z">Slice.</param>
public readonly record struct Index3D(int X, int Y, int Z) : IIndex<Index3D>
{
    /// <inheritdoc/>
    public long Size => (long)X * Y * Z;

    /// <inheritdoc/>
    public static Index3D FromLinear(long linear, Index3D extent)
    {
        long row = linear / extent.X;
        return new((int)(linear % extent.X), (int)(row % extent.Y), (int)(row / extent.Y));
    }
}
