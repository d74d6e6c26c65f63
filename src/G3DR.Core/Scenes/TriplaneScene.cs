using G3DR.Compute;
using G3DR.Core.Metrics;
using G3DR.Core.Rendering;
using G3DR.Core.Tensors;
using G3DR.Kernels.Rendering;

namespace G3DR.Core.Scenes;

/// <summary>A 3D scene: three feature planes, the decoder, and the settings it is rendered with.</summary>
public sealed class TriplaneScene : IDisposable
{
    // Rays of one call of the renderer: bounds the memory of a picture of any size.
    private const int RaysPerCall = 1 << 14;

    /// <summary>Takes ownership of the tensors.</summary>
    /// <param name="planes">Planes (1, 3, H, W, C), float32.</param>
    /// <param name="decoder">Decoder of C channels.</param>
    /// <param name="settings">How it is rendered.</param>
    public TriplaneScene(Tensor planes, TriplaneDecoder decoder, RenderSettings settings)
    {
        if (planes.Rank != 5 || planes.Shape[0] != 1 || planes.Shape[1] != 3 || planes.Shape[4] != decoder.Channels)
        {
            throw new ArgumentException($"A scene needs planes (1, 3, H, W, {decoder.Channels}); got {planes.Shape}.", nameof(planes));
        }

        settings.Validate();
        (Planes, Decoder, Settings) = (planes, decoder, settings);
    }

    /// <summary>Feature planes (1, 3, H, W, C).</summary>
    public Tensor Planes { get; }

    /// <summary>Features to density and colour.</summary>
    public TriplaneDecoder Decoder { get; }

    /// <summary>How the scene is rendered.</summary>
    public RenderSettings Settings { get; }

    /// <summary>Device of the tensors.</summary>
    public Accelerator Accelerator => Planes.Accelerator;

    /// <summary>A scene from scratch: planes of normal noise and a decoder as the released code initialises it.</summary>
    /// <param name="device">Device.</param>
    /// <param name="planeSize">Texels per side.</param>
    /// <param name="channels">Feature channels.</param>
    /// <param name="settings">How it will be rendered.</param>
    /// <param name="seed">Seed of all numbers.</param>
    /// <param name="deviation">Standard deviation of the planes.</param>
    public static TriplaneScene Create(Accelerator device, int planeSize, int channels, RenderSettings settings, ulong seed, double deviation = 0.1)
    {
        using var scope = TensorScope.Begin(device);
        Tensor planes = scope.Keep(Tensor.Normal(device, [1, 3, planeSize, planeSize, channels], seed, stream: 2) * deviation);
        var decoder = TriplaneDecoder.Create(device, channels, seed: seed);
        foreach (Tensor parameter in decoder.Parameters.Values)
        {
            scope.Keep(parameter);
        }

        return new(planes, decoder, settings);
    }

    /// <summary>Reads a scene that <see cref="Save"/> wrote.</summary>
    /// <exception cref="Weights.WeightsFormatException">The file is damaged or no scene; the message says what is missing.</exception>
    public static TriplaneScene Load(Accelerator device, string path) => SceneFile.Load(device, path);

    /// <summary>Writes the scene as safetensors, beside the target first.</summary>
    public void Save(string path) => SceneFile.Save(this, path);

    /// <summary>
    /// Renders a picture, without gradients, in pieces so that memory does not grow with its size. Samples lie in the middle of their bins, so that
    /// pictures have no noise.
    /// </summary>
    /// <param name="camera">Where it is seen from.</param>
    /// <param name="width">Pixels per row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="settings">Other settings than the scene's own, for example a coarser level.</param>
    /// <param name="cancel">Stops between pieces.</param>
    public RenderedView Render(Camera camera, int width, int height, RenderSettings? settings = null, CancellationToken cancel = default)
    {
        settings ??= Settings;
        RayBundle bundle = camera.Rays(width, height);
        int rays = bundle.RaysPerPicture;
        var view = new RenderedView(width, height, new float[rays * 3], new float[rays], new float[rays], new float[rays]);
        using IDisposable constant = Accelerator.NoGrad();
        for (int first = 0; first < rays; first += RaysPerCall)
        {
            cancel.ThrowIfCancellationRequested();
            int count = Math.Min(RaysPerCall, rays - first);
            using var scope = TensorScope.Begin(Accelerator);
            var batch = new RayBatch(
                Tensor.FromArray(Accelerator, bundle.Origins.AsSpan(3 * first, 3 * count), [1, count, 3]),
                Tensor.FromArray(Accelerator, bundle.Directions.AsSpan(3 * first, 3 * count), [1, count, 3]));
            var middles = new RenderRandomness
            {
                CoarseNoise = Tensor.Full(Accelerator, [1, count, settings.CoarseSamples], 0.5),
                FineNoise = settings.FineSampling == FineSampling.Importance ? EvenlySpread(count, settings.FineSamples) : null,
            };
            RenderResult result = TriplaneRenderer.Render(Planes, Decoder, batch, settings, randomness: middles);
            Copy(result, settings, view, first, count);
        }

        return view;
    }

    /// <summary>Disposes planes and decoder.</summary>
    public void Dispose()
    {
        Planes.Dispose();
        Decoder.Dispose();
    }

    private Tensor EvenlySpread(int rays, int samples)
    {
        float[] row = [.. Enumerable.Range(0, samples).Select(k => (k + 0.5f) / samples)];
        return Tensor.FromArray(Accelerator, row, [1, 1, samples]).BroadcastTo([1, rays, samples]);
    }

    private static void Copy(RenderResult result, RenderSettings settings, RenderedView view, int first, int count)
    {
        Span<float> colors = view.Values.AsSpan(3 * first, 3 * count);
        result.Color.Accelerator.CopyToHost(result.Color.View<float>(), colors);
        if (settings.Marching == MarchingRule.MidPoint)
        {
            foreach (ref float value in colors)
            {
                value = (value + 1) / 2;
            }
        }

        result.Depth.Accelerator.CopyToHost(result.Depth.View<float>(), view.Depth.AsSpan(first, count));
        result.Opacity.Accelerator.CopyToHost(result.Opacity.View<float>(), view.Opacity.AsSpan(first, count));
        ReadOnlySpan<float> weights = result.Weights.ToSingles(), distances = result.Distances.ToSingles();
        int items = result.Weights.Shape[2], samples = result.Distances.Shape[2];
        Span<float> centres = new float[items];
        for (int ray = 0; ray < count; ray++)
        {
            ReadOnlySpan<float> t = distances.Slice(ray * samples, samples);
            for (int i = 0; i < items; i++)
            {
                centres[i] = items == samples ? t[i] : (t[i] + t[i + 1]) / 2;
            }

            view.Spread[first + ray] = (float)RaySpread.OfRay<float>(weights.Slice(ray * items, items), centres);
        }
    }
}
