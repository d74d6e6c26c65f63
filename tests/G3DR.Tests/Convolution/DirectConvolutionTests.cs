using FsCheck;
using FsCheck.Fluent;
using G3DR.Compute;
using G3DR.Kernels.Convolution;
using G3DR.Tests.Support;

namespace G3DR.Tests.Convolution;

/// <summary>The processor's direct convolution against the definition in double precision, on every instruction set.</summary>
public class DirectConvolutionTests
{
    // Sums of n products below 1 in float32: half a unit in the last place of a sum of about sqrt(n) for each, with room for unlucky draws.
    private const double RoundingPerTerm = 6e-8 * 4;

    public static TheoryData<string> Sets => [.. InstructionSets.Supported.Select(set => set.ToString())];

    // Several tiles and blocks of channels, both ways to pack, all ways to read the input, edges of panels.
    public static IReadOnlyList<ConvolutionShape> Shapes { get; } =
    [
        Shape(16, 32, 12, 3),
        Shape(40, 70, 31, 3) with { Batch = 2 },
        Shape(64, 33, 17, 1) with { Batch = 3 },
        Shape(1024, 8, 6, 1),
        Shape(260, 20, 9, 7),
        Shape(600, 96, 4, 3),
        Shape(256, 64, 9, 3),
        Shape(24, 40, 30, 3, stride: 2),
        Shape(3, 5, 700, 2) with { InputHeight = 2, OutputHeight = 2, PadTop = 0 },
        Shape(12, 18, 15, 3) with { Groups = 3, DilationX = 2, PadLeft = 2 },
        Shape(34, 34, 13, 3) with { Groups = 34 },
        Shape(8, 8, 5, 1, stride: 3),
    ];

    public static TheoryData<string, int> Cases
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (InstructionSet set in InstructionSets.Supported)
            {
                for (int i = 0; i < Shapes.Count; i++)
                {
                    data.Add(set.ToString(), i);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Agrees_with_the_definition(string configuration, int shape)
    {
        AssertAgrees(configuration, Shapes[shape], seed: 11, withBias: true, standardized: shape % 2 == 0);
        AssertAgrees(configuration, Shapes[shape], seed: 12, withBias: false, standardized: shape % 2 == 1);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Agrees_with_the_definition_for_any_sizes(string configuration)
    {
        Gen<ConvolutionShape> shapes =
            from numbers in Gen.ArrayOf(Gen.Choose(0, 1 << 20), 17)
            select Random(numbers);
        Prop.ForAll(
            shapes.ToArbitrary(),
            shape =>
            {
                int seed = shape.GetHashCode();
                AssertAgrees(configuration, shape, seed, withBias: seed % 2 == 0, standardized: seed / 2 % 2 == 0);
            }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Bits_do_not_depend_on_threads(string configuration, int shape)
    {
        var inputs = new ConvolutionInputs(Shapes[shape], seed: 5);
        using var one = TestDevice.Create(configuration, threads: 1);
        using var three = TestDevice.Create(configuration, threads: 3);
        foreach ((float[] expected, float[] actual) in Run(one, inputs).Zip(Run(three, inputs)))
        {
            Assert.Equal(expected.Select(BitConverter.SingleToInt32Bits), actual.Select(BitConverter.SingleToInt32Bits));
        }
    }

    private static void AssertAgrees(string configuration, in ConvolutionShape shape, int seed, bool withBias, bool standardized)
    {
        var inputs = new ConvolutionInputs(shape, seed, withBias, standardized);
        using var device = TestDevice.Create(configuration);
        IReadOnlyList<float[]> actual = Run(device, inputs);
        (double[] y, double[] dx, double[] dw) = NaiveConvolution.AllPasses(inputs);
        AssertClose(y, actual[0], shape.GroupInputChannels * shape.Taps, $"output of {shape}");
        AssertClose(dx, actual[1], shape.GroupOutputChannels * shape.Taps, $"input gradient of {shape}");
        AssertClose(dw, actual[2], shape.OutputPixels, $"weight gradient of {shape}");
    }

    private static void AssertClose(double[] expected, float[] actual, double terms, string what)
    {
        double tolerance = RoundingPerTerm * Math.Max(16, terms);
        for (int i = 0; i < expected.Length; i++)
        {
            double error = Math.Abs(actual[i] - expected[i]);
            Assert.True(error <= tolerance * Math.Max(1, Math.Abs(expected[i])), $"{what}: element {i} is {actual[i]:G9}, expected {expected[i]:G9} within {tolerance:G3}.");
        }
    }

    private static IReadOnlyList<float[]> Run(TestDevice device, ConvolutionInputs inputs) => inputs.Run(
        (CpuAccelerator)device.Accelerator, DirectConvolution.Forward, DirectConvolution.InputGradient, DirectConvolution.WeightGradient);

    // A square picture and kernel, padded so that the output is as large as the input divided by the stride.
    private static ConvolutionShape Shape(int inputChannels, int outputChannels, int size, int kernel, int stride = 1) => new()
    {
        Batch = 1,
        InputHeight = size,
        InputWidth = size,
        InputChannels = inputChannels,
        OutputHeight = ((size - 1) / stride) + 1,
        OutputWidth = ((size - 1) / stride) + 1,
        OutputChannels = outputChannels,
        KernelHeight = kernel,
        KernelWidth = kernel,
        StrideY = stride,
        StrideX = stride,
        PadTop = kernel / 2,
        PadLeft = kernel / 2,
    };

    private static ConvolutionShape Random(int[] n)
    {
        int groups = n[0] % 4 == 0 ? 1 + (n[1] % 3) : 1;
        var shape = new ConvolutionShape
        {
            Batch = 1 + (n[2] % 2),
            Groups = groups,
            InputChannels = groups * (1 + (n[3] % 20)),
            OutputChannels = groups * (1 + (n[4] % 40)),
            KernelHeight = 1 + (n[5] % 4),
            KernelWidth = 1 + (n[6] % 4),
            StrideY = 1 + (n[7] % 3),
            StrideX = 1 + (n[8] % 3),
            DilationY = 1 + (n[9] % 2),
            DilationX = 1 + (n[10] % 2),
            PadTop = n[11] % 3,
            PadLeft = n[12] % 3,
            InputHeight = 1 + (n[13] % 12),
            InputWidth = 1 + (n[14] % 12),
            OutputHeight = 1,
            OutputWidth = 1,
        };
        return shape with
        {
            OutputHeight = Output(shape.InputHeight + shape.PadTop + (n[15] % 3), shape.KernelHeight, shape.DilationY, shape.StrideY),
            OutputWidth = Output(shape.InputWidth + shape.PadLeft + (n[16] % 3), shape.KernelWidth, shape.DilationX, shape.StrideX),
        };
    }

    // At least one position, even where the kernel is larger than the padded input.
    private static int Output(int padded, int kernel, int dilation, int stride) => (Math.Max(0, padded - ((kernel - 1) * dilation) - 1) / stride) + 1;
}
