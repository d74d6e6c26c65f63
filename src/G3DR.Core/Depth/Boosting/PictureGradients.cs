using G3DR.Core.Imaging;

namespace G3DR.Core.Depth;

/// <summary>
/// How much changes at each pixel: |Sobel along x| + |Sobel along y| of the brightness in [0, 1]. Edges are taken for what a depth network finds its way by.
/// </summary>
/// <param name="Values">(height, width).</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
internal sealed record PictureGradients(float[] Values, int Width, int Height)
{
    /// <summary>Computes the gradients of a picture; beyond its border it is mirrored without repeating the border itself.</summary>
    public static PictureGradients Of(Image picture)
    {
        float[] grey = Brightness(picture);
        (int width, int height) = (picture.Width, picture.Height);
        float[] values = new float[grey.Length];
        Parallel.For(0, height, y =>
        {
            ReadOnlySpan<float> above = Row(Mirror(y - 1, height)), here = Row(y), below = Row(Mirror(y + 1, height));
            for (int x = 0; x < width; x++)
            {
                int left = Mirror(x - 1, width), right = Mirror(x + 1, width);
                float alongX = above[right] - above[left] + (2 * (here[right] - here[left])) + below[right] - below[left];
                float alongY = below[left] - above[left] + (2 * (below[x] - above[x])) + below[right] - above[right];
                values[(y * width) + x] = Math.Abs(alongX) + Math.Abs(alongY);
            }
        });
        return new(values, width, height);

        ReadOnlySpan<float> Row(int y) => grey.AsSpan(y * width, width);
    }

    /// <summary>
    /// Sums over rectangles: element (y, x) of (height + 1, width + 1) is the sum of all rows above y and columns left of x. Gradients below the mean of those that are not
    /// zero count as zero.
    /// </summary>
    public double[] StrongIntegral()
    {
        double sum = 0;
        long count = 0;
        foreach (float value in Values)
        {
            sum += value;
            count += value > 0 ? 1 : 0;
        }

        double threshold = count > 0 ? sum / count : 0;
        int stride = Width + 1;
        double[] integral = new double[checked(stride * (Height + 1))];
        for (int y = 0; y < Height; y++)
        {
            double row = 0;
            for (int x = 0; x < Width; x++)
            {
                float value = Values[(y * Width) + x];
                row += value < threshold ? 0 : value;
                integral[((y + 1) * stride) + x + 1] = integral[(y * stride) + x + 1] + row;
            }
        }

        return integral;
    }

    // Weights of ITU-R BT.601 with the digits that MATLAB made common.
    private static float[] Brightness(Image picture)
    {
        ReadOnlySpan<byte> data = picture.ToRgb8().Data8;
        float[] grey = new float[data.Length / 3];
        for (int i = 0, p = 0; i < grey.Length; i++, p += 3)
        {
            grey[i] = ((0.2989f * data[p]) + (0.5870f * data[p + 1]) + (0.1140f * data[p + 2])) / 255f;
        }

        return grey;
    }

    private static int Mirror(int index, int length) => length == 1 ? 0 : index < 0 ? 1 : index >= length ? length - 2 : index;
}
