using G3DR.Compute;
using G3DR.Compute.OpenCl;

namespace G3DR.Core.Diagnostics;

/// <summary>What there is of OpenCL on this machine. Making a report never fails: what goes wrong is in it.</summary>
/// <param name="Devices">All devices, also those that cannot be used.</param>
/// <param name="Reason">Why there is no device, and what to do; null if there is one.</param>
/// <param name="ProgramCache">Where built programs are kept; null where the system names no folder for a user's data.</param>
public sealed record OpenClReport(IReadOnlyList<OpenClDevice> Devices, string? Reason, ProgramCacheUse? ProgramCache)
{
    /// <summary>Asks the loader and the drivers.</summary>
    public static OpenClReport Inspect()
    {
        ProgramCacheUse? cache = ProgramCacheUse.OfUser();
        try
        {
            return new(OpenClDevices.List(out string? reason), reason, cache);
        }
        catch (Exception error)
        {
            // Drivers are foreign code; whatever one of them does, this is the place to say so.
            return new([], $"the OpenCL drivers cannot be asked: {error.Message.ReplaceLineEndings(" ")}", cache);
        }
    }
}

/// <summary>The measured peak of a device, or why it cannot be measured.</summary>
/// <param name="Device">Name of the device.</param>
/// <param name="Peak">What was measured.</param>
/// <param name="Problem">Why nothing was measured; null while all is well.</param>
/// <param name="CacheProblem">Why built programs cannot be kept, so that each process builds them again; null while all is well.</param>
public sealed record DevicePeakReport(string Device, MachinePeak? Peak, string? Problem, string? CacheProblem)
{
    /// <summary>Opens a device and measures it.</summary>
    /// <param name="name">Name that messages show where the device cannot be opened.</param>
    /// <param name="open">Opens the device, with times recorded.</param>
    /// <param name="cancel">Stops between runs.</param>
    /// <exception cref="ArgumentException">There is no such device.</exception>
    public static DevicePeakReport Measure(string name, Func<Accelerator> open, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(open);
        try
        {
            using Accelerator device = open();
            var peak = MachinePeak.Measure(device, cancel);
            return new(device.Name, peak, Problem: null, (device as OpenClAccelerator)?.CacheProblem);
        }
        catch (Exception error) when (error is not ArgumentException and not OperationCanceledException)
        {
            return new(name, Peak: null, error.Message.ReplaceLineEndings(" "), CacheProblem: null);
        }
    }
}
