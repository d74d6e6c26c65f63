using G3DR.Compute;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;

namespace G3DR.Tests.Depth;

/// <summary>Takes a fixed function of the colours for depth, at whatever resolution it is given.</summary>
internal sealed class FakeDepthNetwork(Accelerator device, Func<Tensor, Tensor> estimate, int size = 128) : IDepthNetwork
{
    /// <summary>Shapes of the pictures that it was given.</summary>
    public List<Shape> Seen { get; } = [];

    public string Name => "fake";

    public DepthMeaning Meaning => DepthMeaning.Depth;

    public DepthInput Input => new()
    {
        Size = size,
        Multiple = 32,
        Resize = DepthResize.Square,
        Interpolation = DepthInterpolation.Cubic,
        Mean = [0, 0, 0],
        Deviation = [1, 1, 1],
    };

    public Accelerator Accelerator => device;

    /// <summary>Red, and a little of green.</summary>
    public static Tensor RedAndGreen(Tensor pictures)
    {
        using Tensor red = pictures.Slice(-1, 0, 1), green = pictures.Slice(-1, 1, 1), share = green * 0.2, sum = red + share;
        return sum.Reshape(pictures.Shape[0], pictures.Shape[1], pictures.Shape[2]);
    }

    public Tensor Estimate(Tensor pictures)
    {
        Seen.Add(pictures.Shape);
        return estimate(pictures);
    }

    public void Dispose()
    {
    }
}
