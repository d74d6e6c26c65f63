using System.Diagnostics;
using G3DR.Compute;
using G3DR.Kernels.Catalogue;

namespace G3DR.Core.Diagnostics;

/// <summary>Times a handful of kernels in some seconds: a first look at a machine. The benchmarks of the repository time all of them, and more carefully.</summary>
public static class KernelTable
{
    private const double SecondsPerKernel = 0.2;
    private const int FewestRuns = 3;

    private static readonly string[] s_ops =
        ["add", "exp", "softplus", "gelu backward", "sum", "softmax", "matmul NN", "adam", "pyramid", "render", "render backward"];

    /// <summary>Names of the workloads in the table, in order.</summary>
    public static IReadOnlyList<string> Ops => s_ops;

    /// <summary>Checks, then times the fastest variant of each workload at its first size.</summary>
    /// <param name="device">Device.</param>
    /// <param name="peak">Its measured peak.</param>
    /// <param name="cancel">Stops between runs.</param>
    /// <returns>Rows as they are measured.</returns>
    /// <exception cref="KernelAccuracyException">A kernel gives wrong results.</exception>
    public static IEnumerable<KernelTableRow> Measure(Accelerator device, MachinePeak peak, CancellationToken cancel = default)
    {
        foreach (string op in s_ops)
        {
            KernelWorkload workload = BenchmarkCatalogue.All.Single(candidate => candidate.Op == op);

            // Variants stand in the catalogue from plain to fast.
            KernelVariant variant = workload.Variants.Last(candidate => candidate.IsSupported(device));
            yield return Time(device, workload, variant, workload.BenchSizes[0], peak, cancel);
        }
    }

    private static KernelTableRow Time(
        Accelerator device, KernelWorkload workload, KernelVariant variant, WorkloadSize size, MachinePeak peak, CancellationToken cancel)
    {
        KernelAccuracy.Check(workload, variant, device, workload.TestSizes[^1]);
        using KernelCase prepared = workload.Prepare(device, size, seed: 1);
        variant.Run(prepared);
        device.Synchronize();
        var seconds = new List<double>();
        while (seconds.Count < FewestRuns || seconds.Sum() < SecondsPerKernel)
        {
            cancel.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            variant.Run(prepared);
            device.Synchronize();
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        double median = seconds.Order().ElementAt(seconds.Count / 2);
        return new(workload.Op, size.ToString(), variant.Name, median, KernelRate.Of(workload, size, median, peak));
    }
}

/// <summary>One row of <see cref="KernelTable"/>.</summary>
/// <param name="Op">Workload.</param>
/// <param name="Size">Its size.</param>
/// <param name="Variant">How it was computed.</param>
/// <param name="Seconds">Median time of a run.</param>
/// <param name="Rate">What that amounts to.</param>
public sealed record KernelTableRow(string Op, string Size, string Variant, double Seconds, KernelRate Rate);
