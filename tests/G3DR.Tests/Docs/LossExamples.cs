using G3DR.Core.Losses;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Tests.Networks;
using G3DR.Tests.Support;
using G3DR.Tests.Training;

namespace G3DR.Tests.Docs;

/// <summary>The example of docs/losses.md.</summary>
public class LossExamples
{
    [Fact]
    public void The_objective_has_gradients_to_both_views()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        using Lpips lpips = LpipsTests.Small(device);
        using PooledFeatures semantic = G3drObjectiveTests.Pooled(device);
        Tensor Picture(ulong seed, int channels) => Tensor.Uniform(device, [1, 32, 32, channels], seed);
        Tensor color = Picture(3, 3), sideColor = Picture(4, 3), depth = Picture(5, 1), sideDepth = Picture(6, 1);
        foreach (Tensor rendered in (Tensor[])[color, sideColor, depth, sideDepth])
        {
            rendered.RequiresGrad = true;
        }

        Learn(Picture(1, 3), Picture(2, 1), lpips, semantic, color, depth, sideColor, sideDepth);
        Assert.All((Tensor[])[color, sideColor, depth, sideDepth], rendered => Assert.NotNull(rendered.Grad));
        foreach (Tensor rendered in (Tensor[])[color, sideColor, depth, sideDepth])
        {
            rendered.ClearGrad();
        }
    }

    private static void Learn(
        Tensor pictures, Tensor depths, Lpips lpips, ISemanticEncoder semantic, Tensor color, Tensor depth, Tensor sideColor, Tensor sideDepth)
    {
        using var objective = new G3drObjective(pictures, depths, lpips, semantic);
        LossTerms canonical = objective.Canonical(color, depth);
        LossTerms novel = objective.Novel(sideColor, sideDepth);
        canonical.Total().Backward();
        novel.Total().Backward();
    }
}
