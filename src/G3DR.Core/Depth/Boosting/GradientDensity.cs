namespace G3DR.Core.Depth;

/// <summary>Mean of strong gradients over squares of a picture.</summary>
internal sealed class GradientDensity
{
    private readonly double[] _integral;

    public GradientDensity(PictureGradients gradients)
    {
        (Width, Height) = (gradients.Width, gradients.Height);
        _integral = gradients.StrongIntegral();
        Overall = _integral[^1] / ((double)Width * Height);
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>The mean over the whole picture.</summary>
    public double Overall { get; }

    public bool Contains(DepthPatch patch) => patch.X >= 0 && patch.Y >= 0 && patch.X + patch.Size <= Width && patch.Y + patch.Size <= Height;

    /// <summary>The mean over a square inside the picture.</summary>
    public double Of(DepthPatch patch)
    {
        double At(int y, int x) => _integral[(y * (Width + 1)) + x];
        (int left, int top, int right, int bottom) = (patch.X, patch.Y, patch.X + patch.Size, patch.Y + patch.Size);
        return (At(bottom, right) - At(top, right) - At(bottom, left) + At(top, left)) / ((double)patch.Size * patch.Size);
    }
}
