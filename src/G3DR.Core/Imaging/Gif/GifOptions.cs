namespace G3DR.Core.Imaging;

/// <summary>How colours that are not in the palette are approximated.</summary>
public enum GifDither
{
    /// <summary>Nearest colour: smallest files, bands in smooth areas.</summary>
    None,

    /// <summary>A blue-noise threshold that stays fixed on the screen, so that still parts of an animation do not flicker.</summary>
    BlueNoise,

    /// <summary>Error diffusion (Floyd and Steinberg 1976): finest for still pictures; in animations the grain moves.</summary>
    FloydSteinberg,
}

/// <summary>How an animated GIF is written.</summary>
public sealed record GifOptions
{
    /// <summary>The options used when none are given.</summary>
    public static GifOptions Default { get; } = new();

    /// <summary>Frames per second. GIF counts in hundredths of a second, so the delay of each frame is rounded such that the sum stays right; at most 50.</summary>
    public double FramesPerSecond { get; init; } = 20;

    /// <summary>How often the animation is repeated; 0 for ever.</summary>
    public int Loops { get; init; }

    /// <summary>Colours in a palette, 2 to 256.</summary>
    public int Colors { get; init; } = 256;

    /// <summary>One palette per frame instead of one for all: more colours, larger files, and slight changes of tone between frames.</summary>
    public bool PalettePerFrame { get; init; }

    /// <summary>How colours that are not in the palette are approximated.</summary>
    public GifDither Dither { get; init; } = GifDither.BlueNoise;
}
