using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Compute.Simd;
using G3DR.Kernels.MatMul;

namespace G3DR.Kernels.Convolution;

/// <summary>Transforms products back to tiles of the output, one per shard, and adds the bias.</summary>
internal readonly unsafe struct FourierOutputs(CpuAccelerator device, TiledPicture picture, int first, FourierRows products, float* bias) : IVectorKernel
{
    private const int Size = FourierTransform.Size;

    private readonly float* _bias = bias;

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        // As for operands: runs of each frequency are brought near, and the tile is written in rows.
        int length = products.RowStep, transforms = FourierTile.Memory<V>();
        using MemoryBuffer<float> scratch = device.Allocate<float>(transforms + ((FourierTile.Frequencies + (Size * Size)) * length));
        float* memory = scratch.View.Pointer, near = memory + transforms, tile = near + (FourierTile.Frequencies * length);
        for (int frequency = 0; frequency < FourierTile.Frequencies; frequency++)
        {
            new Span<float>(products.Frequency(frequency) + ((long)shard * length), length).CopyTo(new(near + (frequency * length), length));
        }

        TiledPicture.Place place = picture.Find(first + shard);
        int channels = picture.Channels;
        for (int channel = 0; channel < channels; channel += V.Count)
        {
            V offset = _bias == null ? V.Zero : VectorTail.Load<V>(_bias + channel, channels - channel);
            FourierTile.InverseColumns<V>(near + channel, near + products.Half + channel, length, memory);
            for (int y = 0; y < place.Bottom; y++)
            {
                float* row = FourierTile.InverseRow<V>(memory, y), to = tile + (y * Size * length) + channel;
                for (int x = 0; x < place.Right; x++)
                {
                    (offset + V.Load(row + (x * V.Count))).Store(to + (x * length));
                }
            }
        }

        for (int y = 0; y < place.Bottom; y++)
        {
            for (int x = 0; x < place.Right; x++)
            {
                float* to = place.Pixel + (y * picture.RowStep) + ((long)x * channels);
                new Span<float>(tile + (((y * Size) + x) * length), channels).CopyTo(new(to, channels));
            }
        }
    }
}

/// <summary>Transforms products back to gradients of weights. A shard makes some inputs of one panel.</summary>
internal readonly unsafe struct FourierWeightTotals(CpuAccelerator device, TapConvolution convolution, FourierResult products, float* result) : IVectorKernel
{
    /// <summary>Inputs of a shard.</summary>
    public const int Depth = 8;

    private readonly float* _result = result;

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        int blocks = Shards.Count(convolution.Depth, Depth), first = shard % blocks * Depth, depth = Math.Min(Depth, convolution.Depth - first);
        int width = PanelKernel.Width<V>(), panel = shard / blocks, length = depth * width, step = (2 * length) + 16;
        long tapsLength = (long)convolution.KernelTaps * length;
        using MemoryBuffer<float> scratch = device.Allocate<float>(tapsLength + FourierTile.Memory<V>() + (FourierTile.Frequencies * step));
        float* taps = scratch.View.Pointer, memory = taps + tapsLength, near = memory + FourierTile.Memory<V>();
        float* from = (float*)products.Data + (panel * products.PanelStep) + ((long)first * width);
        for (int frequency = 0; frequency < FourierTile.Frequencies; frequency++)
        {
            new Span<float>(from, length).CopyTo(new(near + (frequency * step), length));
            new Span<float>(from + products.Imaginary, length).CopyTo(new(near + (frequency * step) + length, length));
            from += products.FrequencyStep;
        }

        for (int i = 0; i < length; i += V.Count)
        {
            FourierTile.InverseColumns<V>(near + i, near + length + i, step, memory);
            float* to = taps + i;
            for (int tap = 0; tap < convolution.KernelTaps; tap += convolution.KernelWidth)
            {
                float* row = FourierTile.InverseRow<V>(memory, tap / convolution.KernelWidth);
                for (int x = 0; x < convolution.KernelWidth; x++)
                {
                    V.Load(row + (x * V.Count)).Store(to);
                    to += length;
                }
            }
        }

        WeightGradientOperands.Store<V>(device, convolution, taps, 0, panel, first, depth, _result);
    }
}
