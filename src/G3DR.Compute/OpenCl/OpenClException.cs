namespace G3DR.Compute.OpenCl;

/// <summary>A call to the OpenCL driver failed. The message says which call on which device, and what to do.</summary>
public sealed class OpenClException : Exception
{
    internal OpenClException(string message, int code, string? buildLog = null)
        : base(message)
    {
        Code = code;
        BuildLog = buildLog;
    }

    /// <summary>The driver's error code; negative.</summary>
    public int Code { get; }

    /// <summary>Name of <see cref="Code"/> in the OpenCL headers, for example <c>CL_OUT_OF_RESOURCES</c>.</summary>
    public string CodeName => OpenClErrorCode.NameOf(Code);

    /// <summary>What the driver's compiler wrote, where a kernel could not be built.</summary>
    public string? BuildLog { get; }

    /// <summary>Throws if a call failed.</summary>
    /// <param name="code">What the call returned.</param>
    /// <param name="call">Name of the function.</param>
    /// <param name="device">Device or platform it was called for.</param>
    internal static void ThrowIfFailed(int code, string call, string device)
    {
        if (code != OpenClErrorCode.Success)
        {
            throw Create(code, call, device);
        }
    }

    internal static OpenClException Create(int code, string call, string device) =>
        new($"{call} on {device} failed with {OpenClErrorCode.NameOf(code)} ({code}): {OpenClErrorCode.AdviceFor(code)}.", code);
}
