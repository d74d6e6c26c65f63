using System.Runtime.CompilerServices;
using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Compute.Simd;
using G3DR.Kernels.MatMul;

namespace G3DR.Kernels.Convolution;

/// <summary>Transforms tiles of the input, one per shard, to (positions, tiles, channels).</summary>
/// <typeparam name="TData">Transform of the input.</typeparam>
internal readonly unsafe struct WinogradTiles<TData>(CpuAccelerator device, WinogradPlan plan, TiledPicture input, float* data) : IVectorKernel
    where TData : struct, IWinogradTransform
{
    private readonly float* _data = data;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        using MemoryBuffer<float> scratch = device.Allocate<float>(plan.Scratch<V>());
        int step = WinogradPlan.RowStep(input.Channels);
        TiledPicture.Place place = input.Find(shard);
        for (int channel = 0; channel < input.Channels; channel += V.Count)
        {
            input.Read<TData, V>(place, channel, _data + ((long)shard * step) + channel, (long)plan.Tiles * step, scratch.View.Pointer);
        }
    }
}

/// <summary>
/// The products and the transform of their results where there are few tiles and many channels: a shard owns a panel of output channels. It transforms its
/// weights some input channels at a time, and they meet all tiles while they are in its processor's cache, so that transformed weights, four times as large as the
/// weights themselves, never go to memory.
/// </summary>
/// <typeparam name="TWeight">Transform of the weights.</typeparam>
/// <typeparam name="TResult">Transform of the products.</typeparam>
internal readonly unsafe struct WinogradOwned<TWeight, TResult>(
    CpuAccelerator device, WinogradPlan plan, WeightSource weights, float* data, int depth, float* bias, RowEpilogue epilogue, TiledPicture output) : IVectorKernel
    where TWeight : struct, IWinogradTransform
    where TResult : struct, IWinogradResult
{
    // Input channels whose weights are transformed at a time: a multiple of what one call transforms.
    private const int Depth = 4 * WinogradWeights<TWeight>.Depth;

    // Tiles from which on blocks of tiles hide the reading of transformed weights, and pairs of channels whose transformed weights stay in caches anyway.
    private const int MostTiles = 112, LeastPairs = 1 << 14;

    private readonly WeightSource _weights = weights;
    private readonly float* _data = data, _bias = bias;

    /// <summary>Whether a convolution is faster so than in blocks of tiles.</summary>
    public static bool IsSuited(in ConvolutionShape shape, WinogradPlan plan) =>
        plan.Tiles <= MostTiles && (long)shape.InputChannels * shape.OutputChannels >= LeastPairs;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        int width = PanelKernel.Width<V>(), lane = shard * width, step = WinogradPlan.RowStep(depth);
        long panelStep = ((long)Math.Min(Depth, depth) * width) + 16, productStep = (long)plan.Tiles * width;
        using MemoryBuffer<float> memory = device.Allocate<float>((plan.Positions * (panelStep + productStep)) + plan.Scratch<V>());
        float* panels = memory.View.Pointer;
        float* products = panels + (plan.Positions * panelStep);
        float* scratch = products + (plan.Positions * productStep);
        for (int first = 0; first < depth; first += Depth)
        {
            int count = Math.Min(Depth, depth - first);
            for (int at = 0; at < count; at += WinogradWeights<TWeight>.Depth)
            {
                int part = Math.Min(WinogradWeights<TWeight>.Depth, count - at);
                WinogradWeights<TWeight>.Pack<V>(_weights, lane, first + at, part, panels + ((long)at * width), panelStep);
            }

            long offset = 0;
            var product = new PanelProduct { Offsets = &offset, Segments = 1, Depth = count, RowStep = step, RowStepC = width, Accumulate = first > 0 };
            for (int position = 0; position < plan.Positions; position++)
            {
                float* a = _data + ((long)position * plan.Tiles * step) + first;
                PanelKernel.Run<V>(product, plan.Tiles, a, panels + (position * panelStep), products + (position * productStep));
            }
        }

        int lanes = Math.Min(width, output.Channels - lane);
        for (int tile = 0; tile < plan.Tiles; tile++)
        {
            TiledPicture.Place place = output.Find(tile);
            for (int i = 0; i < lanes; i += V.Count)
            {
                V start = _bias == null ? V.Zero : VectorTail.Load<V>(_bias + lane + i, lanes - i);
                output.Write<TResult, V>(place, lane + i, products + ((long)tile * width) + i, productStep, start, scratch);
            }

            for (int y = place.Top; y < place.Bottom; y++)
            {
                float* row = place.Pixel + (y * output.RowStep) + ((long)place.Left * output.Channels) + lane;
                epilogue.Run<V>(row, place.Right - place.Left, output.Channels, lanes);
            }
        }
    }
}
