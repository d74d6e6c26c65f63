using G3DR.Core.Imaging;
using G3DR.Core.Weights;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>The pictures of pretrained/preprocess, which are made by a recipe of the file's metadata.</summary>
internal static class HashedPictures
{
    /// <summary>A picture of hashed levels, or of waves that differ between channels.</summary>
    /// <param name="name">What the hash is made of: <c>image_</c> and the name of the case.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="isSmooth">Whether it has waves.</param>
    public static Image Make(string name, int height, int width, bool isSmooth)
    {
        var image = new Image(width, height, channels: 3);
        Span<byte> levels = image.Data8;
        uint hash = HashInit.Hash(name);
        for (int i = 0; i < levels.Length; i++)
        {
            int channel = i % 3, x = i / 3 % width, y = i / 3 / width;
            levels[i] = isSmooth
                ? (byte)Math.Round(127.5 + (90 * Math.Sin((x / 5.0) + channel)) + (37 * Math.Cos((y / 7.0) - channel)), MidpointRounding.ToEven)
                : (byte)((HashInit.Unit(hash, (uint)i) + 0.5) * 256);
        }

        return image;
    }
}
