using System.Text.Json;
using G3DR.Core.Imaging;
using G3DR.Core.Weights;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>
/// data/samples: pictures and depth maps as the released data loader prepares them, from the decoded pixels that the file stores. Where the pictures themselves lie in
/// data/g3dr-samples beside the folder of the vectors, decoding them is compared too.
/// </summary>
internal sealed class SampleVerifier() : HostVerifier("samples")
{
    private const int FoldersUp = 3;

    public override bool KnowsConfig(JsonElement config) =>
        config.EnumerateObject().Any() && config.EnumerateObject().All(p => p.Value.ValueKind == JsonValueKind.Object && p.Value.HasAll("name", "size"));

    public override IEnumerable<VectorCheck> Run(ReferenceVectors vectors, VerificationContext context)
    {
        string? pictures = FindPictures(context.FilePath);
        foreach (JsonProperty sample in vectors.Config.EnumerateObject())
        {
            string prefix = sample.Name + ".";
            foreach (VectorCheck check in Prepare(vectors, prefix, sample.Value.Integer("size")))
            {
                yield return check;
            }

            if (pictures is not null && FileBeside(pictures, sample.Value.Text("name") + ".jpg") is { } photo)
            {
                byte[] pixels = Image.Load(photo).ToRgb8().Data8.ToArray();
                yield return Row(vectors.Compare(prefix + "jpg", Array.ConvertAll(pixels, value => (double)value)));
            }

            if (pictures is not null && FileBeside(pictures, sample.Value.Text("name") + "_depth.png") is { } map)
            {
                yield return Row(vectors.Compare(prefix + "png", Array.ConvertAll(Image.Load(map).ToGrey16(), value => (long)value)));
            }
        }
    }

    private static IEnumerable<VectorCheck> Prepare(ReferenceVectors vectors, string prefix, int size)
    {
        RequireSize(vectors, prefix + "depth", (long)size * size);
        (int width, int height) = PictureSize(vectors, prefix + "jpg");
        byte[] pixels = Array.ConvertAll(vectors.Integers(prefix + "jpg"), value => checked((byte)value));
        (int depthWidth, int depthHeight) = PictureSize(vectors, prefix + "png");
        int[] depths = Array.ConvertAll(vectors.Integers(prefix + "png"), value => checked((int)value));
        var map = new Image(depthWidth, depthHeight, 1, Array.ConvertAll(depths, value => checked((ushort)value)));
        RgbdPicture picture = RgbdPicture.FromImages(new Image(width, height, 3, pixels), map, size);
        yield return Row(vectors.Compare(prefix + "image", Planar(picture.Color, size)));
        yield return Row(vectors.Compare(prefix + "depth", picture.Depth));
        yield return Row(vectors.Compare(prefix + "depth_int", ResizedDepth(depths, depthWidth, depthHeight, size)));
        yield return Row(vectors.Compare(prefix + "image_flipped_row0", FirstRow(Planar(picture.FlipHorizontal().Color, size), size)));
    }

    private static (int Width, int Height) PictureSize(ReferenceVectors vectors, string name) => vectors.Shape(name) is [long height, long width, ..]
        ? (checked((int)width), checked((int)height))
        : throw new WeightsFormatException($"'{name}' must have a height and a width.");

    private static long[] ResizedDepth(int[] depths, int width, int height, int size)
    {
        (int newWidth, int newHeight) = ImageResize.ShorterSideSize(width, height, size);
        int[] resized = ImageResize.Resize(depths, width, height, newWidth, newHeight);
        int left = ImageResize.CropStart(newWidth, size), top = ImageResize.CropStart(newHeight, size);
        var cropped = new long[size * size];
        for (int i = 0; i < cropped.Length; i++)
        {
            cropped[i] = resized[((top + (i / size)) * newWidth) + left + (i % size)];
        }

        return cropped;
    }

    // (size, size, 3) to (3, size, size).
    private static float[] Planar(float[] colors, int size)
    {
        var planar = new float[colors.Length];
        for (int i = 0; i < colors.Length; i++)
        {
            planar[(i % 3 * size * size) + (i / 3)] = colors[i];
        }

        return planar;
    }

    private static float[] FirstRow(float[] planar, int size) => [.. Enumerable.Range(0, 3).SelectMany(c => planar.AsSpan(c * size * size, size).ToArray())];

    private static string? FindPictures(string file)
    {
        string? folder = Path.GetDirectoryName(file);
        for (int up = 0; up < FoldersUp && folder is not null; up++)
        {
            string candidate = Path.Combine(folder, "data", "g3dr-samples");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }

            folder = Path.GetDirectoryName(folder);
        }

        return null;
    }

    // Names come from the file: one that leads out of the folder of the pictures is not followed.
    private static string? FileBeside(string folder, string name)
    {
        string path = Path.GetFullPath(Path.Combine(folder, name));
        return path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal) && File.Exists(path) ? path : null;
    }
}
