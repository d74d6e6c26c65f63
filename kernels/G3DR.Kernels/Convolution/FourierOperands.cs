using System.Runtime.CompilerServices;
using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Compute.Simd;
using G3DR.Kernels.MatMul;

namespace G3DR.Kernels.Convolution;

/// <summary>Left operands [frequency][tile][real, imaginary][channel]: transformed tiles of a picture, one per shard.</summary>
internal readonly unsafe struct FourierInputs(TiledPicture picture, int first, FourierColumns columns, float* rows, long frequencyStep) : IVectorKernel
{
    private readonly float* _rows = rows;

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        float* memory = stackalloc float[FourierTile.Memory<V>()];
        TiledPicture.Place place = picture.Find(first + shard);
        float* to = _rows + ((long)shard * FourierPlan.RowStep(picture.Channels));
        for (int channel = 0; channel < picture.Channels; channel += V.Count)
        {
            var window = new FourierWindow(place.Pixel + channel, picture.RowStep, picture.Channels, place, picture.Channels - channel, 1);
            FourierTile.TransformRows<V>(window, memory);
            FourierTile.TransformColumns<V>(memory, columns, to + channel, to + FourierPlan.Half(picture.Channels) + channel, frequencyStep);
        }
    }
}

/// <summary>
/// Right operands [frequency][panel][-imaginary, real, imaginary][depth][lane], of the conjugates over 256. Products with (real, imaginary) of the left ones give
/// real parts with the last two blocks and imaginary parts with the first two, which is why there are three and not four.
/// </summary>
/// <param name="Data">First element.</param>
/// <param name="Depth">Steps of the products: input channels or tiles.</param>
/// <param name="Lanes">Output channels.</param>
/// <param name="Width">Lanes of a panel.</param>
internal readonly unsafe record struct FourierPanels(nint Data, int Depth, int Lanes, int Width)
{
    /// <summary>What the windows of right operands are to be multiplied by, as the transforms back multiply by 256.</summary>
    public const float Scale = 1f / (FourierTransform.Size * FourierTransform.Size);

    /// <summary>Number of panels.</summary>
    public int Panels => Shards.Count(Lanes, Width);

    /// <summary>Elements of a block.</summary>
    public long Block => (long)Depth * Width;

    /// <summary>Elements between frequencies.</summary>
    public long FrequencyStep => FourierPlan.FrequencyStep(3 * Block * Panels);

    /// <summary>Writes the transform of a window.</summary>
    /// <typeparam name="V">Vector type.</typeparam>
    /// <param name="window">The window.</param>
    /// <param name="columns">Frequencies to write.</param>
    /// <param name="step">Where along the depth.</param>
    /// <param name="lane">First lane.</param>
    /// <param name="memory">Memory for transforms.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Write<V>(in FourierWindow window, FourierColumns columns, int step, int lane, float* memory)
        where V : struct, ISimd<V>
    {
        float* negative = (float*)Data + (lane / Width * 3 * Block) + ((long)step * Width) + (lane % Width), re = negative + Block, im = re + Block;
        FourierTile.TransformRows<V>(window, memory);
        FourierTile.TransformColumns<V>(memory, columns, re, im, FrequencyStep);
        for (int frequency = 0; frequency < columns.Count; frequency++)
        {
            (-V.Load(im)).Store(negative);
            im += FrequencyStep;
            negative += FrequencyStep;
        }
    }
}

/// <summary>Right operands made of weights. A shard makes some inputs of one panel.</summary>
internal readonly unsafe struct FourierWeights(
    CpuAccelerator device, WeightSource source, int kernelHeight, int kernelWidth, FourierColumns columns, FourierPanels panels) : IVectorKernel
{
    /// <summary>Inputs of a shard.</summary>
    public const int Depth = 8;

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        int blocks = Shards.Count(source.Depth, Depth), first = shard % blocks * Depth, depth = Math.Min(Depth, source.Depth - first);
        int width = PanelKernel.Width<V>(), lane = shard / blocks * width, length = source.Taps * width;
        using MemoryBuffer<float> scratch = device.Allocate<float>((Depth * length) + FourierTile.Memory<V>());
        float* taps = scratch.View.Pointer, memory = taps + (Depth * length);
        source.Read(width, lane, first, depth, taps);
        var all = new TiledPicture.Place(taps, 0, kernelHeight, 0, kernelWidth);
        for (int k = 0; k < depth; k++)
        {
            for (int i = 0; i < width; i += V.Count)
            {
                var window = new FourierWindow(taps + (k * length) + i, kernelWidth * width, width, all, V.Count, FourierPanels.Scale);
                panels.Write<V>(window, columns, first + k, lane + i, memory);
            }
        }
    }
}

/// <summary>Right operands made of the output's gradient, a tile per shard.</summary>
internal readonly unsafe struct FourierGradients(TiledPicture picture, int first, FourierColumns columns, FourierPanels panels) : IVectorKernel
{
    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        float* memory = stackalloc float[FourierTile.Memory<V>()];
        TiledPicture.Place place = picture.Find(first + shard);
        for (int channel = 0; channel < panels.Panels * panels.Width; channel += V.Count)
        {
            var window = new FourierWindow(place.Pixel + channel, picture.RowStep, picture.Channels, place, picture.Channels - channel, FourierPanels.Scale);
            panels.Write<V>(window, columns, shard, channel, memory);
        }
    }
}
