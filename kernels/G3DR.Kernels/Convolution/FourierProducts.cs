using G3DR.Compute.Simd;
using G3DR.Kernels.MatMul;

namespace G3DR.Kernels.Convolution;

/// <summary>Sizes of the complex product of one frequency, written as a real one of twice the depth and width. Imaginary parts follow real ones.</summary>
/// <param name="Rows">Rows.</param>
/// <param name="RowStep">Elements between rows of the left operand.</param>
/// <param name="DepthStep">Elements between its steps.</param>
/// <param name="Imaginary">Elements between its parts.</param>
/// <param name="FrequencyStep">Elements between its frequencies.</param>
/// <param name="ResultRowStep">Elements between rows of the result.</param>
/// <param name="ResultPanelStep">Elements between its panels.</param>
/// <param name="ResultImaginary">Elements between its parts.</param>
/// <param name="ResultFrequencyStep">Elements between its frequencies.</param>
internal readonly record struct FourierProduct(
    int Rows,
    long RowStep,
    long DepthStep,
    long Imaginary,
    long FrequencyStep,
    long ResultRowStep,
    long ResultPanelStep,
    long ResultImaginary,
    long ResultFrequencyStep)
{
    /// <summary>Results [tile][real, imaginary][output channel] of tiles and weights.</summary>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="band">Tiles that there is room for.</param>
    /// <param name="width">Lanes of a panel.</param>
    public static FourierProduct OfTiles(int inputs, int outputs, int band, int width)
    {
        long row = FourierPlan.RowStep(inputs), resultRow = FourierPlan.RowStep(outputs);
        return new(
            band,
            row,
            1,
            FourierPlan.Half(inputs),
            FourierPlan.FrequencyStep(band * row),
            resultRow,
            width,
            FourierPlan.Half(outputs),
            FourierPlan.FrequencyStep(band * resultRow));
    }

    /// <summary>Results [panel][real, imaginary][input channel][lane], summed over tiles.</summary>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="band">Tiles that there is room for.</param>
    /// <param name="width">Lanes of a panel.</param>
    public static FourierProduct OfChannels(int inputs, int outputs, int band, int width)
    {
        long row = FourierPlan.RowStep(inputs), block = (long)inputs * width;
        return new(
            inputs,
            1,
            row,
            FourierPlan.Half(inputs),
            FourierPlan.FrequencyStep(band * row),
            width,
            2 * block,
            block,
            FourierPlan.FrequencyStep(2 * block * Shards.Count(outputs, width)));
    }
}

/// <summary>The products of some frequencies, one per shard.</summary>
internal readonly unsafe struct FourierProducts(FourierProduct sizes, float* left, FourierPanels right, float* result, bool accumulate) : IVectorKernel
{
    private readonly float* _left = left, _result = result;

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        long* offsets = stackalloc long[] { 0, sizes.Imaginary };
        var product = new PanelProduct
        {
            Offsets = offsets,
            Segments = 2,
            Depth = right.Depth,
            DepthStep = sizes.DepthStep,
            RowStep = sizes.RowStep,
            RowStepC = sizes.ResultRowStep,
            Accumulate = accumulate,
        };
        float* a = _left + (shard * sizes.FrequencyStep), b = (float*)right.Data + (shard * right.FrequencyStep), c = _result + (shard * sizes.ResultFrequencyStep);
        for (int panel = 0; panel < right.Panels; panel++)
        {
            PanelKernel.Run<V>(product, sizes.Rows, a, b + right.Block, c);
            PanelKernel.Run<V>(product, sizes.Rows, a, b, c + sizes.ResultImaginary);
            b += 3 * right.Block;
            c += sizes.ResultPanelStep;
        }
    }
}
