namespace G3DR.Core.Networks;

/// <summary>Zero rows and columns around a picture.</summary>
/// <param name="Top">Rows above.</param>
/// <param name="Bottom">Rows below.</param>
/// <param name="Left">Columns on the left.</param>
/// <param name="Right">Columns on the right.</param>
public readonly record struct Padding2d(int Top, int Bottom, int Left, int Right)
{
    /// <summary>The same on all sides.</summary>
    /// <param name="all">Rows and columns on each side.</param>
    public static implicit operator Padding2d(int all) => new(all, all, all, all);

    /// <summary>For example <c>(1, 1, 2, 2)</c>: top, bottom, left, right.</summary>
    public override string ToString() => $"({Top}, {Bottom}, {Left}, {Right})";
}
