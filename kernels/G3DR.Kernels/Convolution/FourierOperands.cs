using System.Runtime.CompilerServices;
using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Compute.Simd;
using G3DR.Kernels.MatMul;

namespace G3DR.Kernels.Convolution;

/// <summary>
/// Operands of complex products [frequency][row][real, imaginary][channel]. Their frequencies lie far apart, and to write a vector to each in turn would wait for memory: rows are
/// made in a cache and copied to each frequency in one run.
/// </summary>
/// <param name="Data">First element.</param>
/// <param name="Rows">Rows that there is room for.</param>
/// <param name="Channels">Channels.</param>
internal readonly unsafe record struct FourierRows(nint Data, int Rows, int Channels)
{
    /// <summary>Elements between real and imaginary parts.</summary>
    public int Half => FourierPlan.Half(Channels);

    /// <summary>Elements between rows.</summary>
    public int RowStep => FourierPlan.RowStep(Channels);

    /// <summary>Elements between frequencies.</summary>
    public long FrequencyStep => FourierPlan.FrequencyStep((long)Rows * RowStep);

    /// <summary>The first element of a frequency.</summary>
    public float* Frequency(long frequency) => (float*)Data + (frequency * FrequencyStep);

    /// <summary>Transforms a window.</summary>
    /// <typeparam name="V">Vector type.</typeparam>
    /// <param name="window">The window.</param>
    /// <param name="columns">Frequencies to write.</param>
    /// <param name="row">Row to write.</param>
    /// <param name="channel">First channel to write.</param>
    /// <param name="memory">Memory for transforms.</param>
    public void Write<V>(in FourierWindow window, FourierColumns columns, int row, int channel, float* memory)
        where V : struct, ISimd<V>
    {
        float* to = (float*)Data + ((long)row * RowStep) + channel;
        FourierTile.TransformRows<V>(window, memory);
        FourierTile.TransformColumns<V>(memory, columns, to, to + Half, FrequencyStep);
    }

    /// <summary>Copies all rows.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="row">Row that the first becomes there.</param>
    /// <param name="count">Rows.</param>
    /// <param name="frequencies">Frequencies.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void CopyTo(FourierRows to, int row, int count, int frequencies)
    {
        int length = count * RowStep;
        for (int frequency = 0; frequency < frequencies; frequency++)
        {
            new Span<float>(Frequency(frequency), length).CopyTo(new(to.Frequency(frequency) + ((long)row * RowStep), length));
        }
    }
}

/// <summary>Rows made of tiles of a picture, one per shard.</summary>
internal readonly unsafe struct FourierTiles(CpuAccelerator device, TiledPicture picture, int first, FourierColumns columns, FourierRows rows) : IVectorKernel
{
    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        var near = new FourierRows(0, 1, picture.Channels);
        using MemoryBuffer<float> scratch = device.Allocate<float>((columns.Count * near.FrequencyStep) + FourierTile.Memory<V>());
        near = near with { Data = (nint)(scratch.View.Pointer + FourierTile.Memory<V>()) };
        TiledPicture.Place place = picture.Find(first + shard);
        for (int channel = 0; channel < picture.Channels; channel += V.Count)
        {
            var window = new FourierWindow(place.Pixel + channel, picture.RowStep, picture.Channels, place, picture.Channels - channel);
            near.Write<V>(window, columns, 0, channel, scratch.View.Pointer);
        }

        near.CopyTo(rows, shard, 1, columns.Count);
    }
}

/// <summary>Rows made of the weights of one input channel each. A shard makes some of them.</summary>
internal readonly unsafe struct FourierWeights(
    CpuAccelerator device, WeightSource source, int kernelHeight, int kernelWidth, FourierColumns columns, FourierRows rows) : IVectorKernel
{
    /// <summary>Rows of a shard.</summary>
    public const int Depth = 4;

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        int first = shard * Depth, depth = Math.Min(Depth, source.Depth - first), width = PanelKernel.Width<V>(), length = source.Taps * width;
        var near = new FourierRows(0, depth, source.Lanes);
        using MemoryBuffer<float> scratch = device.Allocate<float>((depth * length) + FourierTile.Memory<V>() + (columns.Count * near.FrequencyStep));
        float* taps = scratch.View.Pointer, memory = taps + (depth * length);
        near = near with { Data = (nint)(memory + FourierTile.Memory<V>()) };
        var all = new TiledPicture.Place(taps, 0, kernelHeight, 0, kernelWidth);
        for (int lane = 0; lane < source.Lanes; lane += width)
        {
            source.Read(width, lane, first, depth, taps);
            for (int i = 0; i < depth * width; i += V.Count)
            {
                int row = i / width, place = i % width;
                var window = new FourierWindow(taps + (row * length) + place, kernelWidth * width, width, all, V.Count);
                near.Write<V>(window, columns, row, lane + place, memory);
            }
        }

        near.CopyTo(rows, first, depth, columns.Count);
    }
}
