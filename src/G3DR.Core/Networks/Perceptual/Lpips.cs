using System.Globalization;
using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>
/// Learned perceptual distance of pictures (Zhang et al., "The Unreasonable Effectiveness of Deep Features as a Perceptual Metric", CVPR 2018; LPIPS 0.1): features of a
/// classifier at several levels, scaled to unit length at every pixel; squared differences weighted by channel (the heads), averaged over pixels and added over levels.
/// Without heads every channel counts once.
/// </summary>
public sealed partial class Lpips : Module
{
    // Keeps the division defined, as in the authors' code.
    private const double LengthOffset = 1e-10;

    // The scaling layer of the authors' code: means and deviations of ImageNet for colours in [-1, 1].
    private static readonly float[] s_shift = [-0.030f, -0.088f, -0.188f], s_scale = [0.458f, 0.448f, 0.450f];

    private readonly LpipsHeads? _heads;
    private readonly Lazy<string> _fingerprint;

    /// <summary>Makes the network: <c>features</c> under torchvision's names and, if wanted, the heads <c>lin0.model.1.weight</c> (1, C, 1, 1) and so on.</summary>
    /// <param name="initializer">Makes the parameters.</param>
    /// <param name="backbone">Whose features are compared.</param>
    /// <param name="heads">Whether channels have weights; 1 at first.</param>
    public Lpips(Initializer initializer, PerceptualBackbone backbone, bool heads = true)
        : this(backbone.CreateFeatures(initializer), backbone, heads ? new LpipsHeads(initializer, backbone) : null)
    {
    }

    private Lpips(FeatureStack features, PerceptualBackbone backbone, LpipsHeads? heads)
    {
        Backbone = backbone;
        Features = AddChild("features", features);
        _heads = heads is null ? null : AddChild(string.Empty, heads);
        _fingerprint = new(ComputeFingerprint);
    }

    /// <summary>Whose features are compared.</summary>
    public PerceptualBackbone Backbone { get; }

    /// <summary>The network whose features are compared.</summary>
    public FeatureStack Features { get; }

    /// <summary>Whether channels are weighted by heads.</summary>
    public bool HasHeads => _heads is not null;

    /// <summary>A hash of the weights as they are when it is first asked for.</summary>
    public string Fingerprint => _fingerprint.Value;

    /// <summary>Number of levels.</summary>
    public int LevelCount => Features.Levels.Count;

