using G3DR.Compute;
using G3DR.Core.Imaging;
using G3DR.Core.Losses;
using G3DR.Core.Rendering;
using G3DR.Core.Tensors;

namespace G3DR.Core.Scenes;

/// <summary>
/// The gradients that the densities along one row of an RGB-D picture receive, as in Fig. 2b of G3DR: columns are pixels of the row, rows are distances along
/// their rays, bright where the gradient is large.
/// </summary>
public static class GradientRow
{
    private const int Samples = 128;

    /// <summary>Magnitudes (<see cref="Samples"/>, pixels), near first, of the gradients of density, with a kernel or without.</summary>
    /// <param name="scene">Any scene, for example a fresh one.</param>
    /// <param name="picture">The picture it is compared with.</param>
    /// <param name="row">Row of the picture.</param>
    /// <param name="kernel">Depth kernel, or null.</param>
    public static float[] Measure(TriplaneScene scene, RgbdPicture picture, int row, DepthKernel? kernel)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, picture.Size);
        Accelerator device = scene.Accelerator;
        int size = picture.Size;
        using var scope = TensorScope.Begin(device);
        RayBatch rays = RayBatch.FromBundle(device, Camera.Canonical.Rays(size, size)).Slice(row * size, size);
        Tensor surface = Tensor.FromArray(device, picture.Depth.AsSpan(row * size, size), [1, size]);
        Tensor target = Tensor.FromArray(device, picture.Color.AsSpan(3 * row * size, 3 * size), [1, size, 3]);
        RenderSettings settings = RenderSettings.Paper with { CoarseSamples = Samples, Kernel = null, KeepIntermediates = true, Levels = scene.Settings.Levels };
        RenderIntermediates samples;
        using (device.NoGrad())
        {
            Tensor middles = Tensor.Full(device, [1, size, Samples], 0.5);
            samples = ComposedRenderer.Render(scene.Planes, scene.Decoder, rays, settings, randomness: new() { CoarseNoise = middles }).Intermediates!;
        }

        Tensor density = samples.Densities.Clone();
        density.RequiresGrad = true;
        Tensor far = Tensor.Full(device, [1, size], settings.Far!.Value);
        MarchingResult view = VolumeMarching.PerSample(samples.Colors, density, samples.CoarseDistances, far, kernel: kernel, surface: kernel is null ? null : surface);
        (PictureLosses.L2(view.Color, target) + PictureLosses.L1(view.Depth, surface)).Backward();
        return density.Grad!.Abs().Reshape(size, Samples).Transpose().ToSingles();
    }

    /// <summary>
    /// The gradients without and with the kernel, one above the other, on one logarithmic scale of three decades, and the row's surface as a white line.
    /// </summary>
    /// <param name="scene">Any scene, for example a fresh one.</param>
    /// <param name="picture">The picture it is compared with.</param>
    /// <param name="row">Row of the picture.</param>
    /// <param name="kernel">Depth kernel.</param>
    public static Image Paint(TriplaneScene scene, RgbdPicture picture, int row, DepthKernel kernel)
    {
        float[] without = Measure(scene, picture, row, kernel: null), with = Measure(scene, picture, row, kernel);
        float largest = MathF.Max(without.Max(), float.Epsilon);
        var sheet = new ContactSheet(columns: 1);
        foreach ((float[] values, string label) in new[] { (without, "without the depth kernel"), (with, "with the depth kernel") })
        {
            float[] decades = Array.ConvertAll(values, v => MathF.Log10(MathF.Max(v / largest, 1e-6f)));
            Image map = ColorMap.Magma.Paint(decades, picture.Size, Samples, -3, 0);
            for (int x = 0; x < picture.Size; x++)
            {
                int y = (int)Math.Clamp((picture.Depth[(row * picture.Size) + x] - RgbdPicture.NearDepth) / (RgbdPicture.FarDepth - RgbdPicture.NearDepth) * Samples, 0, Samples - 1);
                map.Data8.Slice(3 * ((y * picture.Size) + x), 3).Fill(255);
            }

            sheet.Add(map, label);
        }

        return sheet.Render();
    }
}
