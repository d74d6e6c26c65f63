using System.Numerics;
using G3DR.Core.Tensors;
using G3DR.Kernels.Layout;

namespace G3DR.Core.Networks.Operations;

/// <summary>Blocks of pixels to channels, or back. Each direction is the gradient of the other.</summary>
internal sealed class PixelShuffleOp(PixelShuffleShape shape, bool toDeep) : FloatingPointOp
{
    public override string Name => toDeep ? "pixel_unshuffle" : "pixel_shuffle";

    protected override IReadOnlyList<Tensor> Forward<T>(OpContext context, IReadOnlyList<Tensor> inputs) => [Move<T>(inputs[0], toDeep)];

    protected override IReadOnlyList<Tensor?> Backward<T>(OpContext context, IReadOnlyList<Tensor?> gradients) => [Move<T>(gradients[0]!, !toDeep)];

    private Tensor Move<T>(Tensor x, bool deep)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        (int batch, int height, int width, int channels, int factor) = shape;
        Tensor y = x.Like(deep ? [batch, height, width, channels * shape.Block] : [batch, height * factor, width * factor, channels], Name);
        if (deep)
        {
            PixelShuffleKernels.Unshuffle(x.Accelerator, shape, x.View<T>(), y.View<T>());
        }
        else
        {
            PixelShuffleKernels.Shuffle(x.Accelerator, shape, x.View<T>(), y.View<T>());
        }

        return y;
    }
}