    /// <summary>Weights of levels that count the last ones only: with two levels of VGG-16 what G3DR compares in novel views.</summary>
    /// <param name="count">How many levels count, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many levels.</exception>
    public IReadOnlyList<double> LastLevels(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, LevelCount);
        return [.. Enumerable.Range(0, LevelCount).Select(k => k < LevelCount - count ? 0.0 : 1.0)];
    }

    /// <summary>Distances of pictures, with gradients to both.</summary>
    /// <param name="a">Pictures (N, H, W, 3) with colours in [-1, 1].</param>
    /// <param name="b">Pictures of the same shape.</param>
    /// <param name="levelWeights">Factor of each level; those with 0 are not computed. By default 1 for all.</param>
    /// <param name="observe">
    /// Told the features of both as <c>features_in0.0</c>, <c>features_in1.0</c> and so on, and the distances of levels as <c>per_layer.0</c>; valid inside this call only.
    /// </param>
    /// <returns>Distances (N), 0 for equal pictures.</returns>
    /// <exception cref="ArgumentException">The shapes differ or do not fit, or the weights are not one finite number for each level with one that is not 0.</exception>
    public Tensor Distance(Tensor a, Tensor b, IReadOnlyList<double>? levelWeights = null, Action<string, Tensor>? observe = null)
    {
        RequireAlike(a, b);
        using var scope = TensorScope.Begin(a.Accelerator);
        using PerceptualFeatures first = Describe(a, levelWeights, (level, x) => observe?.Invoke(Name("features_in0", level), x));
        using PerceptualFeatures second = Describe(b, levelWeights, (level, x) => observe?.Invoke(Name("features_in1", level), x));
        return scope.Keep(Distance(first, second, levelWeights, observe));
    }

    /// <summary>Distances of pictures that were described before.</summary>
    /// <param name="a">The pictures.</param>
    /// <param name="b">The others, of the same size.</param>
    /// <param name="levelWeights">Factor of each level; both must have been described at those that count.</param>
    /// <param name="observe">Told the distances of levels as <c>per_layer.0</c> and so on; valid inside this call only.</param>
    /// <returns>Distances (N).</returns>
    /// <exception cref="ArgumentException">The sizes differ, a level that counts is missing, or the weights do not fit.</exception>
    public Tensor Distance(PerceptualFeatures a, PerceptualFeatures b, IReadOnlyList<double>? levelWeights = null, Action<string, Tensor>? observe = null)
    {
        IReadOnlyList<double> weights = RequireWeights(levelWeights);
        using var scope = TensorScope.Begin(Accelerator!);
        Tensor? sum = null;
        foreach (int level in Counting(weights))
        {
            Tensor distance = LevelDistance(level, a, b);
            observe?.Invoke(Name("per_layer", level), distance);
            Tensor weighted = weights[level] == 1 ? distance : distance * weights[level];
            sum = sum is null ? weighted : sum + weighted;
        }

        return scope.Keep(sum!);
    }

    /// <summary>Distances of pictures at each level, from the finest on; their sum is <see cref="Distance(Tensor, Tensor, IReadOnlyList{double}?, Action{string, Tensor}?)"/>.</summary>
    /// <param name="a">Pictures (N, H, W, 3) with colours in [-1, 1].</param>
    /// <param name="b">Pictures of the same shape.</param>
    /// <returns>Distances (N) of each level.</returns>
    /// <exception cref="ArgumentException">The shapes differ or do not fit.</exception>
    public IReadOnlyList<Tensor> PerLevel(Tensor a, Tensor b)
    {
        RequireAlike(a, b);
        using var scope = TensorScope.Begin(a.Accelerator);
        using PerceptualFeatures first = Describe(a), second = Describe(b);
        return [.. Enumerable.Range(0, LevelCount).Select(level => scope.Keep(LevelDistance(level, first, second)))];
    }

    /// <summary>Computes what distances are made of, for a picture that several others are compared with.</summary>
    /// <param name="pictures">Pictures (N, H, W, 3) with colours in [-1, 1].</param>
    /// <param name="levelWeights">Levels with 0 are left out; by default all are computed.</param>
    /// <param name="observe">Told the features of each level (N, H', W', C) before they are scaled.</param>
    /// <returns>The features, to be disposed by the caller.</returns>
    /// <exception cref="ArgumentException">The shape is another one, the pictures are too small, or the weights do not fit.</exception>
    public PerceptualFeatures Describe(Tensor pictures, IReadOnlyList<double>? levelWeights = null, Action<int, Tensor>? observe = null)
    {
        IReadOnlyList<double> weights = RequireWeights(levelWeights);
        using var scope = TensorScope.Begin(pictures.Accelerator);
        using Tensor scaled = ChannelScaling.Apply(pictures, s_shift, s_scale);
        IReadOnlyList<Tensor> features = Features.ForwardLevels(scaled, Counting(weights).Last() + 1);
        var units = new Tensor?[LevelCount];
        for (int level = 0; level < features.Count; level++)
        {
            observe?.Invoke(level, features[level]);
            units[level] = weights[level] == 0 ? null : scope.Keep(ToUnitLength(features[level]));
            features[level].Dispose();
        }

        return new(units);
    }

    private static string Name(string list, int level) => string.Create(CultureInfo.InvariantCulture, $"{list}.{level}");

    private static IEnumerable<int> Counting(IReadOnlyList<double> weights) => Enumerable.Range(0, weights.Count).Where(level => weights[level] != 0);

    // Where all channels are 0 the length has no derivative; features and gradient are 0 there.
    private static Tensor ToUnitLength(Tensor features)
    {
        using var scope = TensorScope.Begin(features.Accelerator);
        Tensor squared = features.Square().Sum([-1], keepDims: true);
        Tensor zero = Tensor.Zeros(features.Accelerator, [1], features.DType), one = Tensor.Ones(features.Accelerator, [1], features.DType);
        Tensor visible = squared.Greater(zero);
        Tensor length = Tensor.Where(visible, squared, one).Sqrt() + LengthOffset;
        return scope.Keep(features * (visible / length));
    }

    private Tensor LevelDistance(int level, PerceptualFeatures a, PerceptualFeatures b)
    {
        if (a.Levels[level] is not { } first || b.Levels[level] is not { } second)
        {
            throw new ArgumentException($"The features of level {level} were not asked for when the pictures were described.");
        }

        RequireAlike(first, second);
        using var scope = TensorScope.Begin(first.Accelerator);
        int batch = first.Shape[0], pixels = first.Shape[1] * first.Shape[2], channels = first.Shape[3];
        Tensor squares = (first - second).Square().Reshape(batch * pixels, channels);
        Tensor perPixel = _heads is null ? squares.Sum([1]) : squares.MatMul(_heads.Weights(level).Reshape(channels, 1));
        return scope.Keep(perPixel.Reshape(batch, pixels).Mean([1]));
    }

    private IReadOnlyList<double> RequireWeights(IReadOnlyList<double>? weights)
    {
        weights ??= LastLevels(LevelCount);
        return weights.Count == LevelCount && weights.All(double.IsFinite) && weights.Any(weight => weight != 0)
            ? weights
            : throw new ArgumentException(
                $"LPIPS with {Features.Name} needs {LevelCount} finite weights of levels, not all 0; got [{string.Join(", ", weights)}].", nameof(weights));
    }

    private static void RequireAlike(Tensor a, Tensor b)
    {
        if (a.Shape != b.Shape || a.Length == 0)
        {
            throw new ArgumentException($"LPIPS compares pictures of the same shape with at least one pixel; got {a.Shape} and {b.Shape}.");
        }
    }
}
