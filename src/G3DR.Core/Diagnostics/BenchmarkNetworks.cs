using G3DR.Core.Networks;

namespace G3DR.Core.Diagnostics;

/// <summary>A network that is timed: at its full size, and a part or a small one for checks in double precision.</summary>
/// <param name="Side">Rows and columns of a picture of the full size.</param>
/// <param name="Full">Makes the network.</param>
/// <param name="SmallSide">Rows and columns of a picture of the checked one.</param>
/// <param name="Small">Makes the checked one.</param>
internal sealed record BenchmarkNetwork(int Side, Func<Initializer, Layer> Full, int SmallSide, Func<Initializer, Layer> Small);

/// <summary>The networks that <c>g3dr bench network</c> times, in the sizes of torchvision.</summary>
internal static class BenchmarkNetworks
{
    /// <summary>By name.</summary>
    public static OrderedDictionary<string, BenchmarkNetwork> All => new()
    {
        ["vgg16"] = new(224, i => new Vgg16(i), 32, Vgg16.CreateFeatures),
        ["alexnet"] = new(224, i => new AlexNet(i), 63, AlexNet.CreateFeatures),
        ["squeezenet"] = new(224, i => new SqueezeNet(i), 63, SqueezeNet.CreateFeatures),
        ["vit"] = new(224, i => new BenchmarkTransformer(i, 224, 16, 768, 12, 12, 1000), 64, i => new BenchmarkTransformer(i, 64, 16, 96, 3, 2, 10)),
    };
}
