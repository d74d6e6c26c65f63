using G3DR.Compute;
using G3DR.Core.Imaging;
using G3DR.Core.Losses;
using G3DR.Core.Networks;
using G3DR.Core.Rendering;
using G3DR.Core.Tensors;
using G3DR.Kernels.Rendering;

namespace G3DR.Core.Training;

/// <summary>The terms of a fit that networks compute, which need whole views: the objective of G3DR at a size of its own.</summary>
internal sealed class AppearanceLoss : IDisposable
{
    private readonly Tensor _picture, _depth;
    private readonly G3drObjective _objective;

    /// <summary>Prepares the terms, or gives null if no network was given.</summary>
    /// <exception cref="ArgumentException">A weight was given for a network that was not, or the views are too small for a network.</exception>
    public static AppearanceLoss? Create(Accelerator device, RgbdPicture picture, FitOptions options, FitNetworks networks)
    {
        RequireNetwork(options.PerceptualWeight, nameof(options.PerceptualWeight), networks.Perceptual is not null, "perceptual");
        RequireNetwork(options.NovelPerceptualWeight, nameof(options.NovelPerceptualWeight), networks.Perceptual is not null, "perceptual");
        RequireNetwork(options.SemanticWeight, nameof(options.SemanticWeight), networks.Semantic is not null, "semantic");
        return networks.Any ? new(device, picture, options, networks) : null;
    }

    private AppearanceLoss(Accelerator device, RgbdPicture picture, FitOptions options, FitNetworks networks)
    {
        (Size, Interval) = (options.AppearanceSize ?? Math.Min(FitOptions.DefaultAppearanceSize, picture.Size), options.PerceptualInterval ?? FitOptions.DefaultPerceptualInterval);
        using IDisposable constant = device.NoGrad();
        using (var scope = TensorScope.Begin(device))
        {
            Tensor color = Tensor.FromArray(device, picture.Color, [1, picture.Size, picture.Size, 3]).Affine(2, -1);
            Tensor depth = Tensor.FromArray(device, picture.Depth, [1, picture.Size, picture.Size, 1]);
            _picture = Module.Unowned(Functional.Resize2d(color, Size, Size, ResizeMode2d.Bilinear, antialias: true));

            // Between the depths of two surfaces there is none.
            _depth = Module.Unowned(Functional.Resize2d(depth, Size, Size, ResizeMode2d.NearestExact).Reshape(1, Size * Size));
        }

        try
        {
            _objective = new(_picture, depths: null, networks.Perceptual, networks.Semantic, new()
            {
                Color = 0,
                Depth = 0,
                Perceptual = networks.Perceptual is null ? 0 : options.PerceptualWeight ?? FitOptions.DefaultPerceptualWeight,
                NovelPerceptual = networks.Perceptual is null ? 0 : options.NovelPerceptualWeight ?? FitOptions.DefaultPerceptualWeight,
                NovelSemantic = networks.Semantic is null ? 0 : options.SemanticWeight ?? FitOptions.DefaultSemanticWeight,
                NovelTotalVariation = options.TotalVariationWeight,
            });
        }
        catch
        {
            _picture.Dispose();
            _depth.Dispose();
            throw;
        }
    }

    /// <summary>Pixels per side of a view.</summary>
    public int Size { get; }

    /// <summary>Every how many steps a canonical view is judged.</summary>
    public int Interval { get; }

    /// <summary>Factors of the terms.</summary>
    public G3drLossWeights Weights => _objective.Weights;

    /// <summary>Whether a network judges novel views.</summary>
    public bool JudgesNovelViews => Weights.NovelPerceptual > 0 || Weights.NovelSemantic > 0;

    /// <summary>Depth of each pixel's ray in the canonical view (1, Size^2).</summary>
    public Tensor Depth => _depth;

    /// <summary>Whether a canonical step is one whose view is judged.</summary>
    public bool JudgesCanonicalView(int step) => Weights.Perceptual > 0 && step % Interval == 0;

    /// <summary>Terms of a canonical view of Size^2 rays.</summary>
    public LossTerms Canonical(RenderResult view, RenderSettings settings) => _objective.Canonical(Colors(view, settings), depth: null);

    /// <summary>Terms of a novel view of Size^2 rays.</summary>
    public LossTerms Novel(RenderResult view, RenderSettings settings) => _objective.Novel(Colors(view, settings), view.Depth.Reshape(1, Size, Size, 1));

    public void Dispose()
    {
        _objective.Dispose();
        _picture.Dispose();
        _depth.Dispose();
    }

    private Tensor Colors(RenderResult view, RenderSettings settings)
    {
        Tensor colors = view.Color.Reshape(1, Size, Size, 3);
        return settings.Marching == MarchingRule.MidPoint ? colors : colors.Affine(2, -1);
    }

    private static void RequireNetwork(double? weight, string name, bool given, string kind)
    {
        if (weight is > 0 && !given)
        {
            throw new ArgumentException($"{name} needs a {kind} network, and none was given.");
        }
    }
}
