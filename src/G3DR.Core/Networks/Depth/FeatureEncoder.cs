using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>A convolutional network that gives features of several resolutions, finest first: a quarter to a thirty-second of the picture.</summary>
internal abstract class FeatureEncoder : Module
{
    private const int Multiple = 32;
    private readonly List<Layer> _stem = [], _stages = [];

    /// <summary>How many activations <see cref="Forward"/> tells of.</summary>
    public int Parts => _stages.Count;

    /// <summary>Refuses pictures that cannot be halved five times.</summary>
    /// <param name="shape">Shape of the pictures.</param>
    /// <param name="name">Name of the network for the message.</param>
    /// <exception cref="ArgumentException">The shape does not fit.</exception>
    public static void RequirePictures(Shape shape, string name)
    {
        if (shape.Rank != 4 || shape[0] < 1 || shape[1] < Multiple || shape[2] < Multiple || shape[1] % Multiple != 0 || shape[2] % Multiple != 0 || shape[3] != 3)
        {
            throw new ArgumentException($"{name} needs pictures (N, H, W, 3) with sides that are multiples of {Multiple}; got {shape}.");
        }
    }

    /// <summary>Computes the features.</summary>
    /// <param name="x">Pictures (N, H, W, 3).</param>
    /// <param name="observe">Told the features, by the names <c>layer1</c> to <c>layer4</c>.</param>
    /// <returns>Features of the stages; they are the caller's.</returns>
    public Tensor[] Forward(Tensor x, Action<string, Tensor>? observe)
    {
        using var scope = TensorScope.Begin(x.Accelerator);
        var features = new Tensor[_stages.Count];
        Tensor entry = _stem.Count > 0 ? Sequential.Run(x, [.. _stem]) : x;
        for (int stage = 0; stage < features.Length; stage++)
        {
            features[stage] = _stages[stage].Forward(stage == 0 ? entry : features[stage - 1]);
            if (stage == 0 && entry != x)
            {
                entry.Dispose();
            }

            observe?.Invoke($"layer{stage + 1}", features[stage]);
        }

        return [.. features.Select(scope.Keep)];
    }

    /// <summary>Tells the cost to a trace.</summary>
    /// <param name="trace">Takes the cost.</param>
    /// <param name="input">Shape of the pictures.</param>
    /// <returns>Shapes of the features.</returns>
    public Shape[] Trace(ModelTrace trace, Shape input)
    {
        Shape[] features = [];
        trace.Run(this, () =>
        {
            var shapes = new List<Shape>();
            Shape shape = Sequential.Trace(trace, input, [.. _stem]);
            foreach (Layer stage in _stages)
            {
                shape = trace.Run(stage, shape);
                shapes.Add(shape);
            }

            features = [.. shapes];
            return shape;
        });
        return features;
    }

    /// <summary>Registers a layer before the first stage; those without parameters may have an empty name.</summary>
    protected void AddStem(string name, Layer layer) => _stem.Add(AddChild(name, layer));

    /// <summary>Registers the next stage.</summary>
    protected void AddStage(string name, Layer stage) => _stages.Add(AddChild(name, stage));
}
