using G3DR.Compute;
using G3DR.Core.Losses;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Tests.Networks;
using G3DR.Tests.Support;

namespace G3DR.Tests.Training;

public class G3drObjectiveTests
{
    private static readonly Shape s_shape = [1, 32, 32, 3], s_depth = [1, 32, 32, 1];

    [Fact]
    public void The_factors_are_those_of_the_paper()
    {
        var weights = new G3drLossWeights();
        Assert.Equal([1, 2, 0.5, 0.35, 0.1, 0.5], [weights.Color, weights.Depth, weights.Perceptual, weights.NovelSemantic, weights.NovelTotalVariation, weights.NovelPerceptual]);
        Assert.Equal(2, weights.NovelLevels);
        Assert.Throws<ArgumentException>(() => (weights with { NovelSemantic = double.NaN }).Validate());
        Assert.Throws<ArgumentException>(() => (weights with { Depth = -1 }).Validate());
    }

    [Fact]
    public void Canonical_and_novel_terms_are_those_of_their_definitions()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        using Lpips lpips = LpipsTests.Small(device);
        using PooledFeatures pooled = Pooled(device);
        (Tensor picture, Tensor depth, Tensor color, Tensor rendered) = Views(device);
        using var objective = new G3drObjective(picture, depth, lpips, pooled);
        LossTerms canonical = objective.Canonical(color, rendered), novel = objective.Novel(color, rendered);
        Assert.Equal([G3drTerms.Color, G3drTerms.Depth, G3drTerms.Perceptual], canonical.Terms.Select(term => term.Name));
        Assert.Equal([G3drTerms.NovelSemantic, G3drTerms.NovelTotalVariation, G3drTerms.NovelPerceptual], novel.Terms.Select(term => term.Name));
        double l2 = PictureLosses.L2(color, picture).Item(), l1 = PictureLosses.L1(rendered, depth).Item(), look = lpips.Distance(color, picture).Mean().Item();
        AssertValues([l2, l1, look], canonical);
        Assert.Equal(l2 + (2 * l1) + (0.5 * look), canonical.Total().Item(), 1e-5);
        double meaning = PictureLosses.L1(pooled.Embed(color), pooled.Embed(picture)).Item(), variation = PictureLosses.TotalVariation(rendered).Item();
        double last = lpips.Distance(color, picture, lpips.LastLevels(2)).Mean().Item();
        AssertValues([meaning, variation, last], novel);
        Assert.Equal((0.35 * meaning) + (0.1 * variation) + (0.5 * last), novel.Total().Item(), 1e-5);
        Assert.Equal(0.35 * meaning, novel.Total(name => name == G3drTerms.NovelSemantic ? 1 : 0).Item(), 1e-6);
    }

    [Fact]
    public void Gradients_reach_the_rendered_view_through_every_term()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        using Lpips lpips = LpipsTests.Small(device);
        using PooledFeatures pooled = Pooled(device);
        (Tensor picture, Tensor depth, Tensor color, Tensor rendered) = Views(device);
        color.RequiresGrad = true;
        rendered.RequiresGrad = true;
        using var objective = new G3drObjective(picture, depth, lpips, pooled);
        foreach (LossTerm term in objective.Canonical(color, rendered).Terms.Concat(objective.Novel(color, rendered).Terms))
        {
            bool ofDepth = term.Name is G3drTerms.Depth or G3drTerms.NovelTotalVariation;
            Tensor gradient = Autograd.Gradients([term.Value], [Tensor.Ones(device, term.Value.Shape)], [ofDepth ? rendered : color])[0];
            Assert.Contains(gradient.ToSingles(), value => value != 0);
            Assert.All(gradient.ToSingles(), value => Assert.True(float.IsFinite(value), term.Name));
        }
    }

    [Fact]
    public void Terms_without_network_or_factor_are_not_computed()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        (Tensor picture, Tensor depth, Tensor color, Tensor rendered) = Views(device);
        using var plain = new G3drObjective(picture, depth, perceptual: null, semantic: null);
        Assert.Equal([G3drTerms.Color, G3drTerms.Depth], plain.Canonical(color, rendered).Terms.Select(term => term.Name));
        Assert.Equal([G3drTerms.NovelTotalVariation], plain.Novel(color, rendered).Terms.Select(term => term.Name));
        using var nothing = new G3drObjective(picture, depths: null, perceptual: null, semantic: null, new() { Color = 0, NovelTotalVariation = 0 });
        Assert.Throws<InvalidOperationException>(() => nothing.Canonical(color, depth: null));
        Assert.Throws<InvalidOperationException>(() => nothing.Novel(color, rendered));
        Assert.Throws<ArgumentException>(() => plain.Canonical(color.Slice(1, 0, 31), rendered));
        Assert.Throws<ArgumentException>(() => new G3drObjective(picture, depth.Slice(1, 0, 31), perceptual: null, semantic: null));
    }

    internal static PooledFeatures Pooled(Accelerator device)
    {
        var pooled = new PooledFeatures(SqueezeNet.CreateFeatures(Initializer.Random(device, seed: 6)));
        pooled.Freeze();
        return pooled;
    }

    private static void AssertValues(double[] expected, LossTerms terms) =>
        Assert.All(expected.Zip(terms.Terms), pair => Assert.Equal(pair.First, pair.Second.Value.Item(), 1e-5));

    private static (Tensor Picture, Tensor Depth, Tensor Color, Tensor Rendered) Views(Accelerator device) => (
        Tensor.Uniform(device, s_shape, seed: 1).Affine(2, -1),
        Tensor.Uniform(device, s_depth, seed: 2).Affine(2, 4),
        Tensor.Uniform(device, s_shape, seed: 3).Affine(2, -1),
        Tensor.Uniform(device, s_depth, seed: 4).Affine(2, 4));
}
