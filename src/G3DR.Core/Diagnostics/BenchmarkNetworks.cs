using G3DR.Core.Networks;
using G3DR.Kernels.Normalization;

namespace G3DR.Core.Diagnostics;

/// <summary>A network that is timed: at its full size, and small for checks in double precision.</summary>
/// <param name="Side">Rows and columns of a picture of the full size.</param>
/// <param name="Full">Makes the network.</param>
/// <param name="SmallSide">Rows and columns of a picture of the small one.</param>
/// <param name="Small">Makes the small one.</param>
internal sealed record BenchmarkNetwork(int Side, Func<Initializer, Layer> Full, int SmallSide, Func<Initializer, Layer> Small);

/// <summary>The networks that <c>g3dr bench network</c> times, in the sizes of torchvision.</summary>
internal static class BenchmarkNetworks
{
    /// <summary>By name.</summary>
    public static OrderedDictionary<string, BenchmarkNetwork> All => new()
    {
        ["vgg16"] = new(224, i => Vgg(i, 64, 4096, 1000), 64, i => Vgg(i, 16, 40, 10)),
        ["vit"] = new(224, i => new BenchmarkTransformer(i, 224, 16, 768, 12, 12, 1000), 64, i => new BenchmarkTransformer(i, 64, 16, 96, 3, 2, 10)),
    };

    private static Sequential Vgg(Initializer initializer, int width, int hidden, int classes)
    {
        List<Layer> layers = [];
        int inputs = 3, outputs = width;
        foreach (int convolutions in (int[])[2, 2, 3, 3, 3])
        {
            for (int i = 0; i < convolutions; i++)
            {
                layers.Add(new Conv2d(initializer, inputs, outputs, kernel: 3, new() { Padding = 1, Activation = Activation.Relu }));
                inputs = outputs;
            }

            layers.Add(new FunctionLayer(x => Functional.MaxPool2d(x, (2, 2)), shape => [shape[0], shape[1] / 2, shape[2] / 2, shape[3]]));
            outputs = Math.Min(2 * outputs, 8 * width);
        }

        layers.Add(new FunctionLayer(x => Functional.AdaptiveAvgPool2d(x, 7, 7).Reshape([x.Shape[0], -1]), shape => [shape[0], 49 * shape[3]]));
        layers.Add(new Linear(initializer, 49 * inputs, hidden));
        layers.Add(new FunctionLayer(x => x.Relu()));
        layers.Add(new Linear(initializer, hidden, hidden));
        layers.Add(new FunctionLayer(x => x.Relu()));
        layers.Add(new Linear(initializer, hidden, classes));
        return new(layers);
    }
}
