using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Core.Depth;
using G3DR.Core.Imaging;
using G3DR.Core.Networks;
using G3DR.Core.Rendering;
using G3DR.Core.Scenes;
using G3DR.Core.Tensors;
using G3DR.Core.Weights;

namespace G3DR.Core.Reconstruction;

/// <summary>
/// From a picture with depth to a 3D scene in one forward pass of the network f_trigen: load the published checkpoint once, then reconstruct as many pictures as
/// you like. One pipeline runs one reconstruction at a time.
/// </summary>
/// <example>
/// <code>
/// using var device = Accelerator.CreateDefault();
/// using var g3dr = G3drPipeline.Load("checkpoint_generic.pt", device);
/// using TriplaneScene scene = g3dr.Reconstruct(RgbdPicture.Load("photo.jpg", "depth.png", g3dr.Size));
/// scene.Render(Camera.Orbit(yaw: 0.3, pitch: 0.1), 256, 256).Color.SavePng("side.png");
/// </code>
/// </example>
public sealed class G3drPipeline : IDisposable
{
    private readonly TriplaneGenerator _generator;
    private readonly RenderSettings _settings;

    /// <summary>Takes a network; it belongs to the pipeline from now on.</summary>
    /// <param name="generator">U-Net and decoder.</param>
    /// <param name="settings">How scenes are rendered; by default as the released code does, which the published weights were trained with.</param>
    public G3drPipeline(TriplaneGenerator generator, RenderSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(generator);
        settings ??= RenderSettings.Official;
        settings.Validate();
        (_generator, _settings) = (generator, settings);
        generator.Eval();
        generator.Freeze();
    }

    /// <summary>Pixels per side of the pictures that the network takes.</summary>
    public int Size => _generator.Unet.Options.ImageSize;

    /// <summary>Numbers that were trained.</summary>
    public long ParameterCount => _generator.ParameterCount;

    /// <summary>Device of the network.</summary>
    public Accelerator Accelerator => _generator.Accelerator!;

    /// <summary>What the checkpoint says about itself, such as licence and source; empty for a network that was not loaded.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; private init; } = new Dictionary<string, string>();

    /// <summary>
    /// Loads a checkpoint. The sizes of the network are read off its tensors; everything is checked before anything is computed.
    /// </summary>
    /// <param name="path">A safetensors file, a PyTorch checkpoint such as the published one, the index of a set of files, or a folder with one of these.</param>
    /// <param name="device">Device of the network.</param>
    /// <param name="options">What to take of the checkpoint.</param>
    /// <param name="cancel">Stops before data are read.</param>
    /// <exception cref="WeightsFormatException">The file is damaged, hostile, or no checkpoint of this network; the message says what it lacks.</exception>
    /// <exception cref="WeightLoadException">Tensors are missing, unexpected or have other shapes; the message names them all.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="OutOfDeviceMemoryException">The network does not fit.</exception>
    public static G3drPipeline Load(string path, Accelerator device, PipelineOptions? options = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(device);
        options ??= new();
        using WeightFile file = WeightFile.Open(path, new() { Key = options.Key });
        NetworkFile names = RequireGenerator(file);
        TriplaneGenerator generator = Initializer.Empty(device).Build(initializer => GeneratorSizes.Create(initializer, names, options));
        try
        {
            WeightLoader.Load(generator.State, file, cancel: cancel);
            return new(generator, options.Render) { Metadata = file.Metadata };
        }
        catch
        {
            generator.Dispose();
            throw;
        }
    }

    /// <summary>Sizes of the U-Net in a checkpoint, from names and shapes alone.</summary>
    /// <param name="path">A checkpoint, as <see cref="Load"/> takes it.</param>
    /// <param name="options">What to take of the checkpoint.</param>
    /// <exception cref="WeightsFormatException">The file is damaged, hostile, or no checkpoint of this network; the message says what it lacks.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static UnetOptions ReadSizes(string path, PipelineOptions? options = null)
    {
        options ??= new();
        using WeightFile file = WeightFile.Open(path, new() { Key = options.Key });
        return GeneratorSizes.Of(RequireGenerator(file), options).Unet;
    }

    /// <summary>Loads a checkpoint on another thread.</summary>
    /// <inheritdoc cref="Load"/>
    public static Task<G3drPipeline> LoadAsync(string path, Accelerator device, PipelineOptions? options = null, CancellationToken cancel = default) =>
        Task.Run(() => Load(path, device, options, cancel), cancel);

    /// <summary>Reconstructs one picture.</summary>
    /// <param name="picture">A square of <see cref="Size"/> pixels.</param>
    /// <param name="progress">Told after each part of the network.</param>
    /// <param name="cancel">Stops between parts of the network.</param>
    /// <returns>The scene; it belongs to the caller and does not need the pipeline any more.</returns>
    /// <exception cref="ArgumentException">The picture has another size.</exception>
    /// <exception cref="OutOfDeviceMemoryException">The device's memory, or what it may take of it, is too small.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was cancelled.</exception>
    public TriplaneScene Reconstruct(RgbdPicture picture, IProgress<ReconstructionProgress>? progress = null, CancellationToken cancel = default) =>
        Reconstruct([picture], batchSize: 1, progress, cancel)[0];

