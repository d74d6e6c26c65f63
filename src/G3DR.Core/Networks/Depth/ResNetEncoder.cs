using G3DR.Core.Tensors;
using G3DR.Kernels.Normalization;

namespace G3DR.Core.Networks;

/// <summary>
/// A residual network without its classifier: the layout and names of torchvision, with strides in the 3x3 convolutions. Gives the features of its four stages.
/// </summary>
internal sealed class ResNetEncoder : FeatureEncoder
{
    /// <summary>Makes the parameters.</summary>
    /// <param name="initializer">Makes the values.</param>
    /// <param name="options">Sizes.</param>
    /// <param name="convolution">Name of the first convolution.</param>
    /// <param name="norm">Name of its normalisation.</param>
    /// <param name="firstStage">Name of the first stage; the others are <c>layer2</c> to <c>layer4</c>.</param>
    public ResNetEncoder(Initializer initializer, ResNetOptions options, string convolution = "conv1", string norm = "bn1", string firstStage = "layer1")
    {
        options.Validate();
        AddStem(convolution, new Conv2d(initializer, 3, options.Channels, kernel: 7, new() { Stride = (2, 2), Padding = 3 }, bias: false));
        AddStem(norm, new NormRelu(initializer, options.Channels));
        AddStem(string.Empty, new FunctionLayer(
            x => Functional.MaxPool2d(x, (3, 3), new() { Stride = (2, 2), Padding = (1, 1) }),
            (Shape shape) => [shape[0], (shape[1] + 1) / 2, (shape[2] + 1) / 2, shape[3]]));
        for (int stage = 0; stage < ResNetOptions.Stages; stage++)
        {
            AddStage(stage == 0 ? firstStage : $"layer{stage + 1}", Stage(initializer, options, stage));
        }
    }

    private static Sequential Stage(Initializer initializer, ResNetOptions options, int stage)
    {
        int outputs = options.Outputs(stage);
        Bottleneck Block(int index) => index > 0
            ? new(initializer, outputs, options.Width(stage), outputs, options.Groups, stride: 1)
            : new(initializer, stage == 0 ? options.Channels : options.Outputs(stage - 1), options.Width(stage), outputs, options.Groups, stride: stage == 0 ? 1 : 2);
        return new([.. Enumerable.Range(0, options.Blocks[stage]).Select(Block)]);
    }

    /// <summary>1x1, 3x3 and 1x1 convolution, each normalised, around a residual path.</summary>
    private sealed class Bottleneck : Layer
    {
        private readonly Conv2d[] _convolutions;
        private readonly BatchNorm2d[] _norms;
        private readonly Sequential? _shortcut;

        public Bottleneck(Initializer initializer, int inputs, int width, int outputs, int groups, int stride)
        {
            _convolutions = new Conv2d[3];
            _norms = new BatchNorm2d[3];
            Add(0, new(initializer, inputs, width, kernel: 1, bias: false));
            Add(1, new(initializer, width, width, kernel: 3, new() { Stride = (stride, stride), Padding = 1, Groups = groups }, bias: false));
            Add(2, new(initializer, width, outputs, kernel: 1, bias: false));
            _shortcut = stride == 1 && inputs == outputs ? null : AddChild("downsample", new Sequential(
                new Conv2d(initializer, inputs, outputs, kernel: 1, new() { Stride = (stride, stride) }, bias: false), new BatchNorm2d(initializer, outputs)));

            void Add(int index, Conv2d convolution)
            {
                _convolutions[index] = AddChild($"conv{index + 1}", convolution);
                _norms[index] = AddChild($"bn{index + 1}", new BatchNorm2d(initializer, convolution.Weight.Shape[0]));
            }
        }

        public override Tensor Forward(Tensor x)
        {
            using Tensor first = Step(0, x, Activation.Relu), second = Step(1, first, Activation.Relu);
            first.Dispose();
            using Tensor? shortcut = _shortcut?.Forward(x);
            using Tensor sum = Step(2, second, Activation.None, shortcut ?? x);
            return sum.Relu();
        }

        public override Shape Trace(ModelTrace trace, Shape input)
        {
            Shape output = input;
            for (int i = 0; i < _convolutions.Length; i++)
            {
                output = Sequential.Trace(trace, output, _convolutions[i], _norms[i]);
            }

            return _shortcut is null ? output : trace.Run(_shortcut, input);
        }

        private Tensor Step(int index, Tensor x, Activation activation, Tensor? residual = null)
        {
            using Tensor convolved = _convolutions[index].Forward(x);
            return _norms[index].Forward(convolved, activation, residual);
        }
    }
}
