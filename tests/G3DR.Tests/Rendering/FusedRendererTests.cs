using G3DR.Compute;
using G3DR.Core.Rendering;
using G3DR.Core.Tensors;
using G3DR.Kernels.Rendering;
using G3DR.Tests.Support;

namespace G3DR.Tests.Rendering;

/// <summary>The fused renderer against the composition of small operations in double precision, over shapes and rules that the vectors do not have.</summary>
public class FusedRendererTests
{
    private static readonly RenderSettings s_official = RenderSettings.Official with { CoarseSamples = 9, FineSamples = 7 };

    private static readonly RenderSettings s_paper = RenderSettings.Paper with { CoarseSamples = 13 };

    public static readonly IReadOnlyDictionary<string, FusedCase> Cases = new Dictionary<string, FusedCase>
    {
        ["official"] = new(s_official),
        ["official, wide planes"] = new(s_official) { Height = 12, Width = 19 },
        ["official, one scene, one ray"] = new(s_official) { Scenes = 1, Rays = 1 },
        ["official, white, no fine samples"] = new(s_official with { WhiteBackground = true, FineSampling = FineSampling.None }),
        ["official, around the surface"] = new(s_official with { FineSampling = FineSampling.SurfaceGuided }),
        ["official, fixed range"] = new(s_official with { Near = 4.2, Far = 5.7 }),
        ["official, odd channels, other hidden size"] = new(s_official) { Channels = 5, Hidden = 37 },
        ["official, many samples"] = new(s_official with { CoarseSamples = 33, FineSamples = 31 }) { Channels = 33 },
        ["paper"] = new(s_paper),
        ["paper, directions"] = new(s_paper) { Directions = true, Channels = 7 },
        ["paper, fine samples"] = new(s_paper with { FineSampling = FineSampling.Importance, FineSamples = 8 }),
        ["paper, white"] = new(s_paper with { WhiteBackground = true }),
        ["paper, one level"] = new(s_paper with { Levels = 1 }),
        ["paper, coarsest level only"] = new(s_paper with { Levels = 4, FinestLevel = 3 }),
        ["paper, middle levels"] = new(s_paper with { Levels = 4, FinestLevel = 1 }) { Height = 21, Width = 16 },
        ["paper, large hidden layer"] = new(s_paper) { Hidden = 130 },
        ["official, drawn numbers"] = new(s_official) { GivenNoise = false },
        ["paper, drawn numbers"] = new(s_paper with { FineSampling = FineSampling.Importance, FineSamples = 6 }) { GivenNoise = false },
        ["paper, small box"] = new(s_paper with { BoxSize = 1.1 }),
    };

