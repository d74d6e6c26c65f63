using G3DR.Kernels.Catalogue;
using G3DR.Tests.Support;

namespace G3DR.Tests.Kernels;

/// <summary>Every variant of every kernel on every instruction set, against the reference in double precision.</summary>
public class KernelParityTests
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (KernelWorkload workload in KernelCatalogue.All)
            {
                foreach (string configuration in TestDevice.ConfigurationNames)
                {
                    // Some operations are plain kernels only.
                    if (workload.Variants.Any(variant => variant.Name == VariantOf(configuration)))
                    {
                        data.Add(workload.Op, configuration);
                    }
                }
            }

            return data;
        }
    }

    [Fact]
    public void Names_are_unique() =>
        Assert.Equal(KernelCatalogue.All.Count, KernelCatalogue.All.Select(workload => workload.Op).Distinct().Count());

    [Theory]
    [MemberData(nameof(Cases))]
    public void Agrees_with_the_reference(string op, string configuration)
    {
        KernelWorkload workload = KernelCatalogue.All.Single(candidate => candidate.Op == op);
        KernelVariant variant = workload.Variants.Single(candidate => candidate.Name == VariantOf(configuration));
        using var device = TestDevice.Create(configuration);
        Assert.True(variant.IsSupported(device));
        foreach (WorkloadSize size in workload.TestSizes)
        {
            using KernelCase prepared = workload.Prepare(device, size, seed: 7);
            variant.Run(prepared);
            IReadOnlyList<double[]> expected = workload.Reference(prepared);
            for (int output = 0; output < prepared.OutputCount; output++)
            {
                AssertClose(expected[output], prepared.ReadOutput(output), workload.Tolerance(size), $"{op} {size}, output {output}");
            }
        }
    }

    private static string VariantOf(string configuration) => configuration == "plain" ? "plain" : "simd";

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
