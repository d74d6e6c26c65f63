using G3DR.Compute;
using G3DR.Compute.Memory;

namespace G3DR.Kernels.Convolution;

/// <summary>
/// Convolutions of large kernels with stride 1 by Fourier transforms of tiles (Mathieu, Henaff and LeCun, "Fast training of convolutional networks through FFTs",
/// 2014; Vasilache et al., "Fast convolutional nets with fbfft", 2015), on the processor's vectors in float32. A tile of 16 x 16 inputs
/// gives (17 - k)^2 outputs of a k x k kernel that do not wrap around (overlap-save); at each frequency the products over channels are those of complex matrices.
/// Results depend on the sizes and the instruction set only, not on the number of threads.
/// </summary>
public static unsafe partial class FourierConvolution
{
    private const int LargestKernel = 9;

    /// <summary>Whether the algorithm exists for a convolution: kernel of at most 9 x 9, stride, dilation and groups of one.</summary>
    /// <param name="shape">Sizes of the convolution.</param>
    public static bool IsApplicable(in ConvolutionShape shape) => shape is
    {
        KernelHeight: <= LargestKernel, KernelWidth: <= LargestKernel, StrideY: 1, StrideX: 1, DilationY: 1, DilationX: 1, Groups: 1
    };

    /// <summary>Whether a convolution is faster so than by its definition: the transforms cost as much for a kernel of 3 x 3 as for one of 9 x 9.</summary>
    /// <param name="shape">Sizes of the convolution.</param>
    public static bool Choose(in ConvolutionShape shape)
    {
        // The products of a gradient of weights are all in memory: 68 MB of these.
        const long MostWeights = 1 << 16;
        long channels = (long)shape.InputChannels * shape.OutputChannels;
        if (!IsApplicable(shape) || Math.Max(shape.KernelHeight, shape.KernelWidth) < 5 || channels > MostWeights)
        {
            return false;
        }

        // Measured, in the time of a multiplication by definition: products of a tile and pair of channels, transforms of a weight and of a tile of one channel.
        const double Product = 1.3 * 4 * FourierTile.Frequencies, Weight = 22_000, Tile = 65_000;
        double tiles = FourierPlan.ForOutput(shape).Tiles;
        double cost = (((Product * tiles) + Weight) * channels) + (Tile * tiles * (shape.InputChannels + shape.OutputChannels));
        return cost < (double)shape.OutputPixels * shape.Taps * channels;
    }

    /// <summary>y = x * weight + bias.</summary>
    /// <param name="device">Where to run.</param>
    /// <param name="shape">Sizes of the convolution.</param>
    /// <param name="x">Input.</param>
    /// <param name="weight">Weights.</param>
    /// <param name="bias">One number for each output channel, or empty.</param>
    /// <param name="statistics">Mean and reciprocal deviation of the weights of each output channel, which are standardised by them; or empty.</param>
    /// <param name="y">Output.</param>
    /// <exception cref="ArgumentException">The algorithm does not exist for the shape.</exception>
    public static void Forward(
        CpuAccelerator device,
        in ConvolutionShape shape,
        ArrayView<float> x,
        ArrayView<float> weight,
        ArrayView<float> bias,
        ArrayView<float> statistics,
        ArrayView<float> y)
    {
        RequireApplicable(shape);
        Run(device, shape, x, WeightSource.Of(shape, weight, statistics, swapped: false), bias, y);
    }

    /// <summary>Gradient of the input.</summary>
    /// <param name="device">Where to run.</param>
    /// <param name="shape">Sizes of the convolution.</param>
    /// <param name="dy">Gradient of the output.</param>
    /// <param name="weight">Weights.</param>
    /// <param name="statistics">Mean and reciprocal deviation of the weights of each output channel, which are standardised by them; or empty.</param>
    /// <param name="dx">Result.</param>
    /// <exception cref="ArgumentException">The algorithm does not exist for the shape.</exception>
    public static void InputGradient(
        CpuAccelerator device, in ConvolutionShape shape, ArrayView<float> dy, ArrayView<float> weight, ArrayView<float> statistics, ArrayView<float> dx)
    {
        RequireApplicable(shape);
        Run(device, shape.Mirrored(), dy, WeightSource.Of(shape, weight, statistics, swapped: true), default, dx);
    }

    private static void Run(
        CpuAccelerator device, in ConvolutionShape shape, ArrayView<float> x, WeightSource weights, ArrayView<float> bias, ArrayView<float> y)
    {
        if (shape.OutputLength == 0)
        {
            return;
        }

        var plan = FourierPlan.ForOutput(shape);
        FourierRows data = new(0, plan.Band, shape.InputChannels), kernels = new(0, shape.InputChannels, shape.OutputChannels);
        var products = new FourierRows(0, plan.Band, shape.OutputChannels);
        using MemoryBuffer<float> dataMemory = device.Allocate<float>(plan.GroupFrequencies * data.FrequencyStep);
        using MemoryBuffer<float> kernelMemory = device.Allocate<float>(plan.GroupFrequencies * kernels.FrequencyStep);
        using MemoryBuffer<float> productMemory = device.Allocate<float>(FourierTile.Frequencies * products.FrequencyStep);
        data = data with { Data = (nint)dataMemory.View.Pointer };
        kernels = kernels with { Data = (nint)kernelMemory.View.Pointer };
        products = products with { Data = (nint)productMemory.View.Pointer };
        TiledPicture input = plan.Input(shape, x.Pointer), output = plan.Output(shape, y.Pointer);
        var result = FourierResult.OfTiles(products, 2 * DirectConvolution.Lanes(device));
        for (int first = 0; first < plan.Tiles; first += plan.Band)
        {
            int count = Math.Min(plan.Band, plan.Tiles - first);
            for (int group = 0; group < plan.Groups; group++)
            {
                FourierColumns columns = plan.Group(group);
                if (first == 0 || plan.Groups > 1)
                {
                    int shards = Shards.Count(shape.InputChannels, FourierWeights.Depth);
                    device.Launch(new FourierWeights(device, weights, shape.KernelHeight, shape.KernelWidth, columns, kernels), shards);
                }

                device.Launch(new FourierTiles(device, input, first, columns, data), count);
                FourierResult part = result with { Data = (nint)products.Frequency(columns.Start) };
                device.Launch(new FourierProducts(device, data, kernels, part, count, shape.InputChannels, overRows: false, accumulate: false), columns.Count);
            }

            device.Launch(new FourierOutputs(device, output, first, products, bias.Length == 0 ? null : bias.Pointer), count);
        }
    }

    private static void RequireApplicable(in ConvolutionShape shape)
    {
        if (!IsApplicable(shape))
        {
            throw new ArgumentException(
                $"Fourier transforms of tiles are for kernels of at most {LargestKernel} x {LargestKernel} with stride, dilation and groups of one, got {shape}.", nameof(shape));
        }
    }
}
