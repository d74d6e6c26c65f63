using System.Globalization;
using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>
/// The head that makes depth of four levels of features (Ranftl et al., ICCV 2021), as DPT and Depth Anything have it: each level becomes a picture, the pictures are fused
/// from coarse to fine, three convolutions make the map, without the function that ends it.
/// </summary>
internal sealed class DptHead : Module
{
    /// <summary>How many parts are told of: four levels, four fusions, two convolutions.</summary>
    public const int Parts = 10;

    // Channels of the last but one convolution in all published networks.
    private const int LastChannels = 32;

    private readonly ReassembleLevel[] _levels;
    private readonly Conv2d[] _projections;
    private readonly FeatureFusionBlock[] _fusions;
    private readonly Conv2d _first, _second, _third;

    /// <summary>Makes the parameters; besides those that <paramref name="names"/> tells, <c>scratch.layerK_rn</c> and <c>scratch.refinenetK</c>.</summary>
    public DptHead(Initializer initializer, IReadOnlyList<DptLevel> levels, int features, DptNames names)
    {
        _levels = [.. levels.Select((level, i) => AddChild(string.Empty, new ReassembleLevel(initializer, level, i, names)))];
        _projections = [.. levels.Select((level, i) =>
            AddChild($"scratch.{LevelName(i)}", new Conv2d(initializer, level.Channels, features, kernel: 3, new() { Padding = 1 }, bias: false)))];
        _fusions = [.. levels.Select((_, i) =>
            AddChild($"scratch.{FusionName(i)}", new FeatureFusionBlock(initializer, new() { Channels = features, Outputs = features })))];
        _first = AddChild(names.Output.First, new Conv2d(initializer, features, features / 2, kernel: 3, new() { Padding = 1 }));
        _second = AddChild(names.Output.Second, new Conv2d(initializer, features / 2, LastChannels, kernel: 3, new() { Padding = 1 }));
        _third = AddChild(names.Output.Third, new Conv2d(initializer, LastChannels, 1, kernel: 1));
    }

    /// <summary>Computes maps.</summary>
    /// <param name="features">A tensor for each level, from fine to coarse; each is disposed when it has been read.</param>
    /// <param name="grid">Rows and columns of the tokens.</param>
    /// <param name="size">Height and width of the maps.</param>
    /// <param name="observe">Told <c>layerK_rn</c>, <c>refinenetK</c>, <c>output_conv1</c> and <c>pre_relu</c>.</param>
    /// <returns>Maps (N, height, width).</returns>
    public Tensor Forward(IReadOnlyList<Tensor> features, (int Rows, int Columns) grid, (int Height, int Width) size, Action<string, Tensor>? observe)
    {
        using var scope = TensorScope.Begin(features[0].Accelerator);
        var pictures = new Tensor[_levels.Length];
        for (int i = 0; i < pictures.Length; i++)
        {
            using Tensor reassembled = _levels[i].Forward(features[i], grid);
            if (reassembled != features[i])
            {
                features[i].Dispose();
            }

            pictures[i] = _projections[i].Forward(reassembled);
            observe?.Invoke(LevelName(i), pictures[i]);
        }

        Tensor fused = Fuse(pictures, observe);
        Tensor first = _first.Forward(fused);
        fused.Dispose();
        observe?.Invoke("output_conv1", first);
        Tensor map = Finish(first, size);
        observe?.Invoke("pre_relu", map);
        return scope.Keep(map.Reshape(map.Shape[0], size.Height, size.Width));
    }

    public Shape Trace(ModelTrace trace, IReadOnlyList<Shape> features, (int Rows, int Columns) grid, (int Height, int Width) size)
    {
        Shape[] pictures = [.. features.Select((shape, i) => trace.Run(_projections[i], trace.Run(_levels[i], () => _levels[i].Trace(trace, shape, grid))))];
        Shape x = pictures[^1];
        for (int i = pictures.Length - 1; i >= 0; i--)
        {
            Shape input = x;
            x = trace.Run(_fusions[i], () => _fusions[i].Trace(trace, input, hasSkip: i < pictures.Length - 1, i > 0 ? (pictures[i - 1][1], pictures[i - 1][2]) : null));
        }

        x = trace.Run(_first, x);
        x = trace.Run(_third, trace.Run(_second, [x[0], size.Height, size.Width, x[3]]));
        return [x[0], x[1], x[2]];
    }

    private static string LevelName(int index) => string.Create(CultureInfo.InvariantCulture, $"layer{index + 1}_rn");

    private static string FusionName(int index) => string.Create(CultureInfo.InvariantCulture, $"refinenet{index + 1}");

    // From the coarsest level to the finest, each to the resolution of the next; the last one doubles it.
    private Tensor Fuse(Tensor[] pictures, Action<string, Tensor>? observe)
    {
        Tensor x = pictures[^1];
        for (int i = pictures.Length - 1; i >= 0; i--)
        {
            bool isCoarsest = i == pictures.Length - 1;
            (int Height, int Width)? next = i > 0 ? (pictures[i - 1].Shape[1], pictures[i - 1].Shape[2]) : null;
            Tensor fused = _fusions[i].Forward(x, isCoarsest ? null : pictures[i], next);
            x.Dispose();
            pictures[i].Dispose();
            x = fused;
            observe?.Invoke(FusionName(i), x);
        }

        return x;
    }

    private Tensor Finish(Tensor first, (int Height, int Width) size)
    {
        Tensor resized = Functional.Resize2d(first, size.Height, size.Width, ResizeMode2d.Bilinear, alignCorners: true);
        first.Dispose();
        Tensor second = _second.Forward(resized);
        resized.Dispose();
        Tensor active = second.Relu();
        second.Dispose();
        using (active)
        {
            return _third.Forward(active);
        }
    }
}
