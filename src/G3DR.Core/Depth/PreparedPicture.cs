namespace G3DR.Core.Depth;

/// <summary>A photo as a depth network wants it.</summary>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Values">(height, width, 3) normalised colours, row-major.</param>
public sealed record PreparedPicture(int Width, int Height, float[] Values);
