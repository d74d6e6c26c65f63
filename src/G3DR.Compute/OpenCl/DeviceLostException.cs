namespace G3DR.Compute.OpenCl;

/// <summary>
/// The device or its queue is gone, after an illegal memory access or a reset of the driver. What its memory held is lost, and this
/// accelerator takes no further work: dispose it and make a new one.
/// </summary>
public sealed class DeviceLostException : Exception
{
    internal DeviceLostException(string device, string firstFailure)
        : base($"The device {device} is lost since {firstFailure}. Dispose this accelerator and make a new one; what its memory held is gone.") =>
        FirstFailure = firstFailure;

    /// <summary>The first call that failed, with its error.</summary>
    public string FirstFailure { get; }
}
