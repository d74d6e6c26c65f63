using System.Text.Json;
using G3DR.Compute.Memory;
using G3DR.Compute.OpenCl;
using G3DR.Core.Diagnostics;
using G3DR.Core.Weights;

namespace G3DR.Cli;

/// <summary>What the command returns to the shell, and how errors are told.</summary>
internal static class ExitCodes
{
    public const int Success = 0, Failure = 1, WrongArguments = 2;

    /// <summary>The exit code of an error that a user can do something about; none for a defect, which keeps its stack trace.</summary>
    public static int? For(Exception exception) => exception switch
    {
        ArgumentException => WrongArguments,
        OperationCanceledException or IOException or UnauthorizedAccessException or FormatException or JsonException
            or OutOfDeviceMemoryException or NotSupportedException or OpenClException or DeviceLostException or KernelAccuracyException or WeightLoadException => Failure,
        AggregateException { InnerExceptions.Count: 1 } => For(exception.InnerException!),
        _ => null,
    };

    /// <summary>One line for people.</summary>
    public static string Describe(Exception exception) => exception switch
    {
        OperationCanceledException => "Stopped.",
        AggregateException { InnerExceptions.Count: 1 } => Describe(exception.InnerException!),
        ArgumentException { ParamName: string name } argument =>
            argument.Message.Replace($" (Parameter '{name}')", string.Empty, StringComparison.Ordinal).ReplaceLineEndings(" "),
        _ => exception.Message.ReplaceLineEndings(" "),
    };
}
