using System.Runtime.CompilerServices;
using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Compute.Simd;
using G3DR.Kernels.MatMul;

namespace G3DR.Kernels.Convolution;

/// <summary>Where results of products lie: elements between their rows, panels, real and imaginary parts, and frequencies.</summary>
/// <param name="Data">First element.</param>
/// <param name="RowStep">Elements between rows.</param>
/// <param name="PanelStep">Elements between panels.</param>
/// <param name="Imaginary">Elements between real and imaginary parts.</param>
/// <param name="FrequencyStep">Elements between frequencies.</param>
internal readonly unsafe record struct FourierResult(nint Data, long RowStep, long PanelStep, long Imaginary, long FrequencyStep)
{
    /// <summary>Sums over channels: [frequency][tile][real, imaginary][output channel].</summary>
    /// <param name="outputs">Rows of output channels.</param>
    /// <param name="width">Lanes of a panel.</param>
    public static FourierResult OfTiles(FourierRows outputs, int width) => new(0, outputs.RowStep, width, outputs.Half, outputs.FrequencyStep);

    /// <summary>Sums over tiles: [frequency][panel][real, imaginary][input channel][lane].</summary>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="width">Lanes of a panel.</param>
    public static FourierResult OfChannels(int inputs, int outputs, int width)
    {
        long block = (long)inputs * width;
        return new(0, width, 2 * block, block, FourierPlan.FrequencyStep(2 * block * Shards.Count(outputs, width)));
    }
}

/// <summary>
/// For each frequency, a shard, the product of an operand with the conjugate of another over 256, as a real one of twice the depth and width. Either the rows of the left operand
/// are rows of the result, and its channels are summed over, or the other way round.
/// </summary>
internal readonly unsafe struct FourierProducts(
    CpuAccelerator device, FourierRows left, FourierRows right, FourierResult result, int rows, int depth, bool overRows, bool accumulate) : IVectorKernel
{
    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        int width = PanelKernel.Width<V>();
        long* offsets = stackalloc long[] { 0, left.Half };
        var product = new PanelProduct
        {
            Offsets = offsets,
            Segments = 2,
            Depth = depth,
            DepthStep = overRows ? left.RowStep : 1,
            RowStep = overRows ? 1 : left.RowStep,
            RowStepC = result.RowStep,
            Accumulate = accumulate,
        };
        long block = (long)depth * width;
        using MemoryBuffer<float> packed = device.Allocate<float>(3 * block);
        float* a = left.Frequency(shard), c = (float*)result.Data + (shard * result.FrequencyStep);
        for (int lane = 0; lane < right.Channels; lane += width)
        {
            Pack<V>(right.Frequency(shard), lane, packed.View.Pointer);
            PanelKernel.Run<V>(product, rows, a, packed.View.Pointer + block, c);
            PanelKernel.Run<V>(product, rows, a, packed.View.Pointer, c + result.Imaginary);
            c += result.PanelStep;
        }
    }

    // [-imaginary, real, imaginary][depth][lane] of the conjugates: products with (real, imaginary) give imaginary parts with the first two and real parts with the
    // last two blocks, which is why there are three and not four.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Pack<V>(float* from, int lane, float* to)
        where V : struct, ISimd<V>
    {
        int width = PanelKernel.Width<V>(), half = right.Half;
        long block = (long)depth * width;
        V scale = V.Create(1f / (FourierTransform.Size * FourierTransform.Size));
        for (int i = 0; i < depth; i++)
        {
            for (int j = 0; j < width; j += V.Count)
            {
                bool present = lane + j < right.Channels;
                V re = present ? scale * V.Load(from + lane + j) : V.Zero, im = present ? scale * V.Load(from + half + lane + j) : V.Zero;
                (-im).Store(to + j);
                re.Store(to + block + j);
                im.Store(to + (2 * block) + j);
            }

            from += right.RowStep;
            to += width;
        }
    }
}
