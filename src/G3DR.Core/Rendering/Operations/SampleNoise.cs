using System.Numerics;
using G3DR.Compute;
using G3DR.Core.Tensors;
using G3DR.Kernels;
using G3DR.Kernels.Rendering;

namespace G3DR.Core.Rendering.Operations;

/// <summary>The random numbers of samples, numbered by their place in the whole picture, so that parts of it draw the same.</summary>
internal static class SampleNoise
{
    /// <summary>Uniform numbers (..., samples); the number of ray r (counted over all leading axes) and sample s is (firstRay + r) samples + s.</summary>
    public static Tensor Draw(Accelerator device, Shape shape, DType dtype, ulong seed, uint stream, long firstRay)
    {
        Tensor numbers = Tensor.Create(device, shape, dtype, "sample noise");
        ulong first = (ulong)firstRay * (ulong)shape[^1];
        if (dtype == DType.Float32)
        {
            Fill<float>(numbers, seed, stream, first);
        }
        else
        {
            Fill<double>(numbers, seed, stream, first);
        }

        return numbers;
    }

    private static void Fill<T>(Tensor numbers, ulong seed, uint stream, ulong first)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Index1D extent = Shards.PlainExtent(numbers.Length);
        numbers.Accelerator.Launch(RayDistances.Uniform, extent, numbers.View<T>(), seed, stream, first);
    }
}
