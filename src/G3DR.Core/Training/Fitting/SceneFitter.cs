using System.Diagnostics;
using G3DR.Compute;
using G3DR.Core.Imaging;
using G3DR.Core.Losses;
using G3DR.Core.Rendering;
using G3DR.Core.Scenes;
using G3DR.Core.Tensors;
using G3DR.Kernels.Rendering;

namespace G3DR.Core.Training;

/// <summary>
/// Optimises feature planes and decoder for one RGB-D picture. Canonical steps compare drawn rays with the picture (squared colour error, absolute
/// depth error) and scale the gradients of density and colour with the depth kernel (Eq. 2-3 of G3DR); novel steps smooth the depth seen from random
/// cameras. Every draw is a function of seed and step, so a continued fit equals an uninterrupted one bit for bit.
/// </summary>
public sealed class SceneFitter : IDisposable
{
    private const uint RayStream = 10, ChoiceStream = 11, CameraStream = 12;

    private readonly Accelerator _device;
    private readonly FitOptions _options;
    private readonly RayBundle _canonical;
    private readonly float[] _targets;
    private readonly float[] _depths;
    private readonly Adam _planeOptimizer;
    private readonly Adam _decoderOptimizer;
    private readonly OneCycleSchedule _planeRate;
    private readonly OneCycleSchedule _decoderRate;
    private readonly List<FitProgress> _history = [];

    /// <summary>Prepares a fit from scratch.</summary>
    /// <param name="device">Where it computes.</param>
    /// <param name="picture">What is fitted.</param>
    /// <param name="options">Sizes, weights, seed.</param>
    /// <exception cref="ArgumentException">An option does not fit, or the picture is too small.</exception>
    public SceneFitter(Accelerator device, RgbdPicture picture, FitOptions options)
    {
        options.Validate();
        if (picture.Size < FitOptions.SmallestSize)
        {
            throw new ArgumentException($"A picture to fit needs at least {FitOptions.SmallestSize} x {FitOptions.SmallestSize} pixels; got {picture.Size}.", nameof(picture));
        }

        (_device, _options) = (device, options);
        _canonical = Camera.Canonical.Rays(picture.Size, picture.Size);
        _depths = picture.Depth;

        // The mid-point rule renders colours in [-1, 1].
        _targets = options.Render.Marching == MarchingRule.MidPoint ? Array.ConvertAll(picture.Color, c => (2 * c) - 1) : picture.Color;
        Scene = TriplaneScene.Create(device, options.PlaneSize, options.Channels, options.Render, options.Seed);
        Scene.Planes.RequiresGrad = true;
        foreach (Tensor parameter in Scene.Decoder.Parameters.Values)
        {
            parameter.RequiresGrad = true;
        }

        var adam = new AdamOptions { Beta2 = 0.99 };
        _planeOptimizer = new([new("planes", Scene.Planes)], adam);
        _decoderOptimizer = new(Scene.Decoder.Parameters, adam);
        var cycle = new OneCycleOptions { RisingFraction = 0.05, DivFactor = 10, FinalDivFactor = 10, CycleMomentum = false };

        // A schedule needs a rise and a fall.
        long steps = Math.Max(options.Steps, 3);
        _planeRate = new(options.PlaneLearningRate, steps, cycle);
        _decoderRate = new(options.DecoderLearningRate, steps, cycle);
    }

    /// <summary>The scene as it is now; owned by the fitter until <see cref="Dispose"/>.</summary>
    public TriplaneScene Scene { get; }

    /// <summary>Steps done.</summary>
    public int Step { get; private set; }

    /// <summary>Whether all steps are done.</summary>
    public bool IsComplete => Step >= _options.Steps;

    /// <summary>The options of this fit.</summary>
    public FitOptions Options => _options;

    /// <summary>Losses of the steps of this run.</summary>
    public IReadOnlyList<FitProgress> History => _history;

    /// <summary>Runs the steps that are left. After a cancellation the scene holds what was reached.</summary>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancel">Stops between steps, without an exception.</param>
    public void Run(IProgress<FitProgress>? progress = null, CancellationToken cancel = default)
    {
        long start = Stopwatch.GetTimestamp();
        int first = Step;
        FitProgress last = _history.Count > 0 ? _history[^1] : default;
        while (!IsComplete && !cancel.IsCancellationRequested)
        {
            FitLosses losses = RunStep(Step);
            Step++;
            last = new(
                Step,
                _options.Steps,
                losses.Novel,
                losses.Color ?? last.ColorLoss,
                losses.Depth ?? last.DepthLoss,
                losses.TotalVariation ?? last.TotalVariation,
                Stopwatch.GetElapsedTime(start),
                Step - first);
            _history.Add(last);
            progress?.Report(last);
        }
    }

    /// <summary>Writes everything a later run needs to go on exactly here.</summary>
    public void SaveCheckpoint(string path) => FitCheckpoint.Save(path, Scene, _planeOptimizer, _decoderOptimizer, Step, Identity);

