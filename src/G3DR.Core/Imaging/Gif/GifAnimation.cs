using System.Text;
using G3DR.Core.IO;

namespace G3DR.Core.Imaging;

/// <summary>Writes animated GIF files (GIF89a).</summary>
public static class GifAnimation
{
    /// <summary>Writes an animation. The file appears at once or not at all (<see cref="AtomicFile"/>).</summary>
    /// <param name="path">The file to create or replace.</param>
    /// <param name="frames">At least one picture; all of one size of at most 65535 x 65535. Alpha is laid over white.</param>
    /// <param name="options">Speed, palette and dithering; null for the defaults.</param>
    /// <param name="progress">Receives the number of frames written so far.</param>
    /// <param name="cancel">Stops between frames; no file is left.</param>
    /// <exception cref="ArgumentException">There are no frames, their sizes differ, or an option is out of its range.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, IReadOnlyList<Image> frames, GifOptions? options = null, IProgress<int>? progress = null, CancellationToken cancel = default)
        => AtomicFile.Write(path, stream => Save(stream, frames, options, progress, cancel));

    /// <summary>Writes an animation to a stream.</summary>
    /// <param name="stream">Receives the file; it is not closed.</param>
    /// <param name="frames">At least one picture; all of one size of at most 65535 x 65535. Alpha is laid over white.</param>
    /// <param name="options">Speed, palette and dithering; null for the defaults.</param>
    /// <param name="progress">Receives the number of frames written so far.</param>
    /// <param name="cancel">Stops between frames.</param>
    /// <exception cref="ArgumentException">There are no frames, their sizes differ, or an option is out of its range.</exception>
    public static void Save(Stream stream, IReadOnlyList<Image> frames, GifOptions? options = null, IProgress<int>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(frames);
        options ??= GifOptions.Default;
        Check(frames, options);

        int width = frames[0].Width;
        int height = frames[0].Height;
        GifPalette? shared = options.PalettePerFrame ? null : GifPalette.Build(frames, options.Colors, cancel);
        var ditherer = new GifDitherer(options.Dither, width, height);
        using var output = new BinaryWriter(stream, Encoding.ASCII, leaveOpen: true);
        WriteHeader(output, width, height, shared, options.Loops);
        byte[] indices = new byte[width * height];
        for (int i = 0; i < frames.Count; i++)
        {
            cancel.ThrowIfCancellationRequested();
            GifPalette palette = shared ?? GifPalette.Build([frames[i]], options.Colors, cancel);
            ditherer.Map(frames[i].ToRgb8(), palette, indices);
            WriteFrame(output, width, height, indices, palette, ownTable: shared is null, Delay(i, options.FramesPerSecond));
            progress?.Report(i + 1);
        }
        output.Write((byte)0x3B);
    }

    private static void Check(IReadOnlyList<Image> frames, GifOptions options)
    {
        if (frames.Count == 0)
            throw new ArgumentException("An animation needs at least one frame.", nameof(frames));
        Image first = frames[0];
        if (first.Width > ushort.MaxValue || first.Height > ushort.MaxValue)
            throw new ArgumentException($"A GIF has at most 65535 x 65535 pixels; got {first.Width} x {first.Height}.", nameof(frames));
        for (int i = 1; i < frames.Count; i++)
        {
            if (frames[i].Width != first.Width || frames[i].Height != first.Height)
                throw new ArgumentException($"All frames need one size: frame 0 has {first.Width} x {first.Height} pixels, frame {i} has {frames[i].Width} x {frames[i].Height}.", nameof(frames));
        }
        if (options.Colors is < 2 or > 256)
            throw new ArgumentException($"GifOptions.Colors is {options.Colors}; need 2 to 256.", nameof(options));
        if (options.Loops is < 0 or > ushort.MaxValue)
            throw new ArgumentException($"GifOptions.Loops is {options.Loops}; need 0 (for ever) to 65535.", nameof(options));
        // Browsers slow down frames shorter than two hundredths; longer than 65535 cannot be stored.
        if (!(options.FramesPerSecond is >= 0.01 and <= 50))
            throw new ArgumentException($"GifOptions.FramesPerSecond is {options.FramesPerSecond}; need 0.01 to 50.", nameof(options));
    }

    /// <summary>The hundredths of a second from frame i to the next, so that frame times never drift from i / fps.</summary>
    private static ushort Delay(int i, double framesPerSecond)
    {
        double period = 100.0 / framesPerSecond;
        return (ushort)(Math.Round((i + 1) * period) - Math.Round(i * period));
    }

    private static void WriteHeader(BinaryWriter output, int width, int height, GifPalette? palette, int loops)
    {
        output.Write("GIF89a"u8);
        output.Write((ushort)width);
        output.Write((ushort)height);
        output.Write((byte)(0x70 | (palette is null ? 0 : 0x80 | (palette.TableBits - 1))));
        output.Write((ushort)0);
        if (palette is not null)
            output.Write(palette.Table());
        output.Write([0x21, 0xFF, 11]);
        output.Write("NETSCAPE2.0"u8);
        output.Write([3, 1]);
        output.Write((ushort)loops);
        output.Write((byte)0);
    }

    private static void WriteFrame(BinaryWriter output, int width, int height, byte[] indices, GifPalette palette, bool ownTable, ushort delay)
    {
        // Graphic control: keep the frame until the next one covers it.
        output.Write([0x21, 0xF9, 4, 0x04]);
        output.Write(delay);
        output.Write((ushort)0);
        output.Write((byte)0x2C);
        output.Write(0);
        output.Write((ushort)width);
        output.Write((ushort)height);
        output.Write((byte)(ownTable ? 0x80 | (palette.TableBits - 1) : 0));
        if (ownTable)
            output.Write(palette.Table());
        GifLzw.Write(output, indices, Math.Max(2, palette.TableBits));
    }
}
