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
    private const int Size = FourierTransform.Size;

    // Elements between pixels of a copy: whole vectors, as an odd number of cache lines.
    private int Pitch => (int)FourierPlan.FrequencyStep(picture.Channels);

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        var near = new FourierRows(0, 1, picture.Channels);
        int transforms = FourierTile.Memory<V>(), tile = Size * Size * Pitch;
        using MemoryBuffer<float> scratch = device.Allocate<float>(transforms + tile + (columns.Count * near.FrequencyStep));
        float* memory = scratch.View.Pointer, copy = memory + transforms;
        near = near with { Data = (nint)(copy + tile) };
        TiledPicture.Place place = picture.Find(first + shard);
        Copy(place, copy);
        for (int channel = 0; channel < picture.Channels; channel += V.Count)
        {
            near.Write<V>(new(copy + channel, Size * Pitch, Pitch, place.Top, place.Bottom, Size), columns, 0, channel, memory);
        }

        near.CopyTo(rows, shard, 1, columns.Count);
    }

    // Rows inside of the picture, row by row, which is how they lie in memory; with zeros for columns outside and lanes that are no channels.
    private void Copy(TiledPicture.Place place, float* to)
    {
        for (int y = place.Top; y < place.Bottom; y++)
        {
            float* from = place.Pixel + (y * picture.RowStep);
            for (int x = 0; x < Size; x++)
            {
                int count = x >= place.Left && x < place.Right ? picture.Channels : 0;
                float* pixel = to + (((y * Size) + x) * Pitch);
                new Span<float>(from + ((long)x * picture.Channels), count).CopyTo(new(pixel, count));
                new Span<float>(pixel + count, Pitch - count).Clear();
            }
        }
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
        for (int lane = 0; lane < source.Lanes; lane += width)
        {
            source.Read(width, lane, first, depth, taps);
            for (int i = 0; i < depth * width; i += V.Count)
            {
                int row = i / width, place = i % width;
                var window = new FourierWindow(taps + (row * length) + place, kernelWidth * width, width, 0, kernelHeight, kernelWidth);
                near.Write<V>(window, columns, row, lane + place, memory);
            }
        }

        near.CopyTo(rows, first, depth, columns.Count);
    }
}
