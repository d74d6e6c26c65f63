namespace G3DR.Core.Networks;

/// <summary>One level of the way down or up: two blocks, linear attention, and a change of resolution and channels.</summary>
internal sealed class UnetLevel : Module
{
    private UnetLevel(ResnetBlock first, ResnetBlock second, AttentionBlock attention, Layer resize)
    {
        First = AddChild("0", first);
        Second = AddChild("1", second);
        Attention = AddChild("2", attention);
        Resize = AddChild("3", resize);
    }

    public ResnetBlock First { get; }

    public ResnetBlock Second { get; }

    public AttentionBlock Attention { get; }

    public Layer Resize { get; }

    /// <summary>A level on the way down: the last one keeps the resolution.</summary>
    public static UnetLevel Down(Initializer initializer, UnetOptions options, int inputs, int outputs, bool isLast)
    {
        ResnetBlock Block() => new(initializer, inputs, inputs, 4 * options.Channels, options.Groups);
        return new(Block(), Block(), Attend(initializer, options, inputs), isLast
            ? Convolution(initializer, inputs, outputs)
            : new Sequential(
                new FunctionLayer(x => Functional.PixelUnshuffle(x, 2), shape => [shape[0], shape[1] / 2, shape[2] / 2, 4 * shape[3]]),
                new Conv2d(initializer, 4 * inputs, outputs, kernel: 1)));
    }

    /// <summary>A level on the way up, whose blocks also read what the level of the way down left: the last one keeps the resolution.</summary>
    public static UnetLevel Up(Initializer initializer, UnetOptions options, int inputs, int outputs, bool isLast)
    {
        ResnetBlock Block() => new(initializer, inputs + outputs, inputs, 4 * options.Channels, options.Groups);
        return new(Block(), Block(), Attend(initializer, options, inputs), isLast
            ? Convolution(initializer, inputs, outputs)
            : new Sequential(
                new FunctionLayer(
                    x => Functional.Resize2d(x, 2 * x.Shape[1], 2 * x.Shape[2], ResizeMode2d.Nearest), shape => [shape[0], 2 * shape[1], 2 * shape[2], shape[3]]),
                Convolution(initializer, inputs, outputs)));
    }

    private static AttentionBlock Attend(Initializer initializer, UnetOptions options, int channels) =>
        new(initializer, channels, options.Heads, options.HeadChannels, linear: true);

    private static Conv2d Convolution(Initializer initializer, int inputs, int outputs) => new(initializer, inputs, outputs, kernel: 3, new() { Padding = 1 });
}
