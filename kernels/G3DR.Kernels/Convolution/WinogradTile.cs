namespace G3DR.Kernels.Convolution;

/// <summary>How many outputs one tile of a Winograd convolution makes.</summary>
public enum WinogradTile
{
    /// <summary>F(2x2, 3x3): 16 products for 4 outputs, 2.25 times fewer than by definition; rounds as the direct convolution does.</summary>
    F2,

    /// <summary>F(4x4, 3x3): 36 products for 16 outputs, 4 times fewer than by definition.</summary>
    F4,
}