    public static TheoryData<string, string> CasesAndConfigurations
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string name in Cases.Keys)
            {
                foreach (InstructionSet set in InstructionSets.Supported)
                {
                    data.Add(name, set.ToString());
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(CasesAndConfigurations))]
    public void Equals_the_composition_of_small_operations(string name, string configuration)
    {
        FusedCase test = Cases[name];
        double[][] expected, actual;
        using (var reference = new TestDevice())
        {
            expected = test.Run(reference, DType.Float64, ComposedRenderer.Render);
        }

        using (TestDevice device = TestDevice.Create(configuration))
        {
            actual = test.Run(device, DType.Float32, TriplaneRenderer.Render);
        }

        for (int i = 0; i < expected.Length; i++)
        {
            double largest = expected[i].Max(Math.Abs);
            double tolerance = (i < FusedCase.Outputs ? 5e-5 : 5e-4) * Math.Max(largest, 1e-3);
            for (int k = 0; k < expected[i].Length; k++)
            {
                double error = Math.Abs(expected[i][k] - actual[i][k]);
                Assert.True(error <= tolerance, $"{FusedCase.Names[i]}[{k}]: {actual[i][k]} instead of {expected[i][k]}, error {error:g3}, tolerance {tolerance:g3}");
            }
        }
    }

    [Theory]
    [InlineData("official")]
    [InlineData("paper, directions")]
    public void Threads_do_not_change_a_bit(string name)
    {
        double[][] Run(int threads)
        {
            using var device = new TestDevice(new() { Threads = threads });
            return (Cases[name] with { Rays = 700 }).Run(device, DType.Float32, TriplaneRenderer.Render);
        }

        double[][] one = Run(1), two = Run(2), five = Run(5), six = Run(16);
        for (int i = 0; i < one.Length; i++)
        {
            Assert.Equal(one[i], two[i]);
            Assert.Equal(one[i], five[i]);
            Assert.Equal(one[i], six[i]);
        }
    }

    [Fact]
    public void Parts_of_a_picture_equal_the_whole_bit_for_bit_and_their_gradients_add_up()
    {
        FusedCase whole = new(s_official) { Scenes = 1, Rays = 90, GivenNoise = false };
        using var device = new TestDevice();
        double[][] all = whole.Run(device, DType.Float32, TriplaneRenderer.Render);
        double[][] first = (whole with { FirstRay = 0, Count = 37 }).Run(device, DType.Float32, TriplaneRenderer.Render);
        double[][] second = (whole with { FirstRay = 37, Count = 53 }).Run(device, DType.Float32, TriplaneRenderer.Render);
        for (int i = 0; i < FusedCase.Outputs; i++)
        {
            Assert.Equal(all[i], first[i].Concat(second[i]));
        }

        for (int i = FusedCase.Outputs; i < all.Length; i++)
        {
            double scale = all[i].Max(Math.Abs);
            for (int k = 0; k < all[i].Length; k++)
            {
                Assert.Equal(all[i][k], first[i][k] + second[i][k], 2e-5 * scale);
            }
        }
    }

    [Fact]
    public void The_depth_kernel_leaves_the_picture_untouched_and_a_kernel_of_one_leaves_the_gradients_untouched()
    {
        FusedCase test = Cases["official"];
        using var device = new TestDevice();
        double[][] scaled = test.Run(device, DType.Float32, TriplaneRenderer.Render);
        double[][] none = (test with { Settings = s_official with { Kernel = DepthKernel.None } }).Run(device, DType.Float32, TriplaneRenderer.Render);
        double[][] off = (test with { Settings = s_official with { Kernel = null } }).Run(device, DType.Float32, TriplaneRenderer.Render);
        for (int i = 0; i < scaled.Length; i++)
        {
            Assert.Equal(none[i], off[i]);
            if (i < FusedCase.Outputs)
            {
                Assert.Equal(off[i], scaled[i]);
            }
        }

        Assert.NotEqual(off[FusedCase.Outputs], scaled[FusedCase.Outputs]);
    }

    [Fact]
    public void Memory_of_the_backward_pass_does_not_grow_with_the_points()
    {
        long Peak(int rays, int samples)
        {
            using var device = new TestDevice();
            FusedCase test = new(RenderSettings.Paper with { CoarseSamples = samples }) { Scenes = 1, Rays = rays, Channels = 32, Height = 16, Width = 16, GivenNoise = false };
            test.Run(device, DType.Float32, TriplaneRenderer.Render);
            return device.Accelerator.Memory.PeakBytes;
        }

        long small = Peak(512, 64), large = Peak(4096, 64);
        long pointsTimesChannels = (4096L - 512) * 64 * 32 * sizeof(float);

        // Distances, weights and cotangents of single numbers grow; one tensor of 32 channels alone would take three times that.
        Assert.InRange(large - small, 0, pointsTimesChannels / 3);
    }

    [Fact]
    public void Wrong_inputs_are_refused_with_what_is_needed()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        FusedCase test = Cases["paper"];
        Assert.Contains("ComposedRenderer", Assert.Throws<ArgumentException>(() => test.Run(device, DType.Float64, TriplaneRenderer.Render)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "intermediates",
            Assert.Throws<ArgumentException>(() => (test with { Settings = s_paper with { KeepIntermediates = true } }).Run(device, DType.Float32, TriplaneRenderer.Render)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "levels",
            Assert.Throws<ArgumentException>(() => (test with { Settings = s_paper with { Levels = 9 } }).Run(device, DType.Float32, TriplaneRenderer.Render)).Message,
            StringComparison.Ordinal);
        Tensor falling = Tensor.FromArray(device, new float[] { 4, 5, 4.5f }, [1, 1, 3]);
        Assert.Contains(
            "rise",
            Assert.Throws<ArgumentException>(() => TriplaneRenderer.Render(
                Tensor.Zeros(device, [1, 3, 8, 8, 4]),
                TriplaneDecoder.Create(device, 4),
                new RayBatch(Tensor.Zeros(device, [1, 1, 3]), Tensor.Ones(device, [1, 1, 3])),
                RenderSettings.Paper with { CoarseSampling = CoarseSampling.Given, CoarseSamples = 3 },
                randomness: new() { CoarseDistances = falling })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_numbers_do_not_crash()
    {
        using var device = new TestDevice();
        foreach (float value in new[] { float.NaN, float.PositiveInfinity, 3e38f, -3e38f, 1e-42f })
        {
            using var scope = TensorScope.Begin(device);
            Tensor planes = Tensor.Full(device, [1, 3, 8, 8, 4], value);
            Tensor rays = Tensor.FromArray(device, new[] { value, 0, -value, float.NaN, 1, value }, [1, 2, 3]);
            planes.RequiresGrad = true;
            TriplaneDecoder decoder = TriplaneDecoder.Create(device, 4);
            foreach (RenderSettings settings in (RenderSettings[])[s_official, s_paper])
            {
                using RenderResult result = TriplaneRenderer.Render(planes, decoder, new RayBatch(rays, rays), settings);
                result.Color.Sum().Backward();
                Assert.Equal(6, result.Color.Length);
            }
        }
    }
}
