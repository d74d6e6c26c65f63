using G3DR.Core.Imaging;

namespace G3DR.Core.Scenes;

/// <summary>One picture of a fitted scene, in host memory, row-major.</summary>
/// <param name="Width">Pixels per row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Values">Colours (H, W, 3) in [0, 1], up to the decoder's margin of 0.001.</param>
/// <param name="Depth">Distances along the rays (H, W).</param>
/// <param name="Opacity">Sums of weights (H, W) in [0, 1].</param>
/// <param name="Spread">Standard deviation of the distance under the weights of each ray (H, W); NaN where a ray meets nothing.</param>
public sealed record RenderedView(int Width, int Height, float[] Values, float[] Depth, float[] Opacity, float[] Spread)
{
    /// <summary>The colours as an 8-bit RGB picture.</summary>
    public Image Color => Image.FromFloat(Values, Width, Height, channels: 3);

    /// <summary>The depths painted with a colour map.</summary>
    /// <param name="map">Colours; turbo by default.</param>
    public Image PaintDepth(ColorMap? map = null) =>
        (map ?? ColorMap.Turbo).PaintDepth(Depth, Width, Height, (RgbdPicture.NearDepth, RgbdPicture.FarDepth));

    /// <summary>The depths as a 16-bit picture by the convention of RGB-D files: 0 at distance 4, 65535 at 6.</summary>
    public Image Depth16()
    {
        var image = new Image(Width, Height, channels: 1, bitDepth: 16);
        Span<ushort> pixels = image.Data16;
        for (int i = 0; i < pixels.Length; i++)
        {
            double scaled = (Depth[i] - RgbdPicture.NearDepth) / (RgbdPicture.FarDepth - RgbdPicture.NearDepth) * 65536;
            pixels[i] = (ushort)Math.Clamp(Math.Round(scaled), 0, ushort.MaxValue);
        }

        return image;
    }

    /// <summary>Mean of <see cref="Spread"/> over the rays that meet something.</summary>
    public double MeanSpread => Spread.Where(float.IsFinite).Select(s => (double)s).DefaultIfEmpty(double.NaN).Average();
}
