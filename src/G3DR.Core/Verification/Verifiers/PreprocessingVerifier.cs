using System.Text.Json;
using G3DR.Core.Depth;
using G3DR.Core.Imaging;
using G3DR.Core.Networks;
using G3DR.Core.Weights;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>pretrained/preprocess: photos as CLIP and the depth networks want them, and the sizes that depth networks work at.</summary>
internal sealed class PreprocessingVerifier() : PretrainedVerifier("preprocess")
{
    // Tolerances of the reference: for interpolated fractions, and of bytes one level, which depends on OpenCV's build. More than one byte in a hundred must not differ.
    private const double Fractions = 2e-5, Level = 1, DifferingShare = 0.01;

    // Larger than any picture of the file.
    private const int LargestSide = 4096;

    public override bool KnowsConfig(JsonElement config) => base.KnowsConfig(config) && config.HasAll("sizes_wh", "images");

    // Everything is computed on the host, but for one product and sum.
    protected override bool IsLarge(ReferenceVectors vectors) => true;

    protected override IEnumerable<VectorCheck> Verify(VectorRun run) => ClipPreprocessRows.Verify(run)
        .Concat(run.Config.Entry("tensors").EnumerateObject().Where(entry => entry.Value.Optional("image_bgr") is not null).Select(entry => Photo(run, entry.Name, entry.Value)))
        .Concat(run.Config.Entry("tensors").EnumerateObject().Where(entry => entry.Name.EndsWith("/depth_back", StringComparison.Ordinal)).Select(entry => Back(run, entry)))
        .Append(Sizes(run, "depth_anything_518_lower14", DepthAnythingInput(518)))
        .Append(Sizes(run, "midas_384_minimal32", DptMidas.Input(384)))
        .Append(Sizes(run, "midas_256_upper32", DepthInputs.Midas(256)));

    private static DepthInput DepthAnythingInput(int size) => new()
    {
        Size = size,
        Multiple = DepthAnythingOptions.Small.Patch,
        Resize = DepthResize.LowerBound,
        Interpolation = DepthInterpolation.Cubic,
        Mean = ImageNet.Mean,
        Deviation = ImageNet.Deviation,
    };

    private static VectorCheck Photo(VectorRun run, string name, JsonElement entry)
    {
        Image photo = MadePhoto(name.Split('/')[0].Replace("depth_anything", "da", StringComparison.Ordinal), entry);
        if (name.EndsWith("/u8", StringComparison.Ordinal))
        {
            int side = Side(entry.Entry("size"));
            return run.CheckWithin(
                name, [.. OpenCvResize.ResizeLinear(photo, side, side).Data8.ToArray().Select(level => (double)level)], new VectorTolerance(Level, Mean: DifferingShare * Level));
        }

        DepthInput input = entry.Optional("input_size") is { } lower ? DepthAnythingInput(Side(lower))
            : entry.Optional("method") is null ? DepthInputs.LeRes with { Size = Side(entry.Entry("size")) }
            : entry.Text("method") == "minimal" ? DptMidas.Input(Side(entry.Entry("size")))
            : DepthInputs.Midas(Side(entry.Entry("size")));
        PreparedPicture picture = DepthPreprocessing.Prepare(photo, input);
        int pixels = picture.Width * picture.Height;
        double level = input.Interpolation == DepthInterpolation.LinearBytes ? Level / 255 / input.Deviation.Min() : 0;
        return run.CheckWithin(
            name,
            [.. Enumerable.Range(0, 3 * pixels).Select(i => (double)picture.Values[(i % pixels * 3) + (i / pixels)])],
            new VectorTolerance(level + Fractions, Mean: (DifferingShare * level) + Fractions));
    }

    // A map of 64 x 64 hashed depths, back to the size of the photo.
    private static VectorCheck Back(VectorRun run, JsonProperty entry)
    {
        const int side = 64;
        JsonElement[] shape = entry.Value.Items("shape");
        float[] depth = new float[side * side];
        HashInit.Fill(entry.Name.Split('/')[0].Replace("leres", "depth", StringComparison.Ordinal), 0, new(1), depth);
        float[] resized = OpenCvResize.Resize(depth, side, side, channels: 1, Side(shape[1]), Side(shape[0]), OpenCvFilter.Linear);
        return run.CheckWithin(entry.Name, [.. resized.Select(value => (double)value)], Fractions);
    }

    private static VectorCheck Sizes(VectorRun run, string column, DepthInput input)
    {
        static int[] Pair(JsonElement row, string name) => [.. row.Items(name).Select(size => size.GetInt32())];
        JsonElement[] rows = run.Config.Items("sizes_wh");
        double[] expected = [.. rows.SelectMany(row => Pair(row, column)).Select(size => (double)size)];
        double[] actual = [.. rows.Select(row => Pair(row, "image_wh")).Select(size => DepthPreprocessing.SizeOf(size[0], size[1], input))
            .SelectMany(size => new double[] { size.Width, size.Height })];
        return run.CheckWithin($"sizes_wh.{column}", expected, actual, 0);
    }

    private static int Side(JsonElement value) => value.GetInt32() is > 0 and <= LargestSide and int side
        ? side
        : throw new FormatException($"A side must have between 1 and {LargestSide} pixels.");

    // OpenCV's pictures have blue first.
    private static Image MadePhoto(string name, JsonElement entry)
    {
        JsonElement[] sizes = entry.Items("image_bgr");
        Image image = HashedPictures.Make($"image_{name}", Side(sizes[0]), Side(sizes[1]), entry.Integer("smooth") != 0);
        Span<byte> levels = image.Data8;
        for (int i = 0; i < levels.Length; i += 3)
        {
            (levels[i], levels[i + 2]) = (levels[i + 2], levels[i]);
        }

        return image;
    }
}
