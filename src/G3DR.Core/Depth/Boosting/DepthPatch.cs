namespace G3DR.Core.Depth;

/// <summary>A square of a picture.</summary>
/// <param name="X">Left column.</param>
/// <param name="Y">Top row.</param>
/// <param name="Size">Side in pixels.</param>
public readonly record struct DepthPatch(int X, int Y, int Size)
{
    /// <summary>For example <c>384 x 384 at (10, 20)</c>.</summary>
    public override string ToString() => $"{Size} x {Size} at ({X}, {Y})";
}
