namespace G3DR.Compute.OpenCl;

/// <summary>The OpenCL devices of this machine.</summary>
public static class OpenClDevices
{
    /// <summary>Lists all devices of all platforms. A machine without OpenCL has none; that is not an error.</summary>
    /// <param name="reason">Why there is no device and what to do about it; null if there is one.</param>
    public static IReadOnlyList<OpenClDevice> List(out string? reason) => List(null, out reason);

    /// <inheritdoc cref="List(out string?)"/>
    /// <param name="loaderPath">File to load instead of the system's loader.</param>
    /// <param name="reason">Why there is no device and what to do about it; null if there is one.</param>
    internal static IReadOnlyList<OpenClDevice> List(string? loaderPath, out string? reason) =>
        OpenClLibrary.TryLoad(loaderPath, out reason) is { } library
            ? [.. OpenClDeviceScan.Scan(library, out reason).Select(found => found.Info)]
            : [];
}
