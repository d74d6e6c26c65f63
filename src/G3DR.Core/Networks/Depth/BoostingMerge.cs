using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>
/// The merge network of "Boosting Monocular Depth Estimation Models to High-Resolution via Content-Adaptive Multi-Resolution Merging" (Miangoleh et al., CVPR 2021): the
/// U-Net generator of pix2pix (Isola et al., CVPR 2017) without normalisation. It puts the details of one depth map into another that has the right overall shape.
/// 136 million parameters.
/// </summary>
public sealed class BoostingMerge : Layer, IDepthMerge
{
    private const double Slope = 0.2;
    private readonly Level _outermost;

    /// <summary>Makes the network.</summary>
    /// <param name="initializer">Makes the parameters.</param>
    /// <param name="options">Sizes; null for those of the published network.</param>
    /// <exception cref="ArgumentException">A size is not possible.</exception>
    public BoostingMerge(Initializer initializer, BoostingMergeOptions? options = null)
    {
        Options = options ?? new();
        Options.Validate();
        _outermost = AddChild("model", new Level(initializer, Options, depth: 0));
    }

    /// <summary>What files of this network are known by.</summary>
    public static NetworkKind Kind { get; } = DepthKinds.BoostingMerge();

    /// <summary>Sizes of the network.</summary>
    public BoostingMergeOptions Options { get; }

    /// <summary>Side of the maps that the network was trained with.</summary>
    public int Side => 1 << Options.Levels;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Forward(x, observe: null);

    /// <summary>Merges maps.</summary>
    /// <param name="x">
    /// Pairs of maps (N, H, W, 2), each in [-1, 1]: first the one with the right overall shape, then the one with details. Sides are multiples of 2 to the power of the levels.
    /// </param>
    /// <param name="observe">
    /// Told the first convolution, <c>outer_conv</c>, what the last one reads before its ReLU, <c>inner</c>, and the output before its tanh, <c>pre_tanh</c>. The tensors are
    /// valid inside this call only.
    /// </param>
    /// <returns>Maps (N, H, W, 1) in [-1, 1].</returns>
    /// <exception cref="ArgumentException">The shape does not fit.</exception>
    public Tensor Forward(Tensor x, Action<string, Tensor>? observe)
    {
        Require(x.Shape);
        using var scope = TensorScope.Begin(x.Accelerator);
        using Tensor output = _outermost.Forward(x, observe);
        observe?.Invoke("pre_tanh", output);
        return scope.Keep(output.Tanh());
    }

    /// <inheritdoc/>
    public Tensor Merge(Tensor pairs) => Forward(pairs);

    /// <inheritdoc/>
    public override Shape Trace(ModelTrace trace, Shape input)
    {
        Require(input);
        return trace.Run(_outermost, () => _outermost.Trace(trace, input));
    }

    private void Require(Shape shape)
    {
        if (shape.Rank != 4 || shape[0] < 1 || shape[1] < Side || shape[2] < Side || shape[1] % Side != 0 || shape[2] % Side != 0 || shape[3] != 2)
        {
            throw new ArgumentException($"The merge network needs pairs of maps (N, H, W, 2) with sides that are multiples of {Side}; got {shape}.");
        }
    }

    /// <summary>A convolution that halves the resolution, the levels inside it, and a transposed one that doubles it again.</summary>
    private sealed class Level : Module
    {
        // From here on, all levels have the same number of channels.
        private const int WidestDepth = 3;
        private readonly Conv2d _down;
        private readonly ConvTranspose2d _up;
        private readonly Level? _inner;
        private readonly bool _isOutermost;

        public Level(Initializer initializer, BoostingMergeOptions options, int depth)
        {
            int Width(int at) => options.Channels << Math.Min(at, WidestDepth);
            _isOutermost = depth == 0;
            bool isInnermost = depth == options.Levels - 1;
            int inputs = _isOutermost ? 2 : Width(depth - 1), width = Width(depth);

            // The published sequences count activations too: LeakyReLU (but for the outermost), convolution, the part inside, ReLU, transposed convolution. Their
            // normalisation, an identity behind the first convolution, has a number as well, where it is there.
            (string down, string inner, string up) = _isOutermost ? ("model.0", "model.1", "model.3") : ("model.1", "model.3", isInnermost ? "model.3" : "model.5");
            _down = AddChild(down, new Conv2d(initializer, inputs, width, kernel: 4, new() { Stride = (2, 2), Padding = 1 }, bias: false));
            _inner = isInnermost ? null : AddChild(inner, new Level(initializer, options, depth + 1));
            _up = AddChild(up, new ConvTranspose2d(
                initializer, isInnermost ? width : 2 * width, _isOutermost ? 1 : inputs, kernel: 4, new() { Stride = (2, 2), Padding = 1 }, bias: _isOutermost));
        }

        /// <summary>
        /// The outermost level gives a map. The others give their input after a leaky ReLU, beside what came back up: the released ReLU works in place, so it also changes
        /// what goes around the level. These dispose their input as soon as they have read it.
        /// </summary>
        public Tensor Forward(Tensor x, Action<string, Tensor>? observe = null)
        {
            if (_isOutermost)
            {
                return Up(Down(x, observe), observe);
            }

            using Tensor active = x.LeakyRelu(Slope);
            x.Dispose();
            using Tensor raised = Up(Down(active, observe: null), observe: null);
            return Tensor.Concat([active, raised], axis: -1);
        }

        public Shape Trace(ModelTrace trace, Shape input)
        {
            Shape inside = trace.Run(_down, input);
            inside = _inner is null ? inside : trace.Run(_inner, () => _inner.Trace(trace, inside));
            Shape raised = trace.Run(_up, inside);
            return _isOutermost ? raised : [raised[0], raised[1], raised[2], raised[3] + input[3]];
        }

        private Tensor Down(Tensor x, Action<string, Tensor>? observe)
        {
            Tensor convolved = _down.Forward(x);
            observe?.Invoke("outer_conv", convolved);
            return _inner is null ? convolved : _inner.Forward(convolved);
        }

        private Tensor Up(Tensor inside, Action<string, Tensor>? observe)
        {
            observe?.Invoke("inner", inside);
            using Tensor active = inside.Relu();
            inside.Dispose();
            return _up.Forward(active);
        }
    }
}