    /// <summary>Goes on where <see cref="SaveCheckpoint"/> stopped.</summary>
    /// <exception cref="Weights.WeightsFormatException">The file is damaged or belongs to a fit with other sizes or options.</exception>
    public void LoadCheckpoint(string path) => Step = FitCheckpoint.Load(path, Scene, _planeOptimizer, _decoderOptimizer, Identity);

    /// <summary>Disposes the scene and the optimisers.</summary>
    public void Dispose()
    {
        _planeOptimizer.Dispose();
        _decoderOptimizer.Dispose();
        Scene.Dispose();
    }

    /// <summary>What a checkpoint must have in common with the fit that goes on from it.</summary>
    private FitIdentity Identity => FitIdentity.Of(_options, _targets, _depths);

    private readonly record struct FitLosses(bool Novel, double? Color, double? Depth, double? TotalVariation);

    // Losses still on the device: of colour and depth, or of a novel view's total variation.
    private readonly record struct StepLosses(bool Novel, Tensor Values);

    private FitLosses RunStep(int step)
    {
        _planeOptimizer.LearningRate = _planeRate.LearningRate(step);
        _decoderOptimizer.LearningRate = _decoderRate.LearningRate(step);
        double novelProbability = _options.NovelProbability * (step + 1) / _options.Steps;
        using var scope = TensorScope.Begin(_device);
        StepLosses losses = Philox.Uniform(_options.Seed, ChoiceStream, (ulong)step) < novelProbability ? NovelStep(step) : CanonicalStep(step);
        _planeOptimizer.Step();
        _decoderOptimizer.Step();
        _planeOptimizer.ClearGradients();
        _decoderOptimizer.ClearGradients();

        // Read last, in one copy: until here the device got the work of the whole step without waiting for the host.
        double[] values = losses.Values.ToDoubles();

        // Told in [0, 1], whatever the renderer's range.
        double scale = _options.Render.Marching == MarchingRule.MidPoint ? 0.25 : 1;
        return losses.Novel
            ? new(Novel: true, Color: null, Depth: null, values[0])
            : new(Novel: false, values[0] * scale, values[1], TotalVariation: null);
    }

    private StepLosses CanonicalStep(int step)
    {
        (RayBatch rays, Tensor color, Tensor depth) = DrawRays(step);
        RenderResult view = TriplaneRenderer.Render(Scene.Planes, Scene.Decoder, rays, _options.Render, depth, Randomness(step));
        Tensor colorError = PictureLosses.L2(view.Color, color);
        Tensor depthError = PictureLosses.L1(view.Depth, depth);
        ((colorError * _options.ColorWeight) + (depthError * _options.DepthWeight)).Backward();
        return new(Novel: false, Tensor.Concat([colorError.Detach().Reshape(1), depthError.Detach().Reshape(1)]));
    }

    private StepLosses NovelStep(int step)
    {
        int size = _options.NovelSize;
        double yaw = _options.NovelYaw * Philox.Normal(_options.Seed, CameraStream, 2 * (ulong)step);
        double pitch = _options.NovelPitch * Philox.Normal(_options.Seed, CameraStream, (2 * (ulong)step) + 1);
        RayBatch rays = RayBatch.FromBundle(_device, Camera.Orbit(yaw, pitch).Rays(size, size));
        RenderResult view = TriplaneRenderer.Render(Scene.Planes, Scene.Decoder, rays, _options.Render, randomness: Randomness(step));
        Tensor variation = PictureLosses.TotalVariation(view.Depth.Reshape(1, size, size, 1));
        (variation * _options.TotalVariationWeight).Backward();
        return new(Novel: true, variation.Detach().Reshape(1));
    }

    private (RayBatch Rays, Tensor Color, Tensor Depth) DrawRays(int step)
    {
        int all = _canonical.RaysPerPicture, count = Math.Min(_options.RaysPerStep, all);
        float[] origins = new float[3 * count], directions = new float[3 * count], color = new float[3 * count], depth = new float[count];
        for (int i = 0; i < count; i++)
        {
            int ray = count == all ? i : (int)(Philox.Word(_options.Seed, RayStream, ((ulong)step * (ulong)count) + (ulong)i) % (uint)all);
            _canonical.Origins.AsSpan(3 * ray, 3).CopyTo(origins.AsSpan(3 * i));
            _canonical.Directions.AsSpan(3 * ray, 3).CopyTo(directions.AsSpan(3 * i));
            _targets.AsSpan(3 * ray, 3).CopyTo(color.AsSpan(3 * i));
            depth[i] = _depths[ray];
        }

        Shape shape = [1, count, 3];
        var rays = new RayBatch(Tensor.FromArray(_device, origins, shape), Tensor.FromArray(_device, directions, shape));
        return (rays, Tensor.FromArray(_device, color, shape), Tensor.FromArray(_device, depth, [1, count]));
    }

    // The upper half of the seed's words is the step's: streams of different steps never meet.
    private RenderRandomness Randomness(int step) => new() { Seed = _options.Seed ^ ((ulong)(step + 1) << 32) };
}
