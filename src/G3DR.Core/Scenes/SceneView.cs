using G3DR.Core.Imaging;

namespace G3DR.Core.Scenes;

/// <summary>What a camera sees of a <see cref="SyntheticScene"/>.</summary>
public sealed class SceneView
{
    private const double FullScale = 65536;

    internal SceneView(int width, int height)
    {
        (Width, Height) = (width, height);
        Color = new float[3 * width * height];
        Depth = new float[width * height];
        Hit = new bool[width * height];
    }

    /// <summary>Pixels per row.</summary>
    public int Width { get; }

    /// <summary>Number of rows.</summary>
    public int Height { get; }

    /// <summary>Colours (height, width, 3), sRGB values in [0, 1]; black where nothing was hit.</summary>
    public float[] Color { get; }

    /// <summary>Distances along the pixels' rays (height, width); 0 where nothing was hit, as a renderer gives for an empty ray.</summary>
    public float[] Depth { get; }

    /// <summary>Whether the pixel's ray hits a surface (height, width).</summary>
    public bool[] Hit { get; }

    /// <summary>The colours as a picture of 8 bits.</summary>
    public Image ToColorImage() => Image.FromFloat(Color, Width, Height, channels: 3);

    /// <summary>
    /// The depths as a grey picture of 16 bits in the convention of <see cref="RgbdPicture"/>: round((d - 4) / 2 * 65536), kept within 0 (near) and
    /// 65535 (far). Pixels that hit nothing are far.
    /// </summary>
    public Image ToDepthImage()
    {
        var levels = new ushort[Depth.Length];
        double scale = FullScale / (RgbdPicture.FarDepth - RgbdPicture.NearDepth);
        for (int i = 0; i < levels.Length; i++)
        {
            double level = Math.Round((Depth[i] - RgbdPicture.NearDepth) * scale, MidpointRounding.AwayFromZero);
            levels[i] = Hit[i] ? (ushort)Math.Clamp(level, 0, ushort.MaxValue) : ushort.MaxValue;
        }

        return new(Width, Height, channels: 1, levels);
    }
}
