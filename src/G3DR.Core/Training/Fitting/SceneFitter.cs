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
/// cameras. With networks, whole views are judged too: canonical ones by how they look, novel ones by how they look and by what they show (<see cref="G3drObjective"/>). Every draw is a function of seed and step, so a continued fit equals an uninterrupted one bit for bit.
/// </summary>
public sealed class SceneFitter : IDisposable
{
    private const uint RayStream = 10;

    private readonly Accelerator _device;
    private readonly FitOptions _options;
    private readonly RayBundle _canonical;
    private readonly float[] _targets;
    private readonly float[] _depths;
    private readonly Adam _planeOptimizer;
    private readonly Adam _decoderOptimizer;
    private readonly OneCycleSchedule _planeRate;
    private readonly OneCycleSchedule _decoderRate;
    private readonly NovelViews _novelViews;
    private readonly FitNetworks _networks;
    private readonly AppearanceLoss? _appearance;
    private readonly Dictionary<string, double> _last = new(StringComparer.Ordinal);
    private readonly List<FitProgress> _history = [];

    /// <summary>Prepares a fit from scratch.</summary>
    /// <param name="device">Where it computes.</param>
    /// <param name="picture">What is fitted.</param>
    /// <param name="options">Sizes, weights, seed.</param>
    /// <param name="networks">Networks that judge whole views; none by default. They stay the caller's and have to outlive the fitter.</param>
    /// <exception cref="ArgumentException">
    /// An option does not fit, a weight belongs to a network that was not given, or the picture is too small, for itself or for a network.
    /// </exception>
    public SceneFitter(Accelerator device, RgbdPicture picture, FitOptions options, FitNetworks? networks = null)
    {
        options.Validate();
        if (picture.Size < FitOptions.SmallestSize)
        {
            throw new ArgumentException($"A picture to fit needs at least {FitOptions.SmallestSize} x {FitOptions.SmallestSize} pixels; got {picture.Size}.", nameof(picture));
        }

        (_device, _options, _networks, _novelViews) = (device, options, networks ?? new(), new(options));
        _appearance = AppearanceLoss.Create(device, picture, options, _networks);
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

    /// <summary>The terms of the objective, each with its last value in this run.</summary>
    public IReadOnlyList<FitLoss> Losses
    {
        get
        {
            List<FitLoss> losses =
            [
                new(G3drTerms.Color, _options.ColorWeight, Network: null, Last(G3drTerms.Color)),
                new(G3drTerms.Depth, _options.DepthWeight, Network: null, Last(G3drTerms.Depth)),
                new(G3drTerms.NovelTotalVariation, _options.TotalVariationWeight, Network: null, Last(G3drTerms.NovelTotalVariation)),
            ];
            if (_appearance is not null && _networks.PerceptualName is string perceptual)
            {
                losses.Add(new(G3drTerms.Perceptual, _appearance.Weights.Perceptual, perceptual, Last(G3drTerms.Perceptual)));
                losses.Add(new(G3drTerms.NovelPerceptual, _appearance.Weights.NovelPerceptual, perceptual, Last(G3drTerms.NovelPerceptual)));
            }

            if (_appearance is not null && _networks.Semantic is { } semantic)
            {
                losses.Add(new(G3drTerms.NovelSemantic, _appearance.Weights.NovelSemantic, semantic.Name, Last(G3drTerms.NovelSemantic)));
            }

            return losses;
        }
    }

    /// <summary>Runs the steps that are left. After a cancellation the scene holds what was reached.</summary>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancel">Stops between steps, without an exception.</param>
    public void Run(IProgress<FitProgress>? progress = null, CancellationToken cancel = default)
    {
        long start = Stopwatch.GetTimestamp();
        int first = Step;
        while (!IsComplete && !cancel.IsCancellationRequested)
        {
            bool novel = RunStep(Step);
            Step++;
            var state = new FitProgress(
                Step,
                _options.Steps,
                novel,
                _last.GetValueOrDefault(G3drTerms.Color),
                _last.GetValueOrDefault(G3drTerms.Depth),
                _last.GetValueOrDefault(G3drTerms.NovelTotalVariation),
                Stopwatch.GetElapsedTime(start),
                Step - first)
            {
                PerceptualLoss = Last(G3drTerms.Perceptual),
                NovelPerceptualLoss = Last(G3drTerms.NovelPerceptual),
                SemanticLoss = Last(G3drTerms.NovelSemantic),
            };
            _history.Add(state);
            progress?.Report(state);
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
        _appearance?.Dispose();
        Scene.Dispose();
    }

    /// <summary>What a checkpoint must have in common with the fit that goes on from it.</summary>
    private FitIdentity Identity => FitIdentity.Of(_options, _networks, _targets, _depths);

    // Whether it looked from the side.
    private bool RunStep(int step)
    {
        _planeOptimizer.LearningRate = _planeRate.LearningRate(step);
        _decoderOptimizer.LearningRate = _decoderRate.LearningRate(step);
        using var scope = TensorScope.Begin(_device);
        bool novel = _novelViews.IsNovel(step);
        List<(string Name, Tensor Value)> losses = novel ? NovelStep(step) : CanonicalStep(step);
        _planeOptimizer.Step();
        _decoderOptimizer.Step();
        _planeOptimizer.ClearGradients();
        _decoderOptimizer.ClearGradients();

        // Read last, in one copy: until here the device got the work of the whole step without waiting for the host.
        double[] values = Tensor.Concat([.. losses.Select(loss => loss.Value.Detach().Reshape(1))]).ToDoubles();
        for (int i = 0; i < values.Length; i++)
        {
            // Told in [0, 1], whatever the renderer's range.
            double scale = losses[i].Name == G3drTerms.Color && _options.Render.Marching == MarchingRule.MidPoint ? 0.25 : 1;
            _last[losses[i].Name] = values[i] * scale;
        }

        return novel;
    }

    private List<(string Name, Tensor Value)> CanonicalStep(int step)
    {
        (RayBatch rays, Tensor color, Tensor depth) = DrawRays(step);
        RenderResult drawn = TriplaneRenderer.Render(Scene.Planes, Scene.Decoder, rays, _options.Render, depth, Randomness(step));
        Tensor colorError = PictureLosses.L2(drawn.Color, color);
        Tensor depthError = PictureLosses.L1(drawn.Depth, depth);
        ((colorError * _options.ColorWeight) + (depthError * _options.DepthWeight)).Backward();
        List<(string, Tensor)> losses = [(G3drTerms.Color, colorError), (G3drTerms.Depth, depthError)];
        double share = _novelViews.PerceptualShare(step);
        if (_appearance is not null && share > 0 && _appearance.JudgesCanonicalView(step))
        {
            // Gradients add up; the first graph is gone by now.
            RenderResult view = RenderView(Camera.Canonical, _appearance.Size, _appearance.Depth, Randomness(step, view: 1));
            LossTerms terms = _appearance.Canonical(view, _options.Render);
            terms.Total(_ => share * _appearance.Interval).Backward();
            losses.AddRange(Values(terms));
        }

        return losses;
    }

    private List<(string Name, Tensor Value)> NovelStep(int step)
    {
        Camera camera = _novelViews.CameraOf(step);
        if (_appearance is { JudgesNovelViews: true })
        {
            LossTerms terms = _appearance.Novel(RenderView(camera, _appearance.Size, depth: null, Randomness(step)), _options.Render);
            terms.Total(name => name == G3drTerms.NovelSemantic ? _novelViews.SemanticShare(step) : 1).Backward();
            return [.. Values(terms)];
        }

        int size = _options.NovelSize;
        RenderResult view = RenderView(camera, size, depth: null, Randomness(step));
        Tensor variation = PictureLosses.TotalVariation(view.Depth.Reshape(1, size, size, 1));
        (variation * _options.TotalVariationWeight).Backward();
        return [(G3drTerms.NovelTotalVariation, variation)];
    }

    private RenderResult RenderView(Camera camera, int size, Tensor? depth, RenderRandomness randomness) => TriplaneRenderer.Render(
        Scene.Planes, Scene.Decoder, RayBatch.FromBundle(_device, camera.Rays(size, size)), _options.Render, depth, randomness);

    private static IEnumerable<(string Name, Tensor Value)> Values(LossTerms terms) => terms.Terms.Select(term => (term.Name, term.Value));

    private double? Last(string name) => _last.TryGetValue(name, out double value) ? value : null;

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

    // The upper half of the seed's words is the step's, its top bit that of the second view in a step: streams of different steps never meet.
    private RenderRandomness Randomness(int step, uint view = 0) => new() { Seed = _options.Seed ^ ((ulong)(step + 1) << 32) ^ ((ulong)view << 63) };
}
