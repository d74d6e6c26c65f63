using G3DR.Compute;
using G3DR.Core.Imaging;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;

namespace G3DR.Core.Depth;

/// <summary>Pictures as a depth network wants them.</summary>
internal static class DepthPictures
{
    public static Tensor Prepare(Image picture, DepthInput input, Accelerator device)
    {
        double scale = input.Resize switch
        {
            DepthResize.Square => 0,
            DepthResize.UpperBound => input.Size / (double)Math.Max(picture.Width, picture.Height),
            _ => input.Size / (double)Math.Min(picture.Width, picture.Height),
        };
        int Side(int length) => Math.Max((int)Math.Round((scale == 0 ? input.Size : length * scale) / input.Multiple), 1) * input.Multiple;
        using var scope = TensorScope.Begin(device);
        Tensor colors = Tensor.FromArray(device, picture.ToRgb8().ToFloat(), [1, picture.Height, picture.Width, 3]);
        Tensor sized = Functional.Resize2d(colors, Side(picture.Height), Side(picture.Width), ResizeMode2d.Bicubic);
        Tensor mean = Tensor.FromArray(device, [.. input.Mean], [3]), deviation = Tensor.FromArray(device, [.. input.Deviation], [3]);
        return scope.Keep((sized - mean) / deviation);
    }
}
