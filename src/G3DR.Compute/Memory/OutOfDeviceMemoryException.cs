namespace G3DR.Compute.Memory;

/// <summary>A device has no room for what was asked; nothing was allocated.</summary>
public sealed class OutOfDeviceMemoryException : Exception
{
    /// <summary>Names what was asked and what there is.</summary>
    /// <param name="requestedBytes">Size asked for.</param>
    /// <param name="availableBytes">Size that was free under the limit.</param>
    /// <param name="limitBytes">The limit.</param>
    /// <param name="inner">What the system reported, if it was the system that refused.</param>
    public OutOfDeviceMemoryException(long requestedBytes, long availableBytes, long limitBytes, Exception? inner = null)
        : base(Describe(requestedBytes, availableBytes, limitBytes, inner), inner)
    {
        RequestedBytes = requestedBytes;
        AvailableBytes = availableBytes;
    }

    private OutOfDeviceMemoryException(string message, long requestedBytes, long availableBytes)
        : base(message) => (RequestedBytes, AvailableBytes) = (requestedBytes, availableBytes);

    /// <summary>Bytes asked for.</summary>
    public long RequestedBytes { get; }

    /// <summary>Bytes that were free.</summary>
    public long AvailableBytes { get; }

    /// <summary>The device may have room, but not in one piece.</summary>
    internal static OutOfDeviceMemoryException TooLargeForOneBlock(long requestedBytes, long largestBytes) => new(
        $"Not enough memory: {requestedBytes / 1048576.0:F1} MiB asked for, the device gives at most {largestBytes / 1048576.0:F1} MiB in one block; "
        + "work in smaller chunks.",
        requestedBytes,
        largestBytes);

    private static string Describe(long requested, long available, long limit, Exception? inner)
    {
        string room = limit == long.MaxValue ? "the system refused it" : $"{available / 1048576.0:F1} MiB of {limit / 1048576.0:F1} MiB are free";
        string cause = inner is null ? "raise the memory limit or work in smaller chunks" : "close other programs or work in smaller chunks";
        return $"Not enough memory: {requested / 1048576.0:F1} MiB asked for, {room}; {cause}.";
    }
}
