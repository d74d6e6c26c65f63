using System.IO.Enumeration;
using G3DR.Compute;
using G3DR.Kernels.Catalogue;

namespace G3DR.Core.Diagnostics;

/// <summary>Times kernels on a device in some seconds: a first look at it. The benchmarks of the repository time all of them, and more carefully.</summary>
public static class KernelTable
{
    private const double SecondsPerKernel = 0.2;
    private const int FewestSamples = 3;

    private static readonly string[] s_ops =
        ["add", "exp", "softplus", "gelu backward", "sum", "softmax", "matmul NN", "adam", "pyramid", "render", "render backward"];

    /// <summary>Names of the workloads in the short table, in order.</summary>
    public static IReadOnlyList<string> Ops => s_ops;

    /// <summary>The short table: checks, then times the fastest variant of each of <see cref="Ops"/> at its first size.</summary>
    /// <param name="device">Processor with threads and vector width, or an OpenCL device that records times.</param>
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

    /// <summary>Checks, then times all variants of some workloads that the device supports, at all sizes for benchmarks.</summary>
    /// <inheritdoc cref="Measure(Accelerator, MachinePeak, CancellationToken)"/>
    /// <param name="device">Processor with threads and vector width, or an OpenCL device that records times.</param>
    /// <param name="peak">Its measured peak.</param>
    /// <param name="workloads">What to time; see <see cref="Find"/>.</param>
    /// <param name="cancel">Stops between runs.</param>
    public static IEnumerable<KernelTableRow> Measure(
        Accelerator device, MachinePeak peak, IEnumerable<KernelWorkload> workloads, CancellationToken cancel = default) =>
        from workload in workloads
        from size in workload.BenchSizes
        from variant in workload.Variants
        where variant.IsSupported(device)
        select Time(device, workload, variant, size, peak, cancel);

    /// <summary>The workloads of <see cref="BenchmarkCatalogue"/> whose name matches a pattern.</summary>
    /// <param name="pattern">Name, in which * stands for any text and ? for any character; upper and lower case are the same.</param>
    /// <exception cref="ArgumentException">None matches.</exception>
    public static IReadOnlyList<KernelWorkload> Find(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        KernelWorkload[] found = [.. BenchmarkCatalogue.All.Where(workload => FileSystemName.MatchesSimpleExpression(pattern, workload.Op))];
        return found.Length > 0
            ? found
            : throw new ArgumentException($"There is no kernel '{pattern}'; there are {string.Join(", ", BenchmarkCatalogue.All.Select(workload => workload.Op))}.");
    }

    private static KernelTableRow Time(
        Accelerator device, KernelWorkload workload, KernelVariant variant, WorkloadSize size, MachinePeak peak, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        KernelAccuracy.Check(workload, variant, device, workload.TestSizes[^1]);
        using KernelCase prepared = workload.Prepare(device, size, seed: 1);
        variant.Run(prepared);
        double seconds = WorkTiming.Median(device, () => variant.Run(prepared), SecondsPerKernel, FewestSamples, cancel);
        return new(workload.Op, size.ToString(), variant.Name, seconds, KernelRate.Of(workload, size, seconds, peak));
    }
}

/// <summary>One row of <see cref="KernelTable"/>.</summary>
/// <param name="Op">Workload.</param>
/// <param name="Size">Its size.</param>
/// <param name="Variant">How it was computed.</param>
/// <param name="Seconds">Median time of a run, by the clock of the device.</param>
/// <param name="Rate">What that amounts to.</param>
public sealed record KernelTableRow(string Op, string Size, string Variant, double Seconds, KernelRate Rate);
