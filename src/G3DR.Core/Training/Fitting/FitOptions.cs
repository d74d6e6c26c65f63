using G3DR.Core.Rendering;
using G3DR.Kernels.Rendering;

namespace G3DR.Core.Training;

/// <summary>How a scene is fitted to one RGB-D picture. The defaults are for pictures of 128 x 128 pixels.</summary>
public sealed record FitOptions
{
    /// <summary>Smallest picture that can be fitted.</summary>
    public const int SmallestSize = 8;

    /// <summary>Largest side of the views that networks judge, unless <see cref="AppearanceSize"/> says otherwise.</summary>
    public const int DefaultAppearanceSize = 96;

    /// <summary>What <see cref="PerceptualInterval"/> stands for unless it is set.</summary>
    public const int DefaultPerceptualInterval = 2;

    /// <summary>Weights of the terms that networks compute, unless they are set: a fiftieth of the paper's, which are for the training of a network on many pictures.</summary>
    public const double DefaultPerceptualWeight = 0.01, DefaultSemanticWeight = 0.007;

    /// <summary>Optimisation steps.</summary>
    public int Steps { get; init; } = 400;

    /// <summary>Texels per side of the feature planes.</summary>
    public int PlaneSize { get; init; } = 128;

    /// <summary>Channels of the feature planes.</summary>
    public int Channels { get; init; } = 32;

    /// <summary>Renderer settings, the depth kernel among them.</summary>
    public RenderSettings Render { get; init; } = RenderSettings.Paper with
    {
        CoarseSamples = 16,
        FineSampling = FineSampling.Importance,
        FineSamples = 16,
        Kernel = DepthKernel.PaperRule(4, 6, 16),
    };

    /// <summary>Rays of a canonical step, drawn anew for each; all rays if the picture has fewer.</summary>
    public int RaysPerStep { get; init; } = 4096;

    /// <summary>Pixels per side of the novel views whose depth is smoothed.</summary>
    public int NovelSize { get; init; } = 48;

    /// <summary>Probability of a novel step at the end; it rises linearly from 0.</summary>
    public double NovelProbability { get; init; } = 0.5;

    /// <summary>Standard deviation of the yaw of novel views, in radians from the canonical view.</summary>
    public double NovelYaw { get; init; } = 0.3;

    /// <summary>Standard deviation of the pitch of novel views, in radians from the canonical view.</summary>
    public double NovelPitch { get; init; } = 0.15;

    /// <summary>Weight of the squared colour error.</summary>
    public double ColorWeight { get; init; } = 1;

    /// <summary>Weight of the absolute depth error.</summary>
    public double DepthWeight { get; init; } = 0.5;

    /// <summary>Weight of the total variation of the depth of novel views.</summary>
    public double TotalVariationWeight { get; init; } = 0.1;

    /// <summary>
    /// Weight of the perceptual distance of canonical views over all levels; by default <see cref="DefaultPerceptualWeight"/> where a perceptual network is given.
    /// </summary>
    public double? PerceptualWeight { get; init; }

    /// <summary>Weight of the perceptual distance of novel views from the picture over the last two levels; the same default.</summary>
    public double? NovelPerceptualWeight { get; init; }

    /// <summary>Weight of the difference between embeddings of novel views and of the picture; by default <see cref="DefaultSemanticWeight"/> where a semantic network is given.</summary>
    public double? SemanticWeight { get; init; }

    /// <summary>
    /// Pixels per side of the views that networks judge; by default <see cref="DefaultAppearanceSize"/>, but no more than the picture has. Novel views have this size, instead
    /// of <see cref="NovelSize"/>, where a network judges them.
    /// </summary>
    public int? AppearanceSize { get; init; }

    /// <summary>
    /// Every how many steps a canonical view is judged by the perceptual network, with as many times the weight; <see cref="DefaultPerceptualInterval"/> by default.
    /// </summary>
    public int? PerceptualInterval { get; init; }

    /// <summary>How views and weights change with the step; <see cref="FitSchedule.Constant"/> by default.</summary>
    public FitSchedule? Schedule { get; init; }

    /// <summary>Largest learning rate of the planes.</summary>
    public double PlaneLearningRate { get; init; } = 0.1;

    /// <summary>Largest learning rate of the decoder.</summary>
    public double DecoderLearningRate { get; init; } = 0.02;

    /// <summary>Seed of initial values, rays, samples and novel views. The same seed gives the same scene, bit for bit, at any number of threads.</summary>
    public ulong Seed { get; init; }

    /// <summary>Refuses options that cannot work.</summary>
    /// <exception cref="ArgumentException">An option does not fit; the message says which.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Steps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(PlaneSize, 1 << (Render.Levels - 1));
        ArgumentOutOfRangeException.ThrowIfLessThan(Channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(RaysPerStep, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(NovelSize, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(AppearanceSize ?? DefaultAppearanceSize, 2, nameof(AppearanceSize));
        ArgumentOutOfRangeException.ThrowIfLessThan(PerceptualInterval ?? DefaultPerceptualInterval, 1, nameof(PerceptualInterval));
        foreach ((double value, string name) in new[]
        {
            (NovelProbability, nameof(NovelProbability)), (NovelYaw, nameof(NovelYaw)), (NovelPitch, nameof(NovelPitch)), (ColorWeight, nameof(ColorWeight)),
            (DepthWeight, nameof(DepthWeight)), (TotalVariationWeight, nameof(TotalVariationWeight)),
            (PerceptualWeight ?? 0, nameof(PerceptualWeight)), (NovelPerceptualWeight ?? 0, nameof(NovelPerceptualWeight)), (SemanticWeight ?? 0, nameof(SemanticWeight)),
            (PlaneLearningRate, nameof(PlaneLearningRate)), (DecoderLearningRate, nameof(DecoderLearningRate)),
        })
        {
            if (!(value >= 0 && double.IsFinite(value)))
            {
                throw new ArgumentException($"{name} must be a finite number of at least 0; got {value}.");
            }
        }

        if (Schedule == FitSchedule.Official && Steps < 3)
        {
            throw new ArgumentException($"The released schedule needs at least 3 steps; got {Steps}.");
        }

        if (NovelProbability > 1)
        {
            throw new ArgumentException($"{nameof(NovelProbability)} must be at most 1; got {NovelProbability}.");
        }

        Render.Validate();
    }
}
