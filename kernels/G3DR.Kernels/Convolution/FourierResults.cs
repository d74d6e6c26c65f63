using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Compute.Simd;
using G3DR.Kernels.MatMul;

namespace G3DR.Kernels.Convolution;

/// <summary>Transforms products back to tiles of the output, one per shard, and adds the bias.</summary>
internal readonly unsafe struct FourierOutputs(TiledPicture picture, int first, FourierProduct sizes, float* products, float* bias) : IVectorKernel
{
    private readonly float* _products = products, _bias = bias;

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        float* memory = stackalloc float[FourierTile.Memory<V>()];
        TiledPicture.Place place = picture.Find(first + shard);
        float* from = _products + (shard * sizes.ResultRowStep);
        for (int channel = 0; channel < picture.Channels; channel += V.Count)
        {
            int lanes = Math.Min(V.Count, picture.Channels - channel);
            V offset = _bias == null ? V.Zero : VectorTail.Load<V>(_bias + channel, lanes);
            FourierTile.InverseColumns<V>(from + channel, from + sizes.ResultImaginary + channel, sizes.ResultFrequencyStep, memory);
            for (int y = 0; y < place.Bottom; y++)
            {
                float* row = FourierTile.InverseRow<V>(memory, y), to = place.Pixel + (y * picture.RowStep) + channel;
                for (int x = 0; x < place.Right; x++)
                {
                    float* pixel = row + (x * V.Count);
                    (offset + V.Load(pixel)).Store(pixel);
                    TiledPicture.Copy<V>(pixel, to + ((long)x * picture.Channels), lanes);
                }
            }
        }
    }
}

/// <summary>Transforms products back to gradients of weights. A shard makes some inputs of one panel.</summary>
internal readonly unsafe struct FourierWeightTotals(
    CpuAccelerator device, TapConvolution convolution, FourierProduct sizes, float* products, float* result) : IVectorKernel
{
    /// <summary>Inputs of a shard.</summary>
    public const int Depth = 16;

    private readonly float* _products = products, _result = result;

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        int blocks = Shards.Count(convolution.Depth, Depth), first = shard % blocks * Depth, depth = Math.Min(Depth, convolution.Depth - first);
        int width = PanelKernel.Width<V>(), panel = shard / blocks, length = depth * width;
        using MemoryBuffer<float> scratch = device.Allocate<float>(((long)convolution.KernelTaps * length) + FourierTile.Memory<V>());
        float* taps = scratch.View.Pointer, memory = taps + (convolution.KernelTaps * length);
        float* from = _products + (panel * sizes.ResultPanelStep) + ((long)first * width);
        for (int i = 0; i < length; i += V.Count)
        {
            FourierTile.InverseColumns<V>(from + i, from + sizes.ResultImaginary + i, sizes.ResultFrequencyStep, memory);
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
