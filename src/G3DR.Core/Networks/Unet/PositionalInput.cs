using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>
/// The first convolution, of the picture and the learnt map together. A convolution is linear in its channels, so the part that reads the map is the same for every
/// picture: it is computed once for a batch, and without gradients once for all calls until a parameter changes.
/// </summary>
internal sealed class PositionalInput : IDisposable
{
    private readonly Lock _gate = new();
    private Tensor? _kept;
    private (Tensor? Map, int MapVersion, Tensor? Weight, int WeightVersion, Tensor? Bias, int BiasVersion) _of;

    /// <summary>Convolves.</summary>
    /// <param name="picture">Pictures (N, H, W, channels).</param>
    /// <param name="map">The map (1, map channels, H, W).</param>
    /// <param name="convolution">Reads the channels of the picture, then those of the map.</param>
    public Tensor Forward(Tensor picture, Tensor map, Conv2d convolution)
    {
        using var scope = TensorScope.Begin(picture.Accelerator);
        int channels = picture.Shape[3];
        Tensor ofMap = picture.Accelerator.RecordsGradients() ? OfMap(map, convolution, channels) : Kept(map, convolution, channels);
        Tensor ofPicture = Functional.Conv2d(picture, convolution.Weight.Slice(1, 0, channels), null, convolution.Options);
        return scope.Keep(ofPicture + ofMap);
    }

    /// <summary>Lets go of what is kept.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _kept?.Dispose();
            _kept = null;
        }
    }

    private static Tensor OfMap(Tensor map, Conv2d convolution, int channels) =>
        Functional.Conv2d(map.Permute(0, 2, 3, 1), convolution.Weight.Slice(1, channels, map.Shape[1]), convolution.Bias, convolution.Options);

    // Calls from several threads share what is kept; each gets a handle of its own.
    private Tensor Kept(Tensor map, Conv2d convolution, int channels)
    {
        lock (_gate)
        {
            var now = (map, map.Version, convolution.Weight, convolution.Weight.Version, convolution.Bias, convolution.Bias!.Version);
            if (_kept is null || _of != now)
            {
                _kept?.Dispose();
                _kept = Module.Unowned(OfMap(map, convolution, channels));
                _of = now;
            }

            return _kept.Detach();
        }
    }
}
