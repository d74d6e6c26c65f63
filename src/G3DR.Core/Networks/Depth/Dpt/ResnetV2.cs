using System.Globalization;
using G3DR.Core.Tensors;
using G3DR.Kernels.Normalization;

namespace G3DR.Core.Networks;

/// <summary>
/// The residual network in front of the hybrid vision transformer (timm's <c>ResNetV2</c> with activations behind the blocks): a stem that quarters the resolution, and
/// stages of bottleneck blocks, all but the first of which halve it. Names: <c>stem.conv</c>, <c>stem.norm</c>, <c>stages.S.blocks.B</c>.
/// </summary>
internal sealed class ResnetV2 : Module
{
    private const int StemKernel = 7, PoolKernel = 3, Half = 2;

    private readonly StandardizedConvolution _stem;
    private readonly Bottleneck[][] _stages;

    public ResnetV2(Initializer initializer, int stemChannels, IReadOnlyList<int> blocks)
    {
        _stem = AddChild("stem", new StandardizedConvolution(initializer, 3, stemChannels, StemKernel, Half, ("conv", "norm")));
        Channels = [.. blocks.Select((_, stage) => checked((4 * stemChannels) << stage))];
        _stages = [.. blocks.Select((count, stage) => Enumerable.Range(0, count).Select(block =>
        {
            int inputs = block > 0 ? Channels[stage] : stage > 0 ? Channels[stage - 1] : stemChannels;
            return AddChild(
                string.Create(CultureInfo.InvariantCulture, $"stages.{stage}.blocks.{block}"),
                new Bottleneck(initializer, inputs, Channels[stage], stride: block == 0 && stage > 0 ? Half : 1, shortcut: block == 0));
        }).ToArray())];
    }

    /// <summary>Channels of the stages.</summary>
    public IReadOnlyList<int> Channels { get; }

    /// <summary>Pictures (N, H, W, 3) to the outputs of all stages, at 1/4, 1/8 and so on of the resolution; they belong to the caller.</summary>
    public Tensor[] Forward(Tensor x, Action<string, Tensor>? observe)
    {
        using var scope = TensorScope.Begin(x.Accelerator);
        var outputs = new Tensor[_stages.Length];
        Tensor current = Pool(x);
        for (int stage = 0; stage < _stages.Length; stage++)
        {
            foreach (Bottleneck block in _stages[stage])
            {
                Tensor next = block.Forward(current);
                if (stage == 0 || current != outputs[stage - 1])
                {
                    current.Dispose();
                }

                current = next;
            }

            outputs[stage] = scope.Keep(current);
            observe?.Invoke(string.Create(CultureInfo.InvariantCulture, $"stage{stage}"), current);
        }

        return outputs;
    }

    public IReadOnlyList<Shape> Trace(ModelTrace trace, Shape input)
    {
        Shape x = trace.Run(_stem, () => _stem.Trace(trace, input));
        x = [x[0], (x[1] + 1) / Half, (x[2] + 1) / Half, x[3]];
        var outputs = new List<Shape>();
        foreach (Bottleneck[] stage in _stages)
        {
            x = stage.Aggregate(x, (shape, block) => trace.Run(block, () => block.Trace(trace, shape)));
            outputs.Add(x);
        }

        return outputs;
    }

    // What a maximum is padded with does not matter behind a ReLU, as long as it is not positive.
    private Tensor Pool(Tensor x)
    {
        using Tensor stem = _stem.Forward(x, Activation.Relu);
        Padding2d padding = StandardizedConvolution.SamePadding(stem.Shape, PoolKernel, Half);
        using Tensor padded = stem.Pad([0, padding.Top, padding.Left, 0], [0, padding.Bottom, padding.Right, 0]);
        return Functional.MaxPool2d(padded, (PoolKernel, PoolKernel), new() { Stride = (Half, Half) });
    }

    /// <summary>1x1, 3x3 and 1x1 convolution around a residual path, which a further 1x1 convolution fits to the output where that differs.</summary>
    private sealed class Bottleneck : Module
    {
        private readonly StandardizedConvolution _first, _second, _third;
        private readonly StandardizedConvolution? _shortcut;

        public Bottleneck(Initializer initializer, int inputs, int outputs, int stride, bool shortcut)
        {
            int inside = outputs / 4;
            _shortcut = shortcut ? AddChild("downsample", new StandardizedConvolution(initializer, inputs, outputs, 1, stride, ("conv", "norm"))) : null;
            _first = AddChild(string.Empty, new StandardizedConvolution(initializer, inputs, inside, 1, 1, ("conv1", "norm1")));
            _second = AddChild(string.Empty, new StandardizedConvolution(initializer, inside, inside, 3, stride, ("conv2", "norm2")));
            _third = AddChild(string.Empty, new StandardizedConvolution(initializer, inside, outputs, 1, 1, ("conv3", "norm3")));
        }

        public Tensor Forward(Tensor x)
        {
            using Tensor inside = Inside(x), branch = _third.Forward(inside, Activation.None);
            inside.Dispose();
            using Tensor? shortcut = _shortcut?.Forward(x, Activation.None);
            using Tensor sum = branch + (shortcut ?? x);
            branch.Dispose();
            return sum.Relu();
        }

        public Shape Trace(ModelTrace trace, Shape input)
        {
            Shape Run(StandardizedConvolution part, Shape shape) => trace.Run(part, () => part.Trace(trace, shape));
            if (_shortcut is not null)
            {
                Run(_shortcut, input);
            }

            return Run(_third, Run(_second, Run(_first, input)));
        }

        private Tensor Inside(Tensor x)
        {
            using Tensor first = _first.Forward(x, Activation.Relu);
            return _second.Forward(first, Activation.Relu);
        }
    }
}
