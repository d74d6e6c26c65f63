using G3DR.Compute;

namespace G3DR.Core.Diagnostics;

/// <summary>Times of some runs of the same work.</summary>
/// <param name="Seconds">Time of each run, in order, by the clock of the device: from the start of its first to the end of its last piece of work.</param>
/// <param name="PeakRssMiB">Most resident memory that the process ever had, right after the last run, in MiB.</param>
public sealed record BenchmarkTiming(IReadOnlyList<double> Seconds, long PeakRssMiB)
{
    /// <summary>Most memory of the device ever taken, in MiB; null for the processor, whose memory is the process's.</summary>
    public long? PeakDeviceMiB { get; init; }

    /// <summary>The middle time; of an even number the mean of both middle ones.</summary>
    public double Median
    {
        get
        {
            double[] sorted = [.. Seconds.Order()];
            return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        }
    }

    /// <summary>One run that does not count, the runs that do, then the check of the results.</summary>
    /// <param name="benchmark">Work.</param>
    /// <param name="repeat">Runs that count, at least 1.</param>
    /// <param name="progress">Is told the number of finished runs that count.</param>
    /// <param name="cancel">Stops between runs.</param>
    /// <exception cref="InvalidOperationException">The device was opened without <see cref="AcceleratorOptions.Profiling"/>.</exception>
    /// <exception cref="KernelAccuracyException">The results are wrong.</exception>
    public static BenchmarkTiming Measure(IBenchmark benchmark, int repeat, IProgress<int>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(benchmark);
        ArgumentOutOfRangeException.ThrowIfLessThan(repeat, 1);
        benchmark.Run();
        double[] seconds = new double[repeat];
        for (int run = 0; run < repeat; run++)
        {
            cancel.ThrowIfCancellationRequested();
            seconds[run] = benchmark.Device.Measure(benchmark.Run).TotalSeconds;
            progress?.Report(run + 1);
        }

        const int mebibyte = 1024 * 1024;
        var timing = new BenchmarkTiming(seconds, ProcessMemory.PeakBytes / mebibyte)
        {
            PeakDeviceMiB = benchmark.Device is CpuAccelerator ? null : benchmark.Device.Memory.PeakBytes / mebibyte,
        };
        benchmark.Check();
        return timing;
    }
}
