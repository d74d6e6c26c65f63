using G3DR.Compute;
using G3DR.Kernels.Catalogue;
using G3DR.Tests.Support;

namespace G3DR.Tests.Kernels;

/// <summary>Every variant of every kernel on every device and instruction set that runs it, against the reference in double precision.</summary>
public class KernelParityTests
{
    public static TheoryData<string, string, string> Cases
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (KernelWorkload workload in KernelCatalogue.All)
            {
                foreach (KernelVariant variant in workload.Variants)
                {
                    foreach (string configuration in ConfigurationsOf(variant))
                    {
                        data.Add(workload.Op, variant.Name, configuration);
                    }
                }
            }

            return data;
        }
    }

    [Fact]
    public void Names_are_unique()
    {
        Assert.Equal(KernelCatalogue.All.Count, KernelCatalogue.All.Select(workload => workload.Op).Distinct().Count());
        foreach (KernelWorkload workload in KernelCatalogue.All)
        {
            Assert.Equal(workload.Variants.Count, workload.Variants.Select(variant => variant.Name).Distinct().Count());
        }
    }

    [Fact]
    public void The_processor_is_never_offered_its_emulator()
    {
        using var device = new TestDevice();
        KernelVariant[] variants = [.. KernelCatalogue.All.SelectMany(workload => workload.Variants)];
        Assert.Contains(variants, variant => variant.NeedsGroups);
        Assert.All(variants, variant => Assert.Equal(!variant.NeedsGroups, variant.IsSupported(device)));
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Agrees_with_the_reference(string op, string name, string configuration)
    {
        KernelWorkload workload = KernelCatalogue.All.Single(candidate => candidate.Op == op);
        KernelVariant variant = workload.Variants.Single(candidate => candidate.Name == name);
        bool emulated = configuration == TestDevice.Emulator;
        using var device = TestDevice.Create(configuration);
        Assert.True(emulated || variant.IsSupported(device));
        foreach (WorkloadSize size in emulated ? workload.EmulatorSizes : workload.TestSizes)
        {
            using KernelCase prepared = workload.Prepare(device, size, seed: 7);
            variant.Run(prepared);
            IReadOnlyList<double[]> expected = workload.Reference(prepared);
            for (int output = 0; output < prepared.OutputCount; output++)
            {
                AssertClose(expected[output], prepared.ReadOutput(output), variant.ErrorFactor * workload.Tolerance(size), $"{op} {size}, output {output}");
            }

            if (variant.Name == "plain" && configuration != "plain" && device.RoundsCorrectly && !UsesTheRuntime(op))
            {
                AssertBitsOfTheProcessor(workload, variant, prepared);
            }
        }
    }

    private static IEnumerable<string> ConfigurationsOf(KernelVariant variant) => variant switch
    {
        { NeedsGroups: true } => [TestDevice.Emulator, .. TestDevice.OtherDevices],
        { UsesVectors: true } => InstructionSets.Supported.Select(set => set.ToString()),
        _ => ["plain", .. TestDevice.OtherDevices],
    };

    // Generic kernels take T.Exp, on the processor the runtime's.
    private static bool UsesTheRuntime(string op) => op.StartsWith("ray weights from thickness", StringComparison.Ordinal)
        || op.Contains("attention", StringComparison.Ordinal);

    // Plain kernels do the same operations in the same order everywhere, functions such as exp included.
    private static void AssertBitsOfTheProcessor(KernelWorkload workload, KernelVariant plain, KernelCase actual)
    {
        using var processor = TestDevice.Create("plain");
        using KernelCase expected = workload.Prepare(processor, actual.Size, seed: 7);
        plain.Run(expected);
        for (int output = 0; output < actual.OutputCount; output++)
        {
            float[] here = expected.ReadOutput(output), there = actual.ReadOutput(output);
            int differing = Enumerable.Range(0, here.Length).Count(i => BitConverter.SingleToInt32Bits(here[i]) != BitConverter.SingleToInt32Bits(there[i]));
            Assert.True(differing == 0, $"{workload.Op} {actual.Size}, output {output}: {differing} of {here.Length} elements have other bits than on the processor.");
        }
    }

    private static void AssertClose(double[] expected, float[] actual, double tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            // Half a unit in the last place is the rounding of the reference itself.
            double allowed = (tolerance * Math.Max(1, Math.Abs(expected[i]))) + (Math.Abs(expected[i]) * 6e-8);
            bool close = Math.Abs(actual[i] - expected[i]) <= allowed;
            Assert.True(close, $"{what}: element {i} is {actual[i]:G9}, expected {expected[i]:G9} within {allowed:G3}.");
        }
    }
}
