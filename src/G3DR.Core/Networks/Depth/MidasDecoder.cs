using G3DR.Core.Tensors;
using G3DR.Kernels.Normalization;

namespace G3DR.Core.Networks;

/// <summary>
/// Decoder of MiDaS v2.1 (Ranftl et al., TPAMI 2022; isl-org/MiDaS), the part <c>scratch</c> of its files: features of four resolutions to a map of inverse depth.
/// </summary>
internal sealed class MidasDecoder : Module
{
    /// <summary>How many activations <see cref="Forward"/> tells of.</summary>
    public const int Parts = 5;

    private readonly Conv2d[] _projections;
    private readonly FeatureFusionBlock[] _fusions;
    private readonly Layer[] _output;

    /// <summary>Makes the parameters.</summary>
    /// <param name="initializer">Makes the values.</param>
    /// <param name="inputs">Channels of the features, finest first.</param>
    /// <param name="widths">Channels that they are projected to.</param>
    /// <param name="isSmall">Whether each step ends in a 1x1 convolution to the channels of the next (MiDaS small).</param>
    public MidasDecoder(Initializer initializer, IReadOnlyList<int> inputs, IReadOnlyList<int> widths, bool isSmall)
    {
        const int hidden = 32;
        _projections = [.. inputs.Select((channels, n) =>
            AddChild($"layer{n + 1}_rn", new Conv2d(initializer, channels, widths[n], kernel: 3, new() { Padding = 1 }, bias: false)))];
        _fusions = [.. widths.Select((channels, n) => AddChild($"refinenet{n + 1}", new FeatureFusionBlock(initializer, new()
        {
            Channels = channels,
            Outputs = isSmall ? widths[Math.Max(n - 1, 0)] : null,
            CarriesActivated = !isSmall,
        })))];

        // The members 1 and 3 of the published sequence, and the last ReLU, have no parameters.
        _output =
        [
            AddChild("output_conv.0", new Conv2d(initializer, widths[0], widths[0] / 2, kernel: 3, new() { Padding = 1 })),
            AddChild(string.Empty, Enlarging.Twice(alignCorners: false)),
            AddChild("output_conv.2", new Conv2d(initializer, widths[0] / 2, hidden, kernel: 3, new() { Padding = 1, Activation = Activation.Relu })),
            AddChild("output_conv.4", new Conv2d(initializer, hidden, 1, kernel: 1)),
        ];
    }

    /// <summary>Computes the map.</summary>
    /// <param name="features">Features, finest first, each half as high and wide as the one before; they are disposed.</param>
    /// <param name="observe">Told the outputs of the steps, <c>refinenet4</c> to <c>refinenet1</c>, and <c>pre_relu</c> (N, H, W, 1).</param>
    /// <returns>The map (N, H, W), twice as high and wide as the finest features.</returns>
    public Tensor Forward(IReadOnlyList<Tensor> features, Action<string, Tensor>? observe)
    {
        using var scope = TensorScope.Begin(features[0].Accelerator);
        Tensor? path = null;
        for (int n = features.Count - 1; n >= 0; n--)
        {
            using Tensor projected = _projections[n].Forward(features[n]);
            features[n].Dispose();
            Tensor fused = path is null ? _fusions[n].Forward(projected) : _fusions[n].Forward(path, projected);
            path?.Dispose();
            path = fused;
            observe?.Invoke($"refinenet{n + 1}", path);
        }

        using Tensor map = Sequential.Run(path!, _output);
        path!.Dispose();
        observe?.Invoke("pre_relu", map);
        return scope.Keep(map.Reshape(map.Shape[0], map.Shape[1], map.Shape[2]).Relu());
    }

    /// <summary>Tells the cost to a trace.</summary>
    public Shape Trace(ModelTrace trace, IReadOnlyList<Shape> features)
    {
        Shape path = default;
        for (int n = features.Count - 1; n >= 0; n--)
        {
            Shape projected = trace.Run(_projections[n], features[n]);
            bool hasPath = n < features.Count - 1;
            path = trace.Run(_fusions[n], () => _fusions[n].Trace(trace, projected, hasPath));
        }

        Shape map = Sequential.Trace(trace, path, _output);
        return [map[0], map[1], map[2]];
    }
}