    /// <summary>Reconstructs one picture on another thread.</summary>
    /// <inheritdoc cref="Reconstruct(RgbdPicture, IProgress{ReconstructionProgress}?, CancellationToken)"/>
    public Task<TriplaneScene> ReconstructAsync(RgbdPicture picture, IProgress<ReconstructionProgress>? progress = null, CancellationToken cancel = default) =>
        Task.Run(() => Reconstruct(picture, progress, cancel), cancel);

    /// <summary>Reconstructs a photo alone, on another thread: another network estimates its depth first.</summary>
    /// <param name="photo">The photo; its middle square is used.</param>
    /// <param name="depth">Estimates the depth.</param>
    /// <param name="progress">Told after each part of the network, once the depth is there.</param>
    /// <param name="cancel">Stops between parts of the networks.</param>
    /// <inheritdoc cref="Reconstruct(RgbdPicture, IProgress{ReconstructionProgress}?, CancellationToken)"/>
    public async Task<TriplaneScene> ReconstructAsync(
        Image photo, DepthEstimator depth, IProgress<ReconstructionProgress>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(photo);
        ArgumentNullException.ThrowIfNull(depth);
        DepthMap map = await depth.EstimateAsync(photo, cancel: cancel).ConfigureAwait(false);
        return await ReconstructAsync(RgbdPicture.FromImages(photo, map.ToImage(), Size), progress, cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// Reconstructs pictures, several in one pass. A scene is the same as that of the picture alone, up to rounding: fast algorithms are chosen by sizes, and the
    /// size of a batch is one of them.
    /// </summary>
    /// <param name="pictures">Squares of <see cref="Size"/> pixels.</param>
    /// <param name="batchSize">Pictures of a pass; memory grows with them.</param>
    /// <param name="progress">Told after each part of the network.</param>
    /// <param name="cancel">Stops between parts of the network.</param>
    /// <returns>A scene for each picture. They belong to the caller; if this throws, none is left behind.</returns>
    /// <inheritdoc cref="Reconstruct(RgbdPicture, IProgress{ReconstructionProgress}?, CancellationToken)" path="/exception"/>
    public IReadOnlyList<TriplaneScene> Reconstruct(
        IReadOnlyList<RgbdPicture> pictures, int batchSize, IProgress<ReconstructionProgress>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        foreach (RgbdPicture picture in pictures)
        {
            if (picture.Size != Size)
            {
                throw new ArgumentException($"The network takes pictures of {Size} x {Size} pixels; got {picture.Size} x {picture.Size}.", nameof(pictures));
            }
        }

        var scenes = new List<TriplaneScene>(pictures.Count);
        var parts = new PartCounter(_generator.Unet.Options, pictures.Count, batchSize, progress, cancel);
        try
        {
            using IDisposable constant = Accelerator.NoGrad();
            for (int first = 0; first < pictures.Count; first += batchSize)
            {
                AddScenes([.. pictures.Skip(first).Take(batchSize)], scenes, parts);
            }

            return scenes;
        }
        catch
        {
            scenes.ForEach(scene => scene.Dispose());
            throw;
        }
    }

    /// <summary>Disposes the network.</summary>
    public void Dispose() => _generator.Dispose();

    // A file of another network is told so, instead of which tensors it lacks.
    private static NetworkFile RequireGenerator(WeightFile file)
    {
        var names = new NetworkFile(file);
        if (NetworkLoader.Identify(names).Any(found => found.Key != TriplaneGenerator.Kind))
        {
            NetworkLoader.Recognize<TriplaneGenerator>(names);
        }

        return names;
    }

    private void AddScenes(RgbdPicture[] pictures, List<TriplaneScene> scenes, PartCounter parts)
    {
        using var scope = TensorScope.Begin(Accelerator);
        float[] colors = [.. pictures.SelectMany(picture => picture.Color)], depths = [.. pictures.SelectMany(picture => picture.Depth)];
        Tensor input = TriplaneGenerator.Input(
            Tensor.FromArray(Accelerator, colors, [pictures.Length, Size, Size, 3]), Tensor.FromArray(Accelerator, depths, [pictures.Length, Size, Size, 1]));
        Tensor planes = _generator.Unet.Forward(input, (name, _) => parts.Done(name));
        for (int i = 0; i < pictures.Length; i++)
        {
            // A batch of one is the scene itself; of several, each scene gets memory of its own, so that they can be disposed one by one.
            Tensor own = pictures.Length == 1 ? planes : planes.Slice(0, i, 1).Clone();
            TriplaneDecoder decoder = _generator.Decoder.Clone();
            scenes.Add(new(Module.Unowned(own), decoder, _settings));
        }
    }
}
