using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Compute.Simd;
using G3DR.Kernels.MatMul;

namespace G3DR.Kernels.Convolution;

/// <summary>
/// Convolutions on the processor's vectors, from their definition: rows of pixels times panels of packed weights, read where they lie or from a copy with
/// padding, without an image-to-column matrix (the layout of J. Zhang et al., "High Performance Zero-Memory Overhead Direct Convolutions", ICML 2018, with
/// channels last). The order of every sum depends on the sizes alone.
/// </summary>
public static partial class DirectConvolution
{
    /// <summary>y = activation(convolution of x, plus bias) + residual.</summary>
    /// <param name="cpu">Where to run.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="x">Input (Batch, InputHeight, InputWidth, InputChannels).</param>
    /// <param name="weight">Weights (OutputChannels, InputChannels / Groups, KernelHeight, KernelWidth).</param>
    /// <param name="bias">Bias of each output channel, or empty.</param>
    /// <param name="statistics">Mean and factor (OutputChannels, 2): the weights used are (weight - mean) * factor. Empty: as they are.</param>
    /// <param name="epilogue">What follows the convolution.</param>
    /// <param name="y">Output (Batch, OutputHeight, OutputWidth, OutputChannels).</param>
    public static void Forward(
        CpuAccelerator cpu,
        in ConvolutionShape shape,
        ArrayView<float> x,
        ArrayView<float> weight,
        ArrayView<float> bias,
        ArrayView<float> statistics,
        Epilogue<float> epilogue,
        ArrayView<float> y) => Run(cpu, TapConvolution.Forward(shape).Flattened(), x, weight, bias, statistics, epilogue, y);

    /// <summary>y = convolution of x, plus bias.</summary>
    /// <inheritdoc cref="Forward(CpuAccelerator, in ConvolutionShape, ArrayView{float}, ArrayView{float}, ArrayView{float}, ArrayView{float}, Epilogue{float}, ArrayView{float})"/>
    public static void Forward(
        CpuAccelerator cpu,
        in ConvolutionShape shape,
        ArrayView<float> x,
        ArrayView<float> weight,
        ArrayView<float> bias,
        ArrayView<float> statistics,
        ArrayView<float> y) => Forward(cpu, shape, x, weight, bias, statistics, default, y);

    /// <summary>dx = gradient of the input.</summary>
    /// <param name="cpu">Where to run.</param>
    /// <param name="shape">Sizes of the forward pass.</param>
    /// <param name="dy">Gradient of the output.</param>
    /// <param name="weight">Weights, as for the forward pass.</param>
    /// <param name="statistics">Statistics, as for the forward pass.</param>
    /// <param name="dx">Gradient of the input.</param>
    public static void InputGradient(
        CpuAccelerator cpu, in ConvolutionShape shape, ArrayView<float> dy, ArrayView<float> weight, ArrayView<float> statistics, ArrayView<float> dx)
    {
        for (int y = 0; y < Math.Min(shape.StrideY, shape.InputHeight); y++)
        {
            for (int x = 0; x < Math.Min(shape.StrideX, shape.InputWidth); x++)
            {
                Run(cpu, TapConvolution.Gradient(shape, y, x).Flattened(), dy, weight, default, statistics, default, dx);
            }
        }
    }

    /// <summary>C = activation(A B + bias) + residual for one product whose rows of A are rows in memory: a convolution with one tap.</summary>
    internal static void Multiply(
        CpuAccelerator cpu, MatMulShape shape, ArrayView<float> a, ArrayView<float> b, ArrayView<float> bias, Epilogue<float> epilogue, ArrayView<float> c) =>
        Run(cpu, TapConvolution.Product(shape), a, b, bias, default, epilogue, c);

    private static unsafe void Run(
        CpuAccelerator cpu,
        TapConvolution convolution,
        ArrayView<float> input,
        ArrayView<float> weight,
        ArrayView<float> bias,
        ArrayView<float> statistics,
        Epilogue<float> epilogue,
        ArrayView<float> result)
    {
        if (convolution.Batch == 0 || convolution.Y.Count == 0 || convolution.X.Count == 0 || convolution.Lines == 0)
        {
            return;
        }

        float* factors = statistics.Length == 0 ? null : statistics.Pointer;
        int width = 2 * Lanes(cpu), panels = convolution.Groups * Shards.Count(convolution.Lines, width);
        if (DepthwiseConvolution.IsSuited(convolution))
        {
            using MemoryBuffer<float> weights = cpu.Allocate<float>((long)convolution.KernelTaps * convolution.Groups);
            DepthwiseConvolution.Pack(convolution, weight.Pointer, factors, weights.View.Pointer);
            float* start = bias.Length == 0 ? null : bias.Pointer;
            var channels = new DepthwiseConvolution(convolution, input.Pointer, weights.View.Pointer, start, RowEpilogue.Of(epilogue, result), result.Pointer);
            cpu.Launch(channels, channels.ShardCount);
            return;
        }

        bool narrow = NarrowConvolution.IsSuited(convolution, width);
        var plan = narrow ? new DirectPlan(convolution, ownsPanels: false) : new DirectPlan(convolution);
        long[] offsets = plan.InputOffsets();
        long[] places =
        [
            .. WeightPanels.Places(convolution, plan.DepthBlock, width),
            .. WeightPanels.Places(convolution, plan.DepthOf(plan.DepthBlocks - 1), width),
        ];
        using MemoryBuffer<float> copy = cpu.Allocate<float>(plan.WholeCopyLength);
        using MemoryBuffer<float> packed = cpu.Allocate<float>(narrow ? NarrowConvolution.Length(convolution) : plan.OwnsPanels ? 0 : panels * WeightPanels.Length(convolution, width));
        fixed (long* inputOffsets = offsets, panelPlaces = places)
        {
            var operands = new DirectOperands
            {
                Input = new(plan, input.Pointer, copy.View.Pointer),
                Bias = bias.Length == 0 ? null : bias.Pointer,
                Result = result.Pointer,
                Epilogue = RowEpilogue.Of(epilogue, result),
                Panels = packed.View.Pointer,
                InputOffsets = inputOffsets,
                Weights = new(plan, weight.Pointer, factors, panelPlaces),
            };
            cpu.Launch(operands.Input, operands.Input.CopyShards);
            if (narrow)
            {
                NarrowConvolution.Pack(convolution, weight.Pointer, factors, packed.View.Pointer);
                cpu.Launch(new NarrowConvolution(cpu, plan, operands, packed.View.Pointer), plan.AllTiles);
                return;
            }

            if (!plan.OwnsPanels)
            {
                cpu.Launch(new PackPanels(plan, operands), panels);
            }

            cpu.Launch(new PanelConvolution(cpu, plan, operands), PanelConvolution.ShardsOf(plan, width));
        }
    }

    internal static int Lanes(CpuAccelerator cpu) => cpu.InstructionSet switch
    {
        InstructionSet.Avx512 => V512.Count,
        InstructionSet.Avx2 => V256.Count,
        _ => V128.Count,
    };
}
