using System.Globalization;
using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>
/// The convolutional part of a classifier, in torchvision <c>features</c>: layers one after the other, named by their numbers, and levels on the way at which LPIPS
/// reads them. Some layer comes after the last level in most networks; reading levels does not compute it. An activation that the convolution before it applies
/// has its number and nothing else.
/// </summary>
public sealed class FeatureStack : Layer
{
    private readonly Layer?[] _layers;

    internal FeatureStack(string name, IReadOnlyList<Layer?> layers, IReadOnlyList<FeatureLevel> levels, int smallestSide)
    {
        (Name, Levels, SmallestSide) = (name, levels, smallestSide);
        _layers = [.. layers];
        for (int i = 0; i < _layers.Length; i++)
        {
            if (_layers[i] is { } layer)
            {
                AddChild(i.ToString(CultureInfo.InvariantCulture), layer);
            }
        }
    }

    /// <summary>Name of the classifier, for messages.</summary>
    public string Name { get; }

    /// <summary>The levels, from the finest on.</summary>
    public IReadOnlyList<FeatureLevel> Levels { get; }

    /// <summary>Least height and width of a picture for which every level has a pixel.</summary>
    public int SmallestSide { get; }

    /// <summary>Runs all layers.</summary>
    /// <param name="x">Pictures (N, H, W, 3), normalised.</param>
    /// <returns>Features (N, H', W', C).</returns>
    /// <exception cref="ArgumentException">The shape is another one, or the pictures are too small.</exception>
    public override Tensor Forward(Tensor x)
    {
        using var scope = TensorScope.Begin(x.Accelerator);
        return scope.Keep(Run(x, _layers.Length, (_, _) => false));
    }

    /// <summary>Runs the layers up to a level and returns the activations of it and of those before it; what lies between is freed.</summary>
    /// <param name="x">Pictures (N, H, W, 3), normalised.</param>
    /// <param name="count">How many levels; by default all.</param>
    /// <returns>Activations (N, H', W', C) of each level.</returns>
    /// <exception cref="ArgumentException">The shape is another one, the pictures are too small, or there are not so many levels.</exception>
    public IReadOnlyList<Tensor> ForwardLevels(Tensor x, int? count = null)
    {
        int wanted = count ?? Levels.Count;
        ArgumentOutOfRangeException.ThrowIfLessThan(wanted, 1, nameof(count));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(wanted, Levels.Count, nameof(count));
        using var scope = TensorScope.Begin(x.Accelerator);
        List<Tensor> levels = [];
        Run(x, Levels[wanted - 1].Layer + 1, (number, y) =>
        {
            if (number != Levels[levels.Count].Layer)
            {
                return false;
            }

            levels.Add(scope.Keep(y));
            return true;
        });
        return levels;
    }

    /// <inheritdoc/>
    public override Shape Trace(ModelTrace trace, Shape input) => _layers.OfType<Layer>().Aggregate(input, (shape, layer) => trace.Run(layer, shape));

    // Runs the first layers; frees what was read unless the caller wants it.
    private Tensor Run(Tensor x, int count, Func<int, Tensor, bool> keep)
    {
        RequirePictures(x);
        Tensor y = x;
        bool kept = true;
        for (int i = 0; i < count; i++)
        {
            if (_layers[i] is not { } layer)
            {
                kept |= keep(i, y);
                continue;
            }

            Tensor next = layer.Forward(y);
            if (!kept)
            {
                y.Dispose();
            }

            (y, kept) = (next, keep(i, next));
        }

        return y;
    }

    private void RequirePictures(Tensor x)
    {
        if (x.Rank != 4 || x.Shape[3] != 3 || x.Shape[1] < SmallestSide || x.Shape[2] < SmallestSide)
        {
            throw new ArgumentException($"{Name} needs pictures (N, H, W, 3) of at least {SmallestSide} x {SmallestSide} pixels, got {x.Shape}.", nameof(x));
        }
    }
}
