using G3DR.Compute;
using G3DR.Core.Imaging;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;

namespace G3DR.Core.Depth;

/// <summary>One pass of the network over the whole photo, as its authors use it.</summary>
public sealed class SinglePass : IDepthStrategy
{
    // Beside those of the network: preparing the photo, and bringing the map back to its size.
    private const int OwnParts = 2;

    /// <inheritdoc/>
    public DepthMap Estimate(IDepthNetwork network, Image photo, DepthEstimatorOptions options, IProgress<DepthProgress>? progress, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(photo);
        ArgumentNullException.ThrowIfNull(options);
        int done = 0, total = network.Parts + OwnParts;
        void Done(string part)
        {
            cancel.ThrowIfCancellationRequested();
            progress?.Report(new(part, Math.Min(++done, total), total));
        }

        DepthInput input = options.Size is { } size ? network.Input with { Size = RequireSize(size, network.Input) } : network.Input;
        PreparedPicture picture = DepthPreprocessing.Prepare(photo, input, options.MaxPixels);
        Done("photo");
        float[] values = Run(network, picture, photo.Width, photo.Height, Done);
        Done("map");
        return new(photo.Width, photo.Height, values, network.Meaning);
    }

    /// <summary>Runs a network on a prepared picture.</summary>
    /// <param name="network">The network.</param>
    /// <param name="picture">The picture.</param>
    /// <param name="width">Width of the result; the map is resized as <see cref="Networks.DepthInput"/> says.</param>
    /// <param name="height">Height of the result.</param>
    /// <param name="part">Told the names of parts of the network that are done; what it throws ends the pass.</param>
    /// <returns>(height, width) numbers.</returns>
    public static float[] Run(IDepthNetwork network, PreparedPicture picture, int width, int height, Action<string>? part = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(picture);
        Accelerator device = network.Accelerator ?? throw new ArgumentException($"{network.Name} has no parameters.", nameof(network));
        using IDisposable constant = device.NoGrad();
        using var scope = TensorScope.Begin(device);
        Tensor map;
        using (Tensor pictures = Tensor.FromArray(device, picture.Values, [1, picture.Height, picture.Width, 3]))
        {
            map = network.Estimate(pictures, part is null ? null : (name, _) => part(name));
        }

        DepthInput input = network.Input;
        return width == picture.Width && height == picture.Height
            ? map.ToSingles()
            : Functional.Resize2d(map.Reshape(1, picture.Height, picture.Width, 1), height, width, input.OutputMode, alignCorners: input.OutputAlignsCorners).ToSingles();
    }

    private static int RequireSize(int size, DepthInput input) => size >= input.Multiple
        ? size - (input.Resize == DepthResize.Square ? size % input.Multiple : 0)
        : throw new ArgumentException($"The network needs a size of at least {input.Multiple} pixels; got {size}.", nameof(size));
}
