using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Kernels.Layout;
using G3DR.Kernels.MatMul;

namespace G3DR.Kernels.Convolution;

/// <summary>
/// Convolutions whose kernels lie side by side without overlapping (the patches of vision transformers): matrix products with rows that are patches, on the processor's
/// vectors. No element of the input is copied twice, and the gradient of the input is one product too.
/// </summary>
public static class PatchConvolution
{
    // Smaller kernels gain nothing over the direct convolution.
    private const int LeastTaps = 4;

    /// <summary>Whether kernels lie side by side, from the first pixel on.</summary>
    /// <param name="shape">Sizes.</param>
    public static bool IsSuited(in ConvolutionShape shape) =>
        shape is { PadTop: 0, PadLeft: 0, DilationY: 1, DilationX: 1, Groups: 1, Taps: >= LeastTaps }
        && shape.KernelHeight == shape.StrideY && shape.KernelWidth == shape.StrideX
        && shape.OutputHeight * shape.KernelHeight <= shape.InputHeight && shape.OutputWidth * shape.KernelWidth <= shape.InputWidth;

    /// <summary>y = activation(convolution of x, plus bias) + residual.</summary>
    /// <param name="cpu">Where to run.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="x">Input.</param>
    /// <param name="weight">Weights.</param>
    /// <param name="bias">Bias of each output channel, or empty.</param>
    /// <param name="epilogue">What follows.</param>
    /// <param name="y">Output.</param>
    public static void Forward(
        CpuAccelerator cpu,
        in ConvolutionShape shape,
        ArrayView<float> x,
        ArrayView<float> weight,
        ArrayView<float> bias,
        Epilogue<float> epilogue,
        ArrayView<float> y)
    {
        using MemoryBuffer<float> matrix = Matrix(cpu, shape, weight), patches = cpu.Allocate<float>(PatchLength(shape) * shape.OutputPixels);
        CopyPatches(cpu, shape, x, patches.View, toPatches: true);
        var product = new MatMulShape(checked((int)shape.OutputPixels), shape.OutputChannels, checked((int)PatchLength(shape)), TransposeB: true);
        MatMulKernels.RunLinearVectors(cpu, product, patches.View, matrix.View, bias, epilogue, y);
    }

    /// <summary>dx = gradient of the input.</summary>
    /// <param name="cpu">Where to run.</param>
    /// <param name="shape">Sizes of the forward pass.</param>
    /// <param name="dy">Gradient of the output.</param>
    /// <param name="weight">Weights.</param>
    /// <param name="dx">Gradient of the input.</param>
    public static void InputGradient(CpuAccelerator cpu, in ConvolutionShape shape, ArrayView<float> dy, ArrayView<float> weight, ArrayView<float> dx)
    {
        using MemoryBuffer<float> matrix = Matrix(cpu, shape, weight), patches = cpu.Allocate<float>(PatchLength(shape) * shape.OutputPixels);
        var product = new MatMulShape(checked((int)shape.OutputPixels), checked((int)PatchLength(shape)), shape.OutputChannels);
        MatMulKernels.RunLinearVectors(cpu, product, dy, matrix.View, default, default, patches.View);
        if (patches.Length < dx.Length)
        {
            // Rows or columns that no patch reads.
            cpu.Clear(dx);
        }

        CopyPatches(cpu, shape, dx, patches.View, toPatches: false);
    }

    private static long PatchLength(in ConvolutionShape shape) => (long)shape.Taps * shape.InputChannels;

    // Weights (outputs, taps, inputs), in the order of a patch.
    private static MemoryBuffer<float> Matrix(CpuAccelerator cpu, in ConvolutionShape shape, ArrayView<float> weight)
    {
        MemoryBuffer<float> matrix = cpu.Allocate<float>(shape.WeightLength);
        long patch = PatchLength(shape);
        StridedCopy.Run(
            cpu, weight, [patch, 1, shape.Taps], matrix.View, [patch, shape.InputChannels, 1], [shape.OutputChannels, shape.Taps, shape.InputChannels]);
        return matrix;
    }

    private static void CopyPatches(CpuAccelerator cpu, in ConvolutionShape shape, ArrayView<float> picture, ArrayView<float> patches, bool toPatches)
    {
        long row = (long)shape.InputWidth * shape.InputChannels, patch = PatchLength(shape);
        int run = checked(shape.KernelWidth * shape.InputChannels);
        ReadOnlySpan<int> sizes = [shape.Batch, shape.OutputHeight, shape.KernelHeight, shape.OutputWidth, run];
        ReadOnlySpan<long> inPicture = [shape.InputHeight * row, shape.KernelHeight * row, row, run, 1];
        ReadOnlySpan<long> inPatches = [patch * shape.OutputHeight * shape.OutputWidth, patch * shape.OutputWidth, run, patch, 1];
        if (toPatches)
        {
            StridedCopy.Run(cpu, picture, inPicture, patches, inPatches, sizes);
        }
        else
        {
            StridedCopy.Run(cpu, patches, inPatches, picture, inPicture, sizes);
        }
    }
}
