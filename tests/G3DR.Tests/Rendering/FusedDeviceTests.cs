using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Core.Rendering;
using G3DR.Core.Tensors;
using G3DR.Core.Verification;
using G3DR.Kernels.Rendering;
using G3DR.Kernels.Rendering.Fused;
using G3DR.Kernels.Rendering.Fused.Device;
using G3DR.Tests.Support;

namespace G3DR.Tests.Rendering;

/// <summary>The device kernels of the fused renderer against the composition of small operations in double precision and the processor's vector code.</summary>
public class FusedDeviceTests
{
    private static readonly RenderSettings s_official = RenderSettings.Official with { CoarseSamples = 5, FineSamples = 4 };

    private static readonly RenderSettings s_paper = RenderSettings.Paper with { CoarseSamples = 7 };

    private static readonly RenderSettings s_importance = s_paper with { FineSampling = FineSampling.Importance, FineSamples = 3 };

    private static readonly IReadOnlyDictionary<string, FusedCase> s_cases = new Dictionary<string, FusedCase>
    {
        ["official"] = Small(s_official),
        ["official, wide planes"] = Small(s_official) with { Height = 8, Width = 13 },
        ["official, one scene, one ray, drawn numbers"] = Small(s_official) with { Scenes = 1, Rays = 1, GivenNoise = false },
        ["official, white, no fine samples"] = Small(s_official with { WhiteBackground = true, FineSampling = FineSampling.None }),
        ["official, around the surface"] = Small(s_official with { FineSampling = FineSampling.SurfaceGuided, FineSamples = 1 }),
        ["official, fixed range, no kernel"] = Small(s_official with { Near = 4.2, Far = 5.7, Kernel = null }),
        ["official, odd channels, other hidden size"] = Small(s_official) with { Channels = 5, Hidden = 37 },
        ["paper, directions"] = Small(s_paper) with { Directions = true, Channels = 7 },
        ["paper, fine samples"] = Small(s_importance),
        ["paper, fine samples, drawn numbers"] = Small(s_importance) with { GivenNoise = false },
        ["paper, white, small box"] = Small(s_paper with { WhiteBackground = true, BoxSize = 1.1 }),
        ["paper, one level"] = Small(s_paper with { Levels = 1 }),
        ["paper, coarsest level only"] = Small(s_paper with { Levels = 4, FinestLevel = 3 }),
        ["paper, five levels of three planes"] = Small(s_paper with { Levels = 5, FinestLevel = 0 }) with { Height = 21, Width = 16, Scenes = 1 },
        ["paper, large hidden layer"] = Small(s_paper) with { Hidden = 130, Directions = true },
        ["paper, cascade from stratified samples"] = Small(s_paper with { CoarseSampling = CoarseSampling.Stratified, Axes = PlaneAxes.Official }),
    };

    public static TheoryData<string> Devices => [.. FusedDevices.Names];

