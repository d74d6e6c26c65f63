using System.Runtime.CompilerServices;
using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Compute.Simd;
using G3DR.Kernels.MatMul;

namespace G3DR.Kernels.Convolution;

/// <summary>
/// One block of tiles per shard: their transforms, the products of every position with the transformed weights, and the transforms of these back stay in the
/// cache of one processor.
/// </summary>
/// <typeparam name="TData">Transform of the input.</typeparam>
/// <typeparam name="TResult">Transform of the products.</typeparam>
internal readonly unsafe struct WinogradForward<TData, TResult>(
    CpuAccelerator device, WinogradPlan plan, TiledPicture input, TiledPicture output, float* bias, RowEpilogue epilogue, float* panels) : IVectorKernel
    where TData : struct, IWinogradTransform
    where TResult : struct, IWinogradResult
{
    private readonly float* _bias = bias, _panels = panels;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        int first = shard * plan.Block, count = Math.Min(plan.Block, plan.Tiles - first);
        int dataStep = WinogradPlan.RowStep(input.Channels), productStep = WinogradPlan.RowStep(output.Channels);
        long dataPosition = (long)plan.Block * dataStep, productPosition = (long)plan.Block * productStep;
        using MemoryBuffer<float> memory = device.Allocate<float>((plan.Positions * (dataPosition + productPosition)) + plan.Scratch<V>());
        float* data = memory.View.Pointer;
        float* products = data + (plan.Positions * dataPosition);
        float* scratch = products + (plan.Positions * productPosition);
        for (int i = 0; i < count; i++)
        {
            TiledPicture.Place place = input.Find(first + i);
            for (int channel = 0; channel < input.Channels; channel += V.Count)
            {
                input.Read<TData, V>(place, channel, data + ((long)i * dataStep) + channel, dataPosition, scratch);
            }
        }

        Multiply<V>(count, data, dataStep, products, productStep);
        for (int i = 0; i < count; i++)
        {
            TiledPicture.Place place = output.Find(first + i);
            for (int channel = 0; channel < output.Channels; channel += V.Count)
            {
                V offset = _bias == null ? V.Zero : VectorTail.Load<V>(_bias + channel, output.Channels - channel);
                output.Write<TResult, V>(place, channel, products + ((long)i * productStep) + channel, productPosition, offset, scratch);
            }

            // Pixels of a row are neighbours with all of their channels.
            float* inside = place.Pixel + (place.Top * output.RowStep) + ((long)place.Left * output.Channels);
            epilogue.Run<V>(inside, place.Bottom - place.Top, output.RowStep, (long)(place.Right - place.Left) * output.Channels);
        }
    }

    private void Multiply<V>(int count, float* data, int dataStep, float* products, int productStep)
        where V : struct, ISimd<V>
    {
        long offset = 0;
        var product = new PanelProduct { Offsets = &offset, Segments = 1, Depth = input.Channels, RowStep = dataStep, RowStepC = productStep };
        int width = PanelKernel.Width<V>();
        for (int position = 0; position < plan.Positions; position++)
        {
            float* panel = _panels + (position * WinogradPlan.PanelStep(width, input.Channels, output.Channels));
            float* a = data + ((long)position * plan.Block * dataStep), c = products + ((long)position * plan.Block * productStep);
            for (int channel = 0; channel < output.Channels; channel += width)
            {
                Multiply<V>(product, count, a, panel, c + channel);
                panel += (long)width * input.Channels;
            }
        }
    }

    // The panels stream through the cache. While one is in use, the next is fetched: a cache line at each step of the first two register blocks.
    private static void Multiply<V>(PanelProduct product, int rows, float* a, float* panel, float* c)
        where V : struct, ISimd<V>
    {
        const int CacheLine = 16;
        int width = PanelKernel.Width<V>();
        for (int block = 0, row = 0; row < rows; block++)
        {
            int height = RowBlocks.Next<V>(rows - row);
            product.Ahead = block * CacheLine < width ? ((long)width * product.Depth) + (block * CacheLine) : 0;
            PanelKernel.RunBlock<V>(height, product, a + (row * product.RowStep), panel, c + (row * product.RowStepC));
            row += height;
        }
    }
}
