using G3DR.Compute;

namespace G3DR.Core.Diagnostics;

/// <summary>Times work by the device's own clock; on the processor by the system's.</summary>
internal static class WorkTiming
{
    // A sample this long is far above the resolution of every clock and hides the time that work takes to start.
    private const double SecondsPerSample = 1e-3;
    private const int MostRunsPerSample = 1024, MostSamples = 1000;

    /// <summary>Seconds that the device takes for some work; waits once, at its end.</summary>
    /// <exception cref="NotSupportedException">The driver records no times.</exception>
    public static double Measure(Accelerator device, Action work)
    {
        double seconds = device.Measure(work).TotalSeconds;
        return seconds > 0 ? seconds : throw new NotSupportedException($"The driver of {device.Name} says that work took no time; its clock cannot be used.");
    }

    /// <summary>Median time of a run. Short runs are timed several at a time, one after the other without waiting between them.</summary>
    /// <param name="device">Device that does the work.</param>
    /// <param name="run">Work; it was done before, so that everything is built and in memory.</param>
    /// <param name="seconds">Time to spend on samples.</param>
    /// <param name="fewestSamples">Samples to take at least.</param>
    /// <param name="cancel">Stops between samples.</param>
    public static double Median(Accelerator device, Action run, double seconds, int fewestSamples, CancellationToken cancel)
    {
        int runs = 1;
        void Sample()
        {
            for (int i = 0; i < runs; i++)
            {
                run();
            }
        }

        while (runs < MostRunsPerSample && device.Measure(Sample).TotalSeconds < SecondsPerSample)
        {
            cancel.ThrowIfCancellationRequested();
            runs *= 2;
        }

        var samples = new List<double>();
        while (samples.Count < fewestSamples || (samples.Sum() < seconds && samples.Count < MostSamples))
        {
            cancel.ThrowIfCancellationRequested();
            samples.Add(Measure(device, Sample));
        }

        return samples.Order().ElementAt(samples.Count / 2) / runs;
    }
}
