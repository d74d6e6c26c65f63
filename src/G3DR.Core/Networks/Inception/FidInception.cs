using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>
/// Inception v3 as the Frechet Inception distance was defined with it (Heusel et al., NeurIPS 2017): TensorFlow's network of 2015-12-05 with 1008 classes, in the form of
/// pytorch-fid (github.com/mseitzer/pytorch-fid), whose checkpoint <c>pt_inception-2015-12-05-6726825d.pth</c> has the names of the parameters. It differs from torchvision's
/// Inception v3: averages leave padding out, and the last block takes maxima where others average.
/// </summary>
public sealed class FidInception : Layer
{
    /// <summary>Numbers that describe a picture.</summary>
    public const int FeatureCount = 2048;

    /// <summary>Classes of the logits.</summary>
    public const int ClassCount = 1008;

    private const int InputSize = 299;

    // The names of the layers, and what their outputs are called in pytorch-fid where they have a name there.
    private readonly List<(string Name, Layer Layer, string? Alias)> _stages = [];
    private readonly Linear _classifier;

    /// <summary>Makes the network.</summary>
    /// <param name="initializer">Makes the parameters.</param>
    public FidInception(Initializer initializer)
    {
        void Convolution(string name, int inputs, int outputs, int kernel, Conv2dOptions? options = null) =>
            AddStage(name, new InceptionConvolution(initializer, inputs, outputs, (kernel, kernel), options ?? new()));
        Convolution("Conv2d_1a_3x3", 3, 32, kernel: 3, new() { Stride = (2, 2) });
        Convolution("Conv2d_2a_3x3", 32, 32, kernel: 3);
        Convolution("Conv2d_2b_3x3", 32, 64, kernel: 3, new() { Padding = 1 });
        AddStage(string.Empty, InceptionBlock.Halve(), "block0");
        Convolution("Conv2d_3b_1x1", 64, 80, kernel: 1);
        Convolution("Conv2d_4a_3x3", 80, 192, kernel: 3);
        AddStage(string.Empty, InceptionBlock.Halve(), "block1");
        AddStage("Mixed_5b", InceptionBlock.Small(initializer, 192, pooled: 32));
        AddStage("Mixed_5c", InceptionBlock.Small(initializer, 256, pooled: 64));
        AddStage("Mixed_5d", InceptionBlock.Small(initializer, 288, pooled: 64));
        AddStage("Mixed_6a", InceptionBlock.HalveFirst(initializer, 288));
        AddStage("Mixed_6b", InceptionBlock.Long(initializer, 768, inside: 128));
        AddStage("Mixed_6c", InceptionBlock.Long(initializer, 768, inside: 160));
        AddStage("Mixed_6d", InceptionBlock.Long(initializer, 768, inside: 160));
        AddStage("Mixed_6e", InceptionBlock.Long(initializer, 768, inside: 192), "block2");
        AddStage("Mixed_7a", InceptionBlock.HalveSecond(initializer, 768));
        AddStage("Mixed_7b", InceptionBlock.Wide(initializer, 1280, maximum: false));
        AddStage("Mixed_7c", InceptionBlock.Wide(initializer, FeatureCount, maximum: true));
        _classifier = AddChild("fc", new Linear(initializer, FeatureCount, ClassCount));
    }

    /// <summary>The kind of network, in the one size that there is: <c>fid</c>.</summary>
    public static NetworkKind Kind { get; } = new(
        "inception",
        "Inception v3 of FID",
        typeof(FidInception),
        new(StringComparer.Ordinal) { ["fid"] = initializer => new FidInception(initializer) },
        file => file.Has("Mixed_7c.branch_pool.conv.weight") && file.Has("fc.weight") && file.Size("fc.weight", 0) == ClassCount
            ? new("Inception v3 of FID", initializer => new FidInception(initializer), new() { Optional = ["*.num_batches_tracked"] })
            : null);

    /// <summary>Brings pictures to the size of the network, bilinear without antialiasing: what <see cref="Forward(Tensor)"/> begins with.</summary>
    /// <param name="x">Pictures (N, H, W, 3) with values from 0 to 1.</param>
    /// <returns>Pictures (N, 299, 299, 3) with values from 0 to 1.</returns>
    /// <exception cref="ArgumentException">The shape is another one.</exception>
    public static Tensor Resize(Tensor x)
    {
        RequireInput(x.Shape);
        return Functional.Resize2d(x, InputSize, InputSize, ResizeMode2d.Bilinear);
    }

    /// <summary>Describes pictures, of any size: <see cref="Resize"/> belongs to it and changes nothing a second time.</summary>
    /// <param name="x">Pictures (N, H, W, 3) with values from 0 to 1.</param>
    /// <returns>Features (N, 2048): the means of the last activations, what pytorch-fid calls <c>pool3</c>.</returns>
    /// <exception cref="ArgumentException">The shape is another one.</exception>
    public override Tensor Forward(Tensor x) => Forward(x, observe: null);

    /// <summary>Describes pictures and shows what lies on the way.</summary>
    /// <param name="x">Pictures.</param>
    /// <param name="observe">
    /// Told the output (N, H, W, C) of parts: <c>resized</c>, <c>block0</c>, <c>block1</c>, <c>Mixed_5b</c> to <c>Mixed_7c</c>, and <c>block2</c>, which is <c>Mixed_6e</c>.
    /// The tensors are valid inside this call only.
    /// </param>
    /// <inheritdoc cref="Forward(Tensor)"/>
    public Tensor Forward(Tensor x, Action<string, Tensor>? observe)
    {
        using var scope = TensorScope.Begin(x.Accelerator);
        Tensor resized = Resize(x);
        observe?.Invoke("resized", resized);
        Tensor y = resized.Affine(2, -1);
        resized.Dispose();
        foreach ((string name, Layer layer, string? alias) in _stages)
        {
            Tensor next = layer.Forward(y);
            y.Dispose();
            y = next;
            foreach (string? told in (string?[])[name, alias])
            {
                if (!string.IsNullOrEmpty(told))
                {
                    observe?.Invoke(told, y);
                }
            }
        }

        return scope.Keep(y.Mean([1, 2]));
    }

    /// <inheritdoc/>
    public override Shape Trace(ModelTrace trace, Shape input)
    {
        RequireInput(input);
        Shape resized = [input[0], InputSize, InputSize, input[3]];
        return [input[0], Sequential.Trace(trace, resized, [.. _stages.Select(stage => stage.Layer)])[3]];
    }

    /// <summary>Scores of the 1008 classes, before the softmax.</summary>
    /// <param name="features">Features (N, 2048).</param>
    /// <param name="bias">Whether the bias is added. The Inception scores of StyleGAN and its descendants leave it out.</param>
    /// <returns>Scores (N, 1008).</returns>
    public Tensor Logits(Tensor features, bool bias = true) => Functional.Linear(features, _classifier.Weight, bias ? _classifier.Bias : null);

    private static void RequireInput(Shape shape)
    {
        if (shape.Rank != 4 || shape[0] < 1 || shape[1] < 1 || shape[2] < 1 || shape[3] != 3)
        {
            throw new ArgumentException($"Inception needs pictures (N, H, W, 3); got {shape}.");
        }
    }

    private void AddStage(string name, Layer layer, string? alias = null) => _stages.Add((name, AddChild(name, layer), alias));
}