    public static TheoryData<string, string> TwoCasesAndDevices
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string device in FusedDevices.Names)
            {
                data.Add("official", device);
                data.Add("paper, directions", device);
            }

            return data;
        }
    }

    /// <summary>Cases on every device, in both variants of the scatter and with one or several chunks of rays.</summary>
    public static TheoryData<string, string, bool, int> CasesAndDevices
    {
        get
        {
            var data = new TheoryData<string, string, bool, int>();
            foreach (string device in FusedDevices.Names)
            {
                foreach ((int i, string name) in s_cases.Keys.Index())
                {
                    data.Add(name, device, i % 3 == 1, i % 2 == 0 ? 0 : 3);
                }
            }

            return data;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(CasesAndDevices))]
    public void Equals_the_composition_of_small_operations(string name, string device, bool atomics, int raysPerChunk)
    {
        FusedCase test = s_cases[name];
        double[][] expected, processor;
        using (var reference = new TestDevice())
        {
            expected = test.Run(reference, DType.Float64, ComposedRenderer.Render);
            processor = test.Run(reference, DType.Float32, TriplaneRenderer.Render);
        }

        double[][] actual = Run(test, device, atomics, raysPerChunk);
        for (int i = 0; i < expected.Length; i++)
        {
            RequireClose(expected[i], actual[i], FusedCase.Names[i], i < FusedCase.Outputs ? 5e-5 : 5e-4);
            RequireClose(processor[i], actual[i], FusedCase.Names[i], i < FusedCase.Outputs ? 5e-5 : 5e-4);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(TwoCasesAndDevices))]
    public void Runs_have_the_same_bits_and_chunks_change_no_picture(string name, string device)
    {
        FusedCase test = s_cases[name];
        double[][] first = Run(test, device), again = Run(test, device), chunks = Run(test, device, raysPerChunk: 2);
        for (int i = 0; i < first.Length; i++)
        {
            Assert.Equal(first[i], again[i]);
            if (i < FusedCase.Outputs)
            {
                Assert.Equal(first[i], chunks[i]);
            }
            else
            {
                RequireClose(first[i], chunks[i], FusedCase.Names[i], 2e-6);
            }
        }
    }

    [Theory]
    [InlineData("renderer_depth_guided")]
    [InlineData("renderer_depth_pdf")]
    [InlineData("renderer_plain")]
    [InlineData("renderer_single_level")]
    [InlineData("renderer_white_fixed_range")]
    [InlineData("paper_levels3")]
    [InlineData("paper_directions")]
    public void Meets_the_reference_vectors(string file)
    {
        // By the emulator, which is everywhere; other devices run all files of the folder.
        using TestDevice device = FusedDevices.Create(TestDevice.Emulator);
        VerificationReport report = VectorVerification.Run(
            device, Vectors.PathOf($"render/{file}.safetensors"), new() { Paths = [VerificationPath.Fused] });
        FileVerification result = Assert.Single(report.Files);
        Assert.Contains(result.Checks, check => check.Path == VerificationPath.Fused);
        Assert.True(result.Ok, string.Join("; ", result.Failures.Select(check => check.Result)));
    }

    [SkippableTheory]
    [MemberData(nameof(Devices))]
    public void Many_points_are_sorted_in_several_blocks_and_passes(string device)
    {
        // 1140 points on maps of 66 x 66 cells: two blocks of keys, three digits.
        RenderSettings settings = s_paper with { CoarseSamples = 6, Levels = 1, Axes = PlaneAxes.Official };
        FusedCase test = Small(settings) with { Scenes = 1, Rays = 190, Height = 64, Width = 64, Channels = 1 };
        double[][] expected;
        using (var reference = new TestDevice())
        {
            expected = test.Run(reference, DType.Float64, ComposedRenderer.Render);
        }

        double[][] actual = Run(test, device), again = Run(test, device);
        for (int i = 0; i < expected.Length; i++)
        {
            RequireClose(expected[i], actual[i], FusedCase.Names[i], i < FusedCase.Outputs ? 5e-5 : 5e-4);
            Assert.Equal(actual[i], again[i]);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Devices))]
    public void Memory_does_not_grow_with_the_points(string name)
    {
        long Peak(int rays)
        {
            using TestDevice device = FusedDevices.Create(name, raysPerChunk: 4);
            (Small(s_paper) with { Scenes = 1, Rays = rays, GivenNoise = false }).Run(device, DType.Float32, TriplaneRenderer.Render);
            return device.Accelerator.Memory.PeakBytes;
        }

        // Weights, distances and their cotangents are kept: a few numbers of each point, not one for each hidden unit.
        long pointsTimesUnits = (40L - 8) * s_paper.CoarseSamples * 64 * sizeof(float);
        Assert.InRange(Peak(40) - Peak(8), 0, pointsTimesUnits / 3);
    }

    [Fact]
    public void Too_little_memory_is_an_error_that_leaves_nothing_behind()
    {
        static void Run(TestDevice device)
        {
            device.Accelerator.State<FusedDeviceSettings>().OnProcessor = true;
            using var problem = new FusedDeviceProblem(device, rays: 3);
            FusedRenderer.Backward(device, problem.Problem, new() { Distances = problem.Distances }, problem.Gradients);
        }

        long needed;
        using (var device = new TestDevice())
        {
            Run(device);
            needed = device.Accelerator.Memory.PeakBytes;
        }

        // The test device fails the test if anything is left.
        using var small = new TestDevice(new() { MemoryLimit = needed - 1 });
        Assert.Throws<OutOfDeviceMemoryException>(() => Run(small));
    }

    [SkippableTheory]
    [MemberData(nameof(Devices))]
    public void Cancelling_stops_between_chunks(string name)
    {
        using TestDevice device = FusedDevices.Create(name);
        using var problem = new FusedDeviceProblem(device, rays: 3);
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => FusedRenderer.Forward(device, problem.Problem, default, source.Token));
        Assert.Throws<OperationCanceledException>(
            () => FusedRenderer.Backward(device, problem.Problem, new() { Distances = problem.Distances }, problem.Gradients, source.Token));
    }

    [Fact]
    public void Views_of_wrong_lengths_are_refused_with_what_is_needed()
    {
        using var device = new TestDevice();
        using var problem = new FusedDeviceProblem(device, rays: 3);
        ArrayView<float> two = problem.Distances.SubView(0, 2);
        void Refuses(string message, Action call) => Assert.Contains(message, Assert.Throws<ArgumentException>(call).Message, StringComparison.Ordinal);
        Refuses("Color must have 9 elements; got 2", () => FusedRenderer.Forward(device, problem.Problem, new() { Color = two }));
        Refuses("Distances must have 12 elements; got 0", () => FusedRenderer.Backward(device, problem.Problem, default, problem.Gradients));
        Refuses("Bias2 must have 4 elements; got 2", () => FusedRenderer.Backward(
            device, problem.Problem, new() { Distances = problem.Distances }, problem.Gradients with { Bias2 = two }));
        using var other = new FusedDeviceProblem(device, rays: 3, origins: 8);
        Refuses("Origins must have 9 elements; got 8", () => FusedRenderer.Forward(device, other.Problem, default));
    }

    [SkippableTheory]
    [MemberData(nameof(Devices))]
    public void Hostile_numbers_do_not_leave_the_planes(string name)
    {
        using TestDevice device = FusedDevices.Create(name);
        foreach (float value in new[] { float.NaN, float.PositiveInfinity, 3e38f, -3e38f, 1e-42f })
        {
            using var scope = TensorScope.Begin(device);
            Tensor planes = Tensor.Full(device, [1, 3, 8, 8, 4], value);
            Tensor rays = Tensor.FromArray(device, new[] { value, 0, -value, float.NaN, 1, value }, [1, 2, 3]);
            planes.RequiresGrad = true;
            TriplaneDecoder decoder = TriplaneDecoder.Create(device, 4);
            using RenderResult result = TriplaneRenderer.Render(planes, decoder, new RayBatch(rays, rays), s_official);
            result.Color.Sum().Backward();
            Assert.Equal(6, result.Color.Length);
        }
    }

    private static FusedCase Small(RenderSettings settings) => new(settings) { Rays = 5, Height = 8, Width = 8, Channels = 4, Hidden = 16 };

    private static double[][] Run(FusedCase test, string name, bool atomics = false, int raysPerChunk = 0)
    {
        using TestDevice device = FusedDevices.Create(name, atomics, raysPerChunk);
        return test.Run(device, DType.Float32, TriplaneRenderer.Render);
    }

    private static void RequireClose(double[] expected, double[] actual, string name, double relative)
    {
        double tolerance = relative * Math.Max(expected.Max(Math.Abs), 1e-3);
        for (int k = 0; k < expected.Length; k++)
        {
            double error = Math.Abs(expected[k] - actual[k]);
            Assert.True(error <= tolerance, $"{name}[{k}]: {actual[k]} instead of {expected[k]}, error {error:g3}, tolerance {tolerance:g3}");
        }
    }
}
