using G3DR.Core.Networks;
using G3DR.Core.Tensors;

namespace G3DR.Core.Losses;

/// <summary>
/// The whole objective of G3DR for a batch of pictures with depth: canonical views (Eq. 5) have to reproduce them pixel by pixel and for the eye; novel views (Eq. 6) have to
/// show the same thing, with a smooth depth. What the networks see in the pictures is computed once.
/// </summary>
public sealed class G3drObjective : IDisposable
{
    private readonly Lpips? _perceptual;
    private readonly ISemanticEncoder? _semantic;
    private readonly Tensor _pictures;
    private readonly Tensor? _depths;
    private readonly PerceptualFeatures? _features, _novelFeatures;
    private readonly Tensor? _embedding;
    private readonly IReadOnlyList<double>? _novelLevels;

    /// <summary>Prepares the objective for some pictures.</summary>
    /// <param name="pictures">Pictures (N, H, W, 3) with colours in [-1, 1]; they have to outlive the objective.</param>
    /// <param name="depths">Their depths (N, H, W, 1), or null where no canonical view is judged by depth.</param>
    /// <param name="perceptual">Compares pictures for the eye; null for an objective without these terms. It stays the caller's.</param>
    /// <param name="semantic">Compares what pictures show; null for an objective without this term. It stays the caller's.</param>
    /// <param name="weights">Factors; null for those of the paper.</param>
    /// <exception cref="ArgumentException">A shape or a factor cannot be, or the pictures are too small for a network.</exception>
    public G3drObjective(Tensor pictures, Tensor? depths, Lpips? perceptual, ISemanticEncoder? semantic, G3drLossWeights? weights = null)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        Weights = weights ?? new();
        Weights.Validate();
        if (pictures.Rank != 4 || pictures.Shape[3] != 3 || pictures.Length == 0)
        {
            throw new ArgumentException($"The objective needs pictures (N, H, W, 3), got {pictures.Shape}.", nameof(pictures));
        }

        if (depths is not null)
        {
            LossGuard.RequireShape(depths, "depths", [pictures.Shape[0], pictures.Shape[1], pictures.Shape[2], 1]);
        }

        (_pictures, _depths, _perceptual, _semantic) = (pictures, depths, perceptual, semantic);
        using IDisposable constant = pictures.Accelerator.NoGrad();
        try
        {
            if (perceptual is not null)
            {
                _novelLevels = perceptual.LastLevels(Math.Min(Weights.NovelLevels, perceptual.LevelCount));
                _features = Weights.Perceptual > 0 ? Unowned(perceptual.Describe(pictures)) : null;
                _novelFeatures = Weights.NovelPerceptual > 0 ? Unowned(perceptual.Describe(pictures, _novelLevels)) : null;
            }

            _embedding = semantic is not null && Weights.NovelSemantic > 0 ? Module.Unowned(semantic.Embed(pictures)) : null;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Factors of the terms.</summary>
    public G3drLossWeights Weights { get; }

    /// <summary>Judges canonical views: terms color, depth and perceptual of <see cref="G3drTerms"/>.</summary>
    /// <param name="color">Rendered colours (N, H, W, 3) in [-1, 1].</param>
    /// <param name="depth">Rendered depths (N, H, W, 1); null without a depth term.</param>
    /// <returns>The terms with a factor above 0, of the networks that there are.</returns>
    /// <exception cref="ArgumentException">A shape is not that of the pictures, or a depth is missing.</exception>
    /// <exception cref="InvalidOperationException">No term has a factor above 0.</exception>
    public LossTerms Canonical(Tensor color, Tensor? depth)
    {
        LossGuard.RequireShape(color, "rendered colours", _pictures.Shape);
        List<LossTerm> terms = [];
        using var scope = TensorScope.Begin(color.Accelerator);
        void Add(string name, double weight, Func<Tensor> value)
        {
            if (weight > 0)
            {
                terms.Add(new(name, weight, scope.Keep(value())));
            }
        }

        Add(G3drTerms.Color, Weights.Color, () => PictureLosses.L2(color, _pictures));
        if (_depths is not null)
        {
            Add(G3drTerms.Depth, Weights.Depth, () => PictureLosses.L1(Require(depth), _depths));
        }

        if (_features is not null)
        {
            Add(G3drTerms.Perceptual, Weights.Perceptual, () => Distance(color, _features, levels: null));
        }

        return Require(terms);
    }

    /// <summary>Judges novel views: the other terms of <see cref="G3drTerms"/>.</summary>
    /// <param name="color">Rendered colours (N, H, W, 3) in [-1, 1].</param>
    /// <param name="depth">Rendered depths (N, H, W, 1).</param>
    /// <returns>The terms with a factor above 0, of the networks that there are.</returns>
    /// <exception cref="ArgumentException">The colours' shape is not that of the pictures.</exception>
    /// <exception cref="InvalidOperationException">No term has a factor above 0.</exception>
    public LossTerms Novel(Tensor color, Tensor depth)
    {
        LossGuard.RequireShape(color, "rendered colours", _pictures.Shape);
        List<LossTerm> terms = [];
        using var scope = TensorScope.Begin(color.Accelerator);
        if (_embedding is not null)
        {
            terms.Add(new(G3drTerms.NovelSemantic, Weights.NovelSemantic, scope.Keep(PictureLosses.L1(_semantic!.Embed(color), _embedding))));
        }

        if (Weights.NovelTotalVariation > 0)
        {
            terms.Add(new(G3drTerms.NovelTotalVariation, Weights.NovelTotalVariation, scope.Keep(PictureLosses.TotalVariation(depth))));
        }

        if (_novelFeatures is not null)
        {
            terms.Add(new(G3drTerms.NovelPerceptual, Weights.NovelPerceptual, scope.Keep(Distance(color, _novelFeatures, _novelLevels))));
        }

        return Require(terms);
    }

    /// <summary>Disposes what was computed from the pictures; pictures and networks stay.</summary>
    public void Dispose()
    {
        _features?.Dispose();
        _novelFeatures?.Dispose();
        _embedding?.Dispose();
    }

    private static PerceptualFeatures Unowned(PerceptualFeatures features)
    {
        foreach (Tensor? level in features.Levels.Where(level => level is not null))
        {
            Module.Unowned(level!);
        }

        return features;
    }

    private static Tensor Require(Tensor? depth) => depth ?? throw new ArgumentNullException(nameof(depth), "The depth term needs a rendered depth.");

    private static LossTerms Require(List<LossTerm> terms) =>
        terms.Count > 0 ? new(terms) : throw new InvalidOperationException("No term of the objective has a factor above 0.");

    private Tensor Distance(Tensor color, PerceptualFeatures expected, IReadOnlyList<double>? levels)
    {
        using PerceptualFeatures features = _perceptual!.Describe(color, levels);
        return _perceptual.Distance(features, expected, levels).Mean();
    }
}
