using G3DR.Compute;
using G3DR.Core.Diagnostics;
using G3DR.Kernels.Catalogue;
using G3DR.Tests.Support;

namespace G3DR.Tests.Diagnostics;

/// <summary>The workloads of the renderer and its steps, in every variant, on every instruction set.</summary>
public class BenchmarkWorkloadTests
{
    public static TheoryData<string, InstructionSet> Cases
    {
        get
        {
            var data = new TheoryData<string, InstructionSet>();
            foreach (KernelWorkload workload in BenchmarkCatalogue.Rendering)
            {
                foreach (InstructionSet set in InstructionSets.Supported)
                {
                    data.Add(workload.Op, set);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Variants_agree_with_double_precision_and_leak_nothing(string op, InstructionSet instructions)
    {
        KernelWorkload workload = BenchmarkCatalogue.Rendering.Single(candidate => candidate.Op == op);
        foreach (WorkloadSize size in workload.TestSizes)
        {
            foreach (KernelVariant variant in workload.Variants)
            {
                using var device = new TestDevice(new() { Threads = 2, InstructionSet = instructions });
                using KernelCase prepared = workload.Prepare(device, size, seed: 1);
                IReadOnlyList<double[]> expected = workload.Reference(prepared);
                Assert.InRange(KernelAccuracy.Check(workload, variant, prepared, expected), 0, 1);

                // A second run gives the same: what is timed many times was checked once.
                float[][] first = [.. Enumerable.Range(0, prepared.OutputCount).Select(prepared.ReadOutput)];
                variant.Run(prepared);
                for (int output = 0; output < prepared.OutputCount; output++)
                {
                    Assert.Contains(expected[output], value => value != 0);
                    Assert.Equal(first[output], prepared.ReadOutput(output));
                }
            }
        }
    }

    [Fact]
    public void Names_are_unique_and_every_workload_says_what_it_costs()
    {
        IReadOnlyList<KernelWorkload> all = BenchmarkCatalogue.All;
        Assert.Equal(all.Count, all.Select(workload => workload.Op).Distinct().Count());
        foreach (KernelWorkload workload in all)
        {
            Assert.NotEmpty(workload.BenchSizes);

            // Pure copies compute nothing.
            Assert.All(workload.BenchSizes, size => Assert.True(workload.Flops(size) >= 0 && workload.Bytes(size) > 0, $"{workload.Op} {size}"));
        }

        Assert.All(KernelTable.Ops, op => Assert.Contains(all, workload => workload.Op == op));
    }

    [Fact]
    public void A_wrong_result_is_refused_with_its_place()
    {
        KernelWorkload workload = KernelCatalogue.All.Single(candidate => candidate.Op == "add");
        using var device = new TestDevice();
        using KernelCase prepared = workload.Prepare(device, new(17), seed: 1);
        IReadOnlyList<double[]> expected = workload.Reference(prepared);
        expected[0][11] += 1e-3;
        var error = Assert.Throws<KernelAccuracyException>(() => KernelAccuracy.Check(workload, workload.Variants[0], prepared, expected));
        Assert.StartsWith("add 17 (plain), output 0: element 11 is ", error.Message, StringComparison.Ordinal);
        var wrong = new KernelVariant("wrong", _ => true, c => c.Output(0).AsSpan().Fill(float.NaN));
        Assert.Throws<KernelAccuracyException>(() => KernelAccuracy.Check(workload, wrong, prepared, workload.Reference(prepared)));
    }
}
