using G3DR.Core.Tensors;

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
        AddStem(norm, new BatchNorm2d(initializer, options.Channels));
        AddStem(string.Empty, new FunctionLayer(x => x.Relu()));
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
        private readonly Layer[] _layers;
        private readonly Sequential? _shortcut;

        public Bottleneck(Initializer initializer, int inputs, int width, int outputs, int groups, int stride)
        {
            var relu = new FunctionLayer(x => x.Relu());
            Conv2d first = Add(1, new(initializer, inputs, width, kernel: 1, bias: false), out BatchNorm2d firstNorm);
            Conv2d second = Add(
                2, new(initializer, width, width, kernel: 3, new() { Stride = (stride, stride), Padding = 1, Groups = groups }, bias: false), out BatchNorm2d secondNorm);
            Conv2d third = Add(3, new(initializer, width, outputs, kernel: 1, bias: false), out BatchNorm2d thirdNorm);
            AddChild(string.Empty, relu);
            _layers = [first, firstNorm, relu, second, secondNorm, relu, third, thirdNorm];
            _shortcut = stride == 1 && inputs == outputs ? null : AddChild("downsample", new Sequential(
                new Conv2d(initializer, inputs, outputs, kernel: 1, new() { Stride = (stride, stride) }, bias: false), new BatchNorm2d(initializer, outputs)));

            Conv2d Add(int number, Conv2d convolution, out BatchNorm2d norm)
            {
                AddChild($"conv{number}", convolution);
                norm = AddChild($"bn{number}", new BatchNorm2d(initializer, convolution.Weight.Shape[0]));
                return convolution;
            }
        }

        public override Tensor Forward(Tensor x)
        {
            using Tensor inside = Sequential.Run(x, _layers);
            using Tensor? shortcut = _shortcut?.Forward(x);
            using Tensor sum = inside + (shortcut ?? x);
            return sum.Relu();
        }

        public override Shape Trace(ModelTrace trace, Shape input)
        {
            Shape output = Sequential.Trace(trace, input, _layers);
            return _shortcut is null ? output : trace.Run(_shortcut, input);
        }
    }
}
