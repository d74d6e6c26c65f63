using System.Runtime.CompilerServices;

namespace G3DR.Kernels.Convolution;

/// <summary>Copies a rectangle of a picture, with zeros where it leaves the picture, into memory whose pixels lie at a step of its own.</summary>
/// <param name="Height">Rows of the picture.</param>
/// <param name="Width">Columns of the picture.</param>
/// <param name="Channels">Elements of a pixel of the picture.</param>
/// <param name="CopiedChannels">Elements of a pixel that are copied.</param>
/// <param name="PixelStep">Elements between pixels of the copy.</param>
internal readonly unsafe record struct PaddedCopy(int Height, int Width, int Channels, int CopiedChannels, int PixelStep)
{
    /// <summary>Copies one row.</summary>
    /// <param name="picture">First channel to copy of the picture's first pixel.</param>
    /// <param name="y">Row of the picture, also outside of it.</param>
    /// <param name="x">First column, also outside of it.</param>
    /// <param name="columns">Columns to fill.</param>
    /// <param name="target">First pixel of the copy.</param>
    public void Row(float* picture, int y, int x, int columns, float* target)
    {
        if (y < 0 || y >= Height)
        {
            Clear(target, columns);
            return;
        }

        int left = Math.Clamp(-x, 0, columns), end = Math.Clamp(Width - x, left, columns);
        Clear(target, left);
        Clear(target + ((long)end * PixelStep), columns - end);
        float* from = picture + ((((long)y * Width) + x + left) * Channels);
        float* to = target + ((long)left * PixelStep);
        if (PixelStep == Channels && CopiedChannels == Channels)
        {
            Copy(from, to, (long)(end - left) * Channels);
            return;
        }

        for (int pixel = left; pixel < end; pixel++)
        {
            Copy(from, to, CopiedChannels);
            from += Channels;
            to += PixelStep;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(float* from, float* to, long count) => Buffer.MemoryCopy(from, to, count * sizeof(float), count * sizeof(float));

    private void Clear(float* target, int pixels) => new Span<float>(target, checked(pixels * PixelStep)).Clear();
}
