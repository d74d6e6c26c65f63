using G3DR.Core.Tensors;
using G3DR.Kernels.Convolution;

namespace G3DR.Core.Networks;

/// <summary>
/// The encoder of MiDaS small: EfficientNet-Lite3 as TensorFlow trained it (tf_efficientnet_lite3 of timm), in the four stages that MiDaS cuts it into. TensorFlow's
/// SAME padding, ReLU6, batch normalisation with an epsilon of 1e-3; no squeeze and excitation.
/// </summary>
internal sealed class EfficientNetLite : FeatureEncoder
{
    /// <summary>Channels of the features of the four stages.</summary>
    public static readonly IReadOnlyList<int> Outputs = [32, 48, 136, 384];

    private const float Epsilon = 1e-3f;

    // Blocks, side of the kernel, stride and output channels of the groups of blocks. The first group has no expansion.
    private static readonly (int Count, int Kernel, int Stride, int Outputs)[] s_groups =
        [(1, 3, 1, 24), (3, 3, 2, 32), (3, 5, 2, 48), (5, 3, 2, 96), (5, 5, 1, 136), (6, 5, 2, 232), (1, 3, 1, 384)];

    /// <summary>Makes the parameters.</summary>
    /// <param name="initializer">Makes the values.</param>
    public EfficientNetLite(Initializer initializer)
    {
        const int stem = 32;
        int channels = stem;
        Sequential Group(int index)
        {
            (int count, int kernel, int stride, int outputs) = s_groups[index];
            var blocks = new Layer[count];
            for (int n = 0; n < count; n++)
            {
                blocks[n] = new InvertedResidual(initializer, channels, outputs, kernel, n == 0 ? stride : 1, expands: index > 0);
                channels = outputs;
            }

            return new(blocks);
        }

        AddStage("layer1", new Sequential(
            new SameConv2d(initializer, 3, stem, kernel: 3, stride: 2, groups: 1), new BatchNorm2d(initializer, stem, Epsilon), Relu6(), Group(0), Group(1)));
        AddStage("layer2", new Sequential(Group(2)));
        AddStage("layer3", new Sequential(Group(3), Group(4)));
        AddStage("layer4", new Sequential(Group(5), Group(6)));
    }

    private static FunctionLayer Relu6() => new(x => x.Clamp(0, 6));

    /// <summary>
    /// Expansion by a 1x1 convolution, a depthwise one, and a linear 1x1 one, around a residual path where shapes agree (Sandler et al., CVPR 2018).
    /// </summary>
    private sealed class InvertedResidual : Layer
    {
        private const int Expansion = 6;
        private readonly Layer[] _layers;
        private readonly bool _isResidual;

        public InvertedResidual(Initializer initializer, int inputs, int outputs, int kernel, int stride, bool expands)
        {
            int inside = expands ? Expansion * inputs : inputs, norms = 0;
            FunctionLayer relu = AddChild(string.Empty, Relu6());
            BatchNorm2d Norm(int channels) => AddChild($"bn{++norms}", new BatchNorm2d(initializer, channels, Epsilon));
            Conv2d Pointwise(string name, int from, int to) => AddChild(name, new Conv2d(initializer, from, to, kernel: 1, bias: false));
            Layer[] expansion = expands ? [Pointwise("conv_pw", inputs, inside), Norm(inside), relu] : [];
            _layers =
            [
                .. expansion,
                AddChild("conv_dw", new SameConv2d(initializer, inside, inside, kernel, stride, groups: inside)),
                Norm(inside),
                relu,
                Pointwise(expands ? "conv_pwl" : "conv_pw", inside, outputs),
                Norm(outputs),
            ];
            _isResidual = stride == 1 && inputs == outputs;
        }

        public override Tensor Forward(Tensor x)
        {
            Tensor inside = Sequential.Run(x, _layers);
            if (!_isResidual)
            {
                return inside;
            }

            using (inside)
            {
                return inside + x;
            }
        }

        public override Shape Trace(ModelTrace trace, Shape input) => Sequential.Trace(trace, input, _layers);
    }

    /// <summary>
    /// Convolution with TensorFlow's SAME padding: ceil(length / stride) outputs, and where an odd number of zeros is needed, the extra one comes at the end.
    /// </summary>
    private sealed class SameConv2d : Layer
    {
        private readonly Conv2d _convolution;

        public SameConv2d(Initializer initializer, int inputs, int outputs, int kernel, int stride, int groups) =>
            _convolution = AddChild(string.Empty, new Conv2d(initializer, inputs, outputs, kernel, new() { Stride = (stride, stride), Groups = groups }, bias: false));

        public override Tensor Forward(Tensor x) => Functional.Conv2d(x, _convolution.Weight, bias: null, Options(x.Shape));

        public override Shape Trace(ModelTrace trace, Shape input)
        {
            ConvolutionShape sizes = Options(input).Sizes(input, _convolution.Weight.Shape);
            trace.AddProducts(sizes);
            return [sizes.Batch, sizes.OutputHeight, sizes.OutputWidth, sizes.OutputChannels];
        }

        private Conv2dOptions Options(Shape input)
        {
            int kernel = _convolution.Weight.Shape[2], stride = _convolution.Options.Stride.Y;
            (int Before, int After) Zeros(int length)
            {
                int all = Math.Max(((((length + stride - 1) / stride) - 1) * stride) + kernel - length, 0);
                return (all / 2, all - (all / 2));
            }

            ((int top, int bottom), (int left, int right)) = (Zeros(input[1]), Zeros(input[2]));
            return _convolution.Options with { Padding = new(top, bottom, left, right) };
        }
    }
}
