using G3DR.Core.Tensors;
using G3DR.Kernels.Normalization;

namespace G3DR.Core.Networks;

/// <summary>
/// Two weight-standardised 3x3 convolutions (Qiao et al., 2019), each with group normalisation and SiLU, the first modulated by the time, around a residual path.
/// </summary>
internal sealed class ResnetBlock : Module
{
    private readonly Sequential _modulation;
    private readonly Block _first, _second;
    private readonly Conv2d? _shortcut;

    public ResnetBlock(Initializer initializer, int inputs, int outputs, int timeChannels, int groups)
    {
        _modulation = AddChild("mlp", new Sequential(new FunctionLayer(x => x.Silu()), new Linear(initializer, timeChannels, 2 * outputs)));
        _first = AddChild("block1", new Block(initializer, inputs, outputs, groups));
        _second = AddChild("block2", new Block(initializer, outputs, outputs, groups));
        _shortcut = inputs == outputs ? null : AddChild("res_conv", new Conv2d(initializer, inputs, outputs, kernel: 1));
    }

    /// <summary>Pictures (N, H, W, inputs) and an embedding (1, timeChannels) to (N, H, W, outputs). Each tensor inside goes as soon as nothing will read it.</summary>
    public Tensor Forward(Tensor x, Tensor time)
    {
        using var scope = TensorScope.Begin(x.Accelerator);
        Tensor scaleShift = _modulation.Forward(time);
        Tensor modulated = _first.Normalize(_first.Convolve(x), scaleShift.BroadcastTo([x.Shape[0], scaleShift.Shape[1]]), residual: null);
        Tensor convolved = _second.Convolve(modulated);
        modulated.Dispose();
        return scope.Keep(_second.Normalize(convolved, scaleShift: null, _shortcut?.Forward(x) ?? x));
    }

    public Shape Trace(ModelTrace trace, Shape input, Shape time)
    {
        trace.Run(_modulation, time);
        Shape output = trace.Run(_second, trace.Run(_first, input));
        return _shortcut is null ? output : trace.Run(_shortcut, input);
    }

    /// <summary>Convolution, normalisation, modulation, activation.</summary>
    private sealed class Block : Layer
    {
        private const float StandardizationEpsilon = 1e-5f;
        private readonly Conv2d _convolution;
        private readonly GroupNorm _norm;

        public Block(Initializer initializer, int inputs, int outputs, int groups)
        {
            var options = new Conv2dOptions { Padding = 1, WeightStandardization = StandardizationEpsilon };
            _convolution = AddChild("proj", new Conv2d(initializer, inputs, outputs, kernel: 3, options));
            _norm = AddChild("norm", new GroupNorm(initializer, groups, outputs));
        }

        public override Tensor Forward(Tensor x) => Normalize(Convolve(x), scaleShift: null, residual: null);

        public Tensor Convolve(Tensor x) => _convolution.Forward(x);

        /// <summary>The rest, which disposes what was convolved.</summary>
        public Tensor Normalize(Tensor convolved, Tensor? scaleShift, Tensor? residual)
        {
            using (convolved)
            {
                return _norm.Forward(convolved, scaleShift, Activation.Silu, residual);
            }
        }

        public override Shape Trace(ModelTrace trace, Shape input) => trace.Run(_norm, trace.Run(_convolution, input));
    }
}
