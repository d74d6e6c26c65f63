using System.Text.Json;
using G3DR.Core.Depth;
using G3DR.Core.Imaging;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Core.Weights;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>pretrained/preprocess: photos as CLIP and the depth networks want them, and the sizes that depth networks work at.</summary>
internal sealed class PreprocessingVerifier() : HostVerifier("preprocess")
{
    // Tolerance of the reference for interpolated fractions; for bytes one level.
    private const double Fractions = 2e-5;

    // Larger than any picture of the file.
    private const int LargestSide = 4096;

    public override bool KnowsConfig(JsonElement config) => config.HasAll("hash_prefix", "tensors", "sizes_wh", "images");

    public override IEnumerable<VectorCheck> Run(ReferenceVectors vectors, VerificationContext context)
    {
        foreach (JsonProperty entry in vectors.Config.Entry("tensors").EnumerateObject())
        {
            string part = entry.Name[(entry.Name.IndexOf('/', StringComparison.Ordinal) + 1)..], picture = entry.Name.Split('/')[0];
            yield return picture switch
            {
                _ when picture.StartsWith("clip", StringComparison.Ordinal) => Clip(vectors, context, entry, MadePicture(vectors, picture, entry.Value, "image"), part),
                _ when picture.StartsWith("depth_anything", StringComparison.Ordinal) =>
                    Prepared(vectors, entry.Name, MadePicture(vectors, picture, entry.Value, "image_bgr"), DepthAnythingInput(Side(entry.Value, "input_size"))),
                _ when picture.StartsWith("midas", StringComparison.Ordinal) =>
                    Prepared(vectors, entry.Name, MadePicture(vectors, picture, entry.Value, "image_bgr"), MidasInput(entry.Value)),
                _ when part == "depth_back" => Back(vectors, entry.Name, picture),
                _ => LeRes(vectors, entry.Name, MadePicture(vectors, picture, entry.Value, "image_bgr"), Side(entry.Value, "size"), part),
            };
        }

        foreach ((string column, DepthInput input) in ((string, DepthInput)[])
        [
            ("depth_anything_518_lower14", DepthAnythingInput(518)),
            ("midas_384_minimal32", DptMidas.Input(384)),
            ("midas_256_upper32", DepthInputs.Midas(256)),
        ])
        {
            yield return Sizes(vectors.Config.Items("sizes_wh"), column, input);
        }
    }

    private static DepthInput DepthAnythingInput(int size) => new()
    {
        Size = size,
        Multiple = DepthAnythingOptions.Small.Patch,
        Resize = DepthResize.LowerBound,
        Interpolation = DepthInterpolation.Cubic,
        Mean = ImageNet.Mean,
        Deviation = ImageNet.Deviation,
    };

    private static DepthInput MidasInput(JsonElement entry)
    {
        int size = Side(entry, "size");
        return entry.Text("method") switch
        {
            "minimal" => DptMidas.Input(size),
            "upper_bound" => DepthInputs.Midas(size),
            string method => throw new FormatException($"The method is unknown: {method}"),
        };
    }

    private static VectorCheck Sizes(JsonElement[] rows, string column, DepthInput input)
    {
        double[] Pair(JsonElement row, string name) => [.. row.Items(name).Select(size => (double)size.GetInt32())];
        double[] expected = [.. rows.SelectMany(row => Pair(row, column))];
        double[] actual = [.. rows.Select(row => Pair(row, "image_wh"))
            .Select(size => DepthPreprocessing.SizeOf((int)size[0], (int)size[1], input)).SelectMany(size => new double[] { size.Width, size.Height })];
        return Row(VectorComparison.Compare($"sizes_wh.{column}", expected, actual, new(0)));
    }

    private static VectorCheck Prepared(ReferenceVectors vectors, string name, Image photo, DepthInput input)
    {
        PreparedPicture picture = DepthPreprocessing.Prepare(photo, input);
        return Row(vectors.Compare(name, ChannelsFirst(picture), new VectorTolerance(Fractions)));
    }

    private static VectorCheck LeRes(ReferenceVectors vectors, string name, Image photo, int size, string part) => part == "u8"
        ? Row(vectors.Compare(name, [.. OpenCvResize.ResizeLinear(photo, size, size).Data8.ToArray().Select(level => (double)level)], new VectorTolerance(0)))
        : Prepared(vectors, name, photo, DepthInputs.LeRes with { Size = size });

    private static VectorCheck Back(ReferenceVectors vectors, string name, string picture)
    {
        const int side = 64;
        long[] shape = vectors.FullShape(name);
        float[] depth = new float[side * side];
        HashInit.Fill(vectors.Config.Text("hash_prefix") + picture.Replace("leres", "depth", StringComparison.Ordinal), 0, new(1), depth);
        float[] resized = OpenCvResize.Resize(depth, side, side, channels: 1, checked((int)shape[1]), checked((int)shape[0]), OpenCvFilter.Linear);
        return Row(vectors.Compare(name, [.. resized.Select(value => (double)value)], new VectorTolerance(Fractions)));
    }

    private static VectorCheck Clip(ReferenceVectors vectors, VerificationContext context, JsonProperty entry, Image photo, string part)
    {
        int size = Side(entry.Value, "n_px");
        if (part == "u8")
        {
            return Row(vectors.Compare(entry.Name, [.. ClipPreprocessing.Crop(photo, size).Data8.ToArray().Select(level => (double)level)], new VectorTolerance(0)));
        }

        using Tensor prepared = ClipPreprocessing.ToTensor(context.Device, [photo], size);
        return Row(vectors.Compare(entry.Name, ChannelsFirst(new(size, size, prepared.ToSingles())), new VectorTolerance(Fractions)));
    }

    private static int Side(JsonElement entry, string name) => entry.Integer(name) is > 0 and <= LargestSide and int side
        ? side
        : throw new FormatException($"'{name}' must be between 1 and {LargestSide}.");

    private static double[] ChannelsFirst(PreparedPicture picture)
    {
        int pixels = picture.Width * picture.Height;
        double[] result = new double[3 * pixels];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = picture.Values[(i % pixels * 3) + (i / pixels)];
        }

        return result;
    }

    // A picture by the recipe of the file: hashed levels, or smooth ones. OpenCV's pictures have blue first.
    private static Image MadePicture(ReferenceVectors vectors, string name, JsonElement entry, string kind)
    {
        JsonElement[] sizes = entry.Items(kind);
        (int height, int width) = (sizes[0].GetInt32(), sizes[1].GetInt32());
        if (height is < 1 or > LargestSide || width is < 1 or > LargestSide)
        {
            throw new FormatException($"The picture of '{name}' must have between 1 and {LargestSide} rows and columns.");
        }

        bool smooth = entry.Integer("smooth") != 0, blueFirst = kind == "image_bgr";
        uint hash = HashInit.Hash($"{vectors.Config.Text("hash_prefix")}image_{name}");
        var image = new Image(width, height, 3);
        Span<byte> levels = image.Data8;
        for (int i = 0; i < levels.Length; i++)
        {
            (int pixel, int channel) = Math.DivRem(i, 3);
            (int y, int x) = Math.DivRem(pixel, width);
            levels[(3 * pixel) + (blueFirst ? 2 - channel : channel)] = smooth
                ? (byte)Math.Round(127.5 + (90 * Math.Sin((x / 5.0) + channel)) + (37 * Math.Cos((y / 7.0) - channel)), MidpointRounding.ToEven)
                : (byte)((HashInit.Unit(hash, (uint)i) + 0.5) * 256);
        }

        return image;
    }
}
