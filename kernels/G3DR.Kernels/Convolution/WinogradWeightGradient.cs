using System.Runtime.CompilerServices;
using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Compute.Simd;
using G3DR.Kernels.MatMul;

namespace G3DR.Kernels.Convolution;

/// <summary>
/// Sums [part][panel][tap][input channel][output channel of the panel]: for each position the products, over tiles, of the transformed input with the
/// adjoint transform of the output's gradient, transformed back to taps once all tiles of the part are through.
/// </summary>
/// <typeparam name="TData">Transform of the input.</typeparam>
/// <typeparam name="TResultAdjoint">Transform of the output's gradient.</typeparam>
/// <typeparam name="TWeightAdjoint">Transform of the sums.</typeparam>
internal readonly unsafe struct WinogradWeightGradient<TData, TResultAdjoint, TWeightAdjoint>(
    CpuAccelerator device, WinogradWeightGradientPlan plan, TiledPicture input, TiledPicture gradient, float* sums) : IVectorKernel
    where TData : struct, IWinogradTransform
    where TResultAdjoint : struct, IWinogradTransform
    where TWeightAdjoint : struct, IWinogradTransform
{
    private readonly float* _sums = sums;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        int part = shard % plan.Parts, channels = shard / plan.Parts;
        int first = channels % plan.InputBlocks * WinogradWeightGradientPlan.InputBlock, column = channels / plan.InputBlocks * plan.OutputBlock;
        int rows = Math.Min(WinogradWeightGradientPlan.InputBlock, input.Channels - first), columns = Math.Min(plan.OutputBlock, gradient.Channels - column);
        int width = PanelKernel.Width<V>(), panels = Shards.Count(columns, width), positions = plan.Tiles.Positions, block = plan.Tiles.Block;

        // A cache line more between positions, so that they do not evict each other.
        int dataStep = WinogradPlan.RowStep(rows);
        long dataPosition = (long)block * dataStep, panelPosition = ((long)panels * block * width) + 16, sumPosition = ((long)panels * rows * width) + 16;
        using MemoryBuffer<float> memory = device.Allocate<float>((positions * (dataPosition + panelPosition + sumPosition)) + plan.Tiles.Scratch<V>());
        float* data = memory.View.Pointer;
        float* panel = data + (positions * dataPosition);
        float* sums = panel + (positions * panelPosition);
        float* scratch = sums + (positions * sumPosition);
        long none = 0;
        var product = new PanelProduct { Offsets = &none, Segments = 1, DepthStep = dataStep, RowStep = 1, RowStepC = width };
        int tile = (int)((long)plan.Tiles.Tiles * part / plan.Parts), end = (int)((long)plan.Tiles.Tiles * (part + 1) / plan.Parts);
        while (tile < end)
        {
            product.Depth = Math.Min(block, end - tile);
            for (int i = 0; i < product.Depth; i++)
            {
                TiledPicture.Place place = input.Find(tile + i);
                for (int channel = 0; channel < rows; channel += V.Count)
                {
                    input.Read<TData, V>(place, first + channel, data + ((long)i * dataStep) + channel, dataPosition, scratch);
                }

                place = gradient.Find(tile + i);
                for (int channel = 0; channel < panels * width; channel += V.Count)
                {
                    float* to = panel + ((((long)(channel / width) * block) + i) * width) + (channel % width);
                    gradient.Read<TResultAdjoint, V>(place, column + channel, to, panelPosition, scratch);
                }
            }

            for (int position = 0; position < positions; position++)
            {
                for (int j = 0; j < panels; j++)
                {
                    float* b = panel + (position * panelPosition) + ((long)j * block * width), c = sums + (position * sumPosition) + ((long)j * rows * width);
                    PanelKernel.Run<V>(product, rows, data + (position * dataPosition), b, c);
                }
            }

            tile += product.Depth;
            product.Accumulate = true;
        }

        long tapStep = (long)input.Channels * width;
        int allPanels = Shards.Count(gradient.Channels, width);
        float* result = _sums + (((((long)part * allPanels) + (column / width)) * 9 * tapStep) + ((long)first * width));
        for (int j = 0; j < panels; j++)
        {
            for (int i = 0; i < rows * width; i += V.Count)
            {
                WinogradSquare.Apply<TWeightAdjoint, V>(
                    sums + ((long)j * rows * width) + i,
                    TWeightAdjoint.Inputs * sumPosition,
                    sumPosition,
                    result + (j * 9 * tapStep) + i,
                    TWeightAdjoint.Outputs * tapStep,
                    tapStep,
                    scratch);
            }
        }
    }
}

/// <summary>Adds the parts of <see cref="WinogradWeightGradient{TData,TResultAdjoint,TWeightAdjoint}"/> in order, a panel per shard.</summary>
internal readonly unsafe struct WinogradWeightTotals(CpuAccelerator device, TapConvolution convolution, int parts, float* sums, float* result) : IVectorKernel
{
    private readonly float* _sums = sums, _result = result;

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        int width = PanelKernel.Width<V>();
        long length = (long)convolution.Taps * convolution.Depth * width;
        float* total = _sums + (shard * length);
        WeightGradientTotals.Add<V>(total, length, parts, Shards.Count(convolution.Lines, width) * length);
        WeightGradientOperands.Store<V>(device, convolution, total, 0, shard, 0, convolution.Depth, _result);
    }
}
