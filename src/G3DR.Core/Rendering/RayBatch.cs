using G3DR.Compute;
using G3DR.Core.Tensors;

namespace G3DR.Core.Rendering;

/// <summary>Rays on a device: what is rendered in one call.</summary>
/// <param name="Origins">Origins (N, R, 3): R rays in each of N scenes.</param>
/// <param name="Directions">Unit directions (N, R, 3).</param>
public sealed record RayBatch(Tensor Origins, Tensor Directions) : IDisposable
{
    /// <summary>Nearest distance of each ray (N, R), with <see cref="Far"/>; takes precedence over the settings.</summary>
    public Tensor? Near { get; init; }

    /// <summary>Farthest distance of each ray (N, R).</summary>
    public Tensor? Far { get; init; }

    /// <summary>Copies the rays of pictures to a device: N pictures of R rays.</summary>
    /// <param name="device">Device.</param>
    /// <param name="rays">Rays of one or several pictures.</param>
    /// <param name="dtype">Element type, that of the planes.</param>
    public static RayBatch FromBundle(Accelerator device, RayBundle rays, DType dtype = DType.Float32)
    {
        Shape shape = [rays.Pictures, rays.RaysPerPicture, 3];
        return new(Upload(device, rays.Origins, shape, dtype), Upload(device, rays.Directions, shape, dtype));
    }

    /// <summary>Some rays of every scene, copied: the pieces in which a large picture is rendered.</summary>
    /// <param name="first">First ray.</param>
    /// <param name="count">Number of rays.</param>
    public RayBatch Slice(int first, int count) => new(Origins.Slice(1, first, count), Directions.Slice(1, first, count))
    {
        Near = Near?.Slice(1, first, count),
        Far = Far?.Slice(1, first, count),
    };

    /// <summary>Disposes all tensors.</summary>
    public void Dispose()
    {
        Origins.Dispose();
        Directions.Dispose();
        Near?.Dispose();
        Far?.Dispose();
    }

    private static Tensor Upload(Accelerator device, float[] values, Shape shape, DType dtype) => dtype == DType.Float32
        ? Tensor.FromArray(device, values, shape)
        : Tensor.FromArray(device, Array.ConvertAll(values, v => (double)v), shape);
}
