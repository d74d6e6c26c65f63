using System.Text.Json;
using G3DR.Core.Imaging;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>The rows <c>clipN/u8</c> and <c>clipN/tensor</c> of pretrained/preprocess: pictures as CLIP sees them, in levels and normalised.</summary>
internal static class ClipPreprocessRows
{
    // Single precision of levels divided by 255, less the mean, divided by the deviation.
    private const double NormalizedTolerance = 1e-6;

    /// <summary>Computes and compares them.</summary>
    public static IEnumerable<VectorCheck> Verify(VectorRun run)
    {
        for (int n = 0; run.Contains($"clip{n}/u8"); n++)
        {
            string levels = $"clip{n}/u8", normalized = $"clip{n}/tensor";
            JsonElement entry = run.Config.Entry("tensors").Entry(levels);
            int[] size = [.. entry.Items("image").Select(item => item.GetInt32())];
            int pixels = entry.Integer("n_px");
            Image picture = HashedPictures.Make($"image_clip{n}", size[0], size[1], isSmooth: entry.Integer("smooth") != 0);
            yield return run.CheckWithin(levels, [.. ClipPreprocessing.Crop(picture, pixels).Data8.ToArray().Select(level => (double)level)], 0);
            using Tensor tensor = ClipPreprocessing.ToTensor(run.Device, [picture], pixels);
            using Tensor channels = tensor.Permute(0, 3, 1, 2);
            yield return run.CheckWithin(normalized, channels.ToDoubles(), NormalizedTolerance);
        }
    }
}
