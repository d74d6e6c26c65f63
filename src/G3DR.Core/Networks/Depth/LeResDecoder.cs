using G3DR.Core.Tensors;
using G3DR.Kernels.Normalization;

namespace G3DR.Core.Networks;

/// <summary>Decoder of LeReS (aim-uofa/AdelaiDepth, LeReS): features of four resolutions to a map of depth.</summary>
internal sealed class LeResDecoder : Module
{
    /// <summary>How many activations <see cref="Forward"/> tells of.</summary>
    public const int Parts = 4;

    private readonly TransferBlock _coarse;
    private readonly Conv2d _coarseOutput;
    private readonly FunctionLayer _enlarge;
    private readonly FusionModule[] _fusions;
    private readonly Layer[] _output;

    /// <summary>Makes the parameters.</summary>
    /// <param name="initializer">Makes the values.</param>
    /// <param name="inputs">Channels of the features, finest first.</param>
    /// <param name="channels">Channels inside; twice as many in the coarsest level, half as many at the end.</param>
    public LeResDecoder(Initializer initializer, IReadOnlyList<int> inputs, int channels)
    {
        _coarse = AddChild("conv", new TransferBlock(initializer, inputs[^1], checked(2 * channels)));
        _coarseOutput = AddChild("conv1", Convolution(initializer, 2 * channels, channels));
        _enlarge = AddChild(string.Empty, Enlarging.Twice(alignCorners: true));
        _fusions = new FusionModule[inputs.Count - 1];
        for (int n = _fusions.Length - 1; n >= 0; n--)
        {
            _fusions[n] = AddChild($"ffm{n}", new FusionModule(initializer, inputs[n], channels));
        }

        // Member 2 of the published sequence is a ReLU, member 4 the enlargement.
        _output =
        [
            AddChild("outconv.adapt_conv.0", Convolution(initializer, channels, channels / 2)),
            AddChild("outconv.adapt_conv.1", new NormRelu(initializer, channels / 2)),
            AddChild("outconv.adapt_conv.3", Convolution(initializer, channels / 2, 1)),
            _enlarge,
        ];
    }

    /// <summary>Computes the map.</summary>
    /// <param name="features">Features, finest first, each half as high and wide as the one before; they are disposed.</param>
    /// <param name="observe">Told the outputs of <c>conv</c> and <c>ffm2</c> to <c>ffm0</c>.</param>
    /// <returns>The map (N, H, W, 1).</returns>
    public Tensor Forward(IReadOnlyList<Tensor> features, Action<string, Tensor>? observe)
    {
        using var scope = TensorScope.Begin(features[0].Accelerator);
        Tensor transferred = _coarse.Forward(features[^1]);
        features[^1].Dispose();
        observe?.Invoke("conv", transferred);
        Tensor path = Sequential.Run(transferred, _coarseOutput, _enlarge);
        transferred.Dispose();
        for (int n = _fusions.Length - 1; n >= 0; n--)
        {
            Tensor fused = _fusions[n].Forward(features[n], path);
            features[n].Dispose();
            path.Dispose();
            path = fused;
            observe?.Invoke($"ffm{n}", path);
        }

        return scope.Keep(Sequential.Run(path, _output));
    }

    /// <summary>Tells the cost to a trace.</summary>
    public Shape Trace(ModelTrace trace, IReadOnlyList<Shape> features)
    {
        Shape path = Sequential.Trace(trace, features[^1], _coarse, _coarseOutput, _enlarge);
        for (int n = _fusions.Length - 1; n >= 0; n--)
        {
            FusionModule fusion = _fusions[n];
            Shape feature = features[n];
            path = trace.Run(fusion, () => fusion.Trace(trace, feature));
        }

        return Sequential.Trace(trace, path, _output);
    }

    private static Conv2d Convolution(Initializer initializer, int inputs, int outputs, Activation activation = Activation.None) =>
        new(initializer, inputs, outputs, kernel: 3, new() { Padding = 1, Activation = activation });

    /// <summary>A convolution, and two more around a residual path that carries its output after a ReLU (the released one works in place).</summary>
    private sealed class TransferBlock : Layer
    {
        private readonly Conv2d _entry, _last;
        private readonly Layer[] _branch;

        public TransferBlock(Initializer initializer, int inputs, int channels)
        {
            _entry = AddChild("conv1", Convolution(initializer, inputs, channels, Activation.Relu));
            _branch =
            [
                AddChild("conv_branch.1", Convolution(initializer, channels, channels)),
                AddChild("conv_branch.2", new NormRelu(initializer, channels)),
            ];
            _last = AddChild("conv_branch.4", Convolution(initializer, channels, channels));
        }

        public override Tensor Forward(Tensor x)
        {
            using Tensor entry = _entry.Forward(x), branch = Sequential.Run(entry, _branch), sum = _last.Forward(branch, entry);
            return sum.Relu();
        }

        public override Shape Trace(ModelTrace trace, Shape input) => Sequential.Trace(trace, input, [_entry, .. _branch, _last]);
    }

    /// <summary>Adds transferred features to what came from the coarser level, and enlarges.</summary>
    private sealed class FusionModule : Module
    {
        private readonly TransferBlock _transfer;
        private readonly Layer[] _rest;

        public FusionModule(Initializer initializer, int inputs, int channels)
        {
            _transfer = AddChild("ftb1", new TransferBlock(initializer, inputs, channels));
            _rest = [AddChild("ftb2", new TransferBlock(initializer, channels, channels)), AddChild(string.Empty, Enlarging.Twice(alignCorners: true))];
        }

        public Tensor Forward(Tensor features, Tensor path)
        {
            using Tensor transferred = _transfer.Forward(features), sum = transferred + path;
            transferred.Dispose();
            return Sequential.Run(sum, _rest);
        }

        public Shape Trace(ModelTrace trace, Shape features) => Sequential.Trace(trace, trace.Run(_transfer, features), _rest);
    }
}
