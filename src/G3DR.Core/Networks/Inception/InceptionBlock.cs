using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>
/// Branches over the same picture whose channels are put one after the other (Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", CVPR 2016), in the
/// five kinds of Inception v3. Names and order of the branches are those of torchvision. Averages leave padding out, as in the network that FID was defined with.
/// </summary>
internal sealed class InceptionBlock : Layer
{
    private readonly Initializer _initializer;
    private readonly List<Branch> _branches = [];

    private InceptionBlock(Initializer initializer) => _initializer = initializer;

    /// <summary>35x35 pixels: 1x1, 5x5, twice 3x3.</summary>
    public static InceptionBlock Small(Initializer initializer, int inputs, int pooled)
    {
        var block = new InceptionBlock(initializer);
        block.Add(block.Unit("branch1x1", inputs, 64, (1, 1)));
        block.Add(block.Unit("branch5x5_1", inputs, 48, (1, 1)), block.Unit("branch5x5_2", 48, 64, (5, 5)));
        block.Add(
            block.Unit("branch3x3dbl_1", inputs, 64, (1, 1)), block.Unit("branch3x3dbl_2", 64, 96, (3, 3)), block.Unit("branch3x3dbl_3", 96, 96, (3, 3)));
        block.Add(Average(), block.Unit("branch_pool", inputs, pooled, (1, 1)));
        return block;
    }

    /// <summary>35x35 to 17x17 pixels.</summary>
    public static InceptionBlock HalveFirst(Initializer initializer, int inputs)
    {
        var block = new InceptionBlock(initializer);
        block.Add(block.Halving("branch3x3", inputs, 384));
        block.Add(block.Unit("branch3x3dbl_1", inputs, 64, (1, 1)), block.Unit("branch3x3dbl_2", 64, 96, (3, 3)), block.Halving("branch3x3dbl_3", 96, 96));
        block.Add(Halve());
        return block;
    }

    /// <summary>17x17 pixels: kernels of 7 pixels in one direction.</summary>
    public static InceptionBlock Long(Initializer initializer, int inputs, int inside)
    {
        const int outputs = 192;
        var block = new InceptionBlock(initializer);
        block.Add(block.Unit("branch1x1", inputs, outputs, (1, 1)));
        block.Add(
            block.Unit("branch7x7_1", inputs, inside, (1, 1)), block.Unit("branch7x7_2", inside, inside, (1, 7)), block.Unit("branch7x7_3", inside, outputs, (7, 1)));
        block.Add(
            block.Unit("branch7x7dbl_1", inputs, inside, (1, 1)),
            block.Unit("branch7x7dbl_2", inside, inside, (7, 1)),
            block.Unit("branch7x7dbl_3", inside, inside, (1, 7)),
            block.Unit("branch7x7dbl_4", inside, inside, (7, 1)),
            block.Unit("branch7x7dbl_5", inside, outputs, (1, 7)));
        block.Add(Average(), block.Unit("branch_pool", inputs, outputs, (1, 1)));
        return block;
    }

    /// <summary>17x17 to 8x8 pixels.</summary>
    public static InceptionBlock HalveSecond(Initializer initializer, int inputs)
    {
        const int inside = 192;
        var block = new InceptionBlock(initializer);
        block.Add(block.Unit("branch3x3_1", inputs, inside, (1, 1)), block.Halving("branch3x3_2", inside, 320));
        block.Add(
            block.Unit("branch7x7x3_1", inputs, inside, (1, 1)),
            block.Unit("branch7x7x3_2", inside, inside, (1, 7)),
            block.Unit("branch7x7x3_3", inside, inside, (7, 1)),
            block.Halving("branch7x7x3_4", inside, inside));
        block.Add(Halve());
        return block;
    }

    /// <summary>8x8 pixels: kernels of 3 pixels in both directions, side by side.</summary>
    /// <param name="initializer">Makes the parameters.</param>
    /// <param name="inputs">Channels of the input.</param>
    /// <param name="maximum">Whether the last branch takes the largest value around a pixel, instead of the mean.</param>
    public static InceptionBlock Wide(Initializer initializer, int inputs, bool maximum)
    {
        const int inside = 384;
        var block = new InceptionBlock(initializer);
        block.Add(block.Unit("branch1x1", inputs, 320, (1, 1)));
        block.AddForked(
            [block.Unit("branch3x3_1", inputs, inside, (1, 1))],
            [block.Unit("branch3x3_2a", inside, inside, (1, 3)), block.Unit("branch3x3_2b", inside, inside, (3, 1))]);
        block.AddForked(
            [block.Unit("branch3x3dbl_1", inputs, 448, (1, 1)), block.Unit("branch3x3dbl_2", 448, inside, (3, 3))],
            [block.Unit("branch3x3dbl_3a", inside, inside, (1, 3)), block.Unit("branch3x3dbl_3b", inside, inside, (3, 1))]);
        block.Add(maximum ? new MaxPool2d(kernel: 3, stride: 1, padding: 1) : Average(), block.Unit("branch_pool", inputs, 192, (1, 1)));
        return block;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        using var scope = TensorScope.Begin(x.Accelerator);
        List<Tensor> outputs = [];
        foreach (Branch branch in _branches)
        {
            Tensor y = Sequential.Run(x, branch.Chain);
            if (branch.Fork.Length == 0)
            {
                outputs.Add(y);
                continue;
            }

            outputs.AddRange(branch.Fork.Select(layer => layer.Forward(y)));
            y.Dispose();
        }

        return scope.Keep(Tensor.Concat(outputs, axis: 3));
    }

    /// <inheritdoc/>
    public override Shape Trace(ModelTrace trace, Shape input)
    {
        List<Shape> outputs = [];
        foreach (Branch branch in _branches)
        {
            Shape shape = Sequential.Trace(trace, input, branch.Chain);
            outputs.AddRange(branch.Fork.Length == 0 ? [shape] : branch.Fork.Select(layer => trace.Run(layer, shape)));
        }

        return [outputs[0][0], outputs[0][1], outputs[0][2], outputs.Sum(shape => shape[3])];
    }

    /// <summary>The largest of 3x3 pixels, at every other one: without padding, so that 35 become 17.</summary>
    public static MaxPool2d Halve() => new(kernel: 3, stride: 2);

    private static FunctionLayer Average() => new(
        x => Functional.AvgPool2d(x, (3, 3), new() { Stride = (1, 1), Padding = (1, 1), CountIncludePad = false }));

    private InceptionConvolution Unit(string name, int inputs, int outputs, (int Height, int Width) kernel)
    {
        (int rows, int columns) = (kernel.Height / 2, kernel.Width / 2);
        return AddChild(name, new InceptionConvolution(_initializer, inputs, outputs, kernel, new() { Padding = new(rows, rows, columns, columns) }));
    }

    private InceptionConvolution Halving(string name, int inputs, int outputs) =>
        AddChild(name, new InceptionConvolution(_initializer, inputs, outputs, (3, 3), new() { Stride = (2, 2) }));

    private void Add(params Layer[] chain) => AddForked(chain, []);

    private void AddForked(Layer[] chain, Layer[] fork)
    {
        // Layers without parameters need no name of their own.
        foreach (Layer layer in chain.Where(layer => layer is not InceptionConvolution))
        {
            AddChild(string.Empty, layer);
        }

        _branches.Add(new(chain, fork));
    }

    // Where a branch forks, each layer of the fork reads the end of the chain.
    private sealed record Branch(Layer[] Chain, Layer[] Fork);
}
