using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>A depth network of a vision transformer, whole or behind convolutions, and the head of DPT (Ranftl et al., ICCV 2021).</summary>
public abstract class DptNetwork : Layer, IDepthNetwork
{
    private protected DptNetwork(string name, DepthInput input) => (Name, Input) = (name, input);

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public DepthInput Input { get; }

    /// <inheritdoc/>
    public virtual DepthMeaning Meaning => DepthMeaning.InverseDepth;

    /// <inheritdoc/>
    public abstract int Parts { get; }

    // From fine to coarse: transposed convolutions, nothing, a convolution of stride 2.
    private protected static IReadOnlyList<int> ResizeFactors { get; } = [4, 2, 1, -2];

    /// <summary>Computes maps.</summary>
    /// <param name="x">Pictures (N, H, W, 3), sides multiples of a patch (14 or 16 pixels), normalised as <see cref="Input"/> says.</param>
    /// <returns>Maps (N, H, W).</returns>
    /// <exception cref="ArgumentException">The shape does not fit.</exception>
    public override Tensor Forward(Tensor x) => Forward(x, observe: null);

    /// <summary>Computes maps and shows what lies on the way.</summary>
    /// <param name="x">Pictures.</param>
    /// <param name="observe">
    /// Told the tokens <c>patch_embed</c> and <c>blockK</c> (N, L, C), <c>pos_embed_interpolated</c> (1, L, C), of the head (N, H, W, C) <c>layerK_rn</c>, <c>refinenetK</c>,
    /// <c>output_conv1</c> and <c>pre_relu</c>, and, where convolutions come first, their stages <c>stageK</c> (N, H, W, C). The tensors are valid inside this call only.
    /// </param>
    /// <inheritdoc cref="Forward(Tensor)"/>
    public abstract Tensor Forward(Tensor x, Action<string, Tensor>? observe);

    /// <inheritdoc/>
    public Tensor Estimate(Tensor pictures) => Forward(pictures);

    /// <inheritdoc/>
    public Tensor Estimate(Tensor pictures, Action<string, Tensor>? observe) => Forward(pictures, observe);

    /// <summary>The map, before the function that ends it, of an encoder that reads the pictures themselves.</summary>
    private protected static Tensor Run(VisionTransformer encoder, IReadOnlyList<int> taps, DptHead head, Tensor x, Action<string, Tensor>? observe)
    {
        using var scope = TensorScope.Begin(x.Accelerator);
        Tensor[] features = encoder.Forward(x, taps, observe);
        return scope.Keep(head.Forward(features, encoder.Grid(x.Shape), (x.Shape[1], x.Shape[2]), observe));
    }

    private protected static Shape Trace(ModelTrace trace, VisionTransformer encoder, IReadOnlyList<int> taps, DptHead head, Shape input)
    {
        Shape tokens = trace.Run(encoder, () => encoder.Trace(trace, input, taps));
        return trace.Run(head, () => head.Trace(trace, [tokens, tokens, tokens, tokens], encoder.Grid(input), (input[1], input[2])));
    }
}
