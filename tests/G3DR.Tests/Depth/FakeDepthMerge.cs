using G3DR.Compute;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;

namespace G3DR.Tests.Depth;

/// <summary>Takes low frequencies of the first map and high ones of the second.</summary>
internal sealed class FakeDepthMerge(Accelerator device) : IDepthMerge
{
    private const int Blocks = 16;

    public int Side => 128;

    public Accelerator Accelerator => device;

    public Tensor Merge(Tensor pairs)
    {
        Assert.Equal(new Shape(1, Side, Side, 2), pairs.Shape);
        Assert.All(pairs.ToSingles(), value => Assert.InRange(value, -1.0001f, 1.0001f));
        using var scope = TensorScope.Begin(device);
        Tensor smooth = Functional.Resize2d(Functional.AdaptiveAvgPool2d(pairs, Blocks, Blocks), Side, Side, ResizeMode2d.Bilinear);

        // Details reach from -2 to 2; scaled, the sum stays in the range.
        return scope.Keep((smooth.Slice(-1, 0, 1) * 0.5) + ((pairs.Slice(-1, 1, 1) - smooth.Slice(-1, 1, 1)) * 0.25));
    }

    public void Dispose()
    {
    }
}
