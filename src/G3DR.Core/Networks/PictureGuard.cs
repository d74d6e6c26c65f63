using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>Checks of pictures and activations before any work.</summary>
internal static class PictureGuard
{
    /// <summary>Refuses what is not (N, H, W, C).</summary>
    /// <exception cref="ArgumentException">The tensor has another rank, or its pictures have no pixels or no channels.</exception>
    public static void Require(Tensor x, string work)
    {
        if (x.Rank != 4 || x.Shape[1] < 1 || x.Shape[2] < 1 || x.Shape[3] < 1)
        {
            throw new ArgumentException($"{work} needs pictures (N, H, W, C) with at least one pixel and channel, got {x.Shape}.", nameof(x));
        }
    }
}
