using G3DR.Kernels.Catalogue;

namespace G3DR.Core.Diagnostics;

/// <summary>How fast one run was, and how near to what the device reaches at best (roofline: Williams, Waterman, Patterson, CACM 2009).</summary>
/// <param name="GigaflopsPerSecond">Operations of the definition of the workload per second.</param>
/// <param name="GigabytesPerSecond">Bytes that a run must at least read and write, per second.</param>
/// <param name="PeakShare">The larger share of the two measured peaks. Data that fits into caches can exceed 1.</param>
/// <param name="LimitedByMemory">Whether that share is the memory's.</param>
public readonly record struct KernelRate(double GigaflopsPerSecond, double GigabytesPerSecond, double PeakShare, bool LimitedByMemory)
{
    /// <summary>The rate of a run.</summary>
    /// <param name="flops">Operations of a run.</param>
    /// <param name="bytes">Bytes of a run.</param>
    /// <param name="seconds">Time of a run.</param>
    /// <param name="peak">Measured peak of the device; on the processor for the same threads and vector width.</param>
    public static KernelRate Of(double flops, double bytes, double seconds, MachinePeak peak)
    {
        double arithmetic = flops / seconds / 1e9, memory = bytes / seconds / 1e9;
        double arithmeticShare = arithmetic / peak.GigaflopsPerSecond, memoryShare = memory / peak.GigabytesPerSecond;
        return new(arithmetic, memory, Math.Max(arithmeticShare, memoryShare), memoryShare > arithmeticShare);
    }

    /// <summary>The rate of a run of a workload.</summary>
    /// <inheritdoc cref="Of(double, double, double, MachinePeak)"/>
    /// <param name="workload">Workload.</param>
    /// <param name="size">Size of the run.</param>
    /// <param name="seconds">Time of a run.</param>
    /// <param name="peak">Measured peak of the device; on the processor for the same threads and vector width.</param>
    public static KernelRate Of(KernelWorkload workload, WorkloadSize size, double seconds, MachinePeak peak) =>
        Of(workload.Flops(size), workload.Bytes(size), seconds, peak);
}
