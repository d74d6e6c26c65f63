using System.Runtime.InteropServices;
using System.Text;
using G3DR.Compute;
using G3DR.Compute.OpenCl;
using G3DR.Core.Diagnostics;
using static System.FormattableString;

namespace G3DR.Cli.Commands;

/// <summary>What g3dr doctor found, as text and as JSON.</summary>
/// <param name="Threads">Threads of the processor that would be used.</param>
/// <param name="InstructionSet">Vector width of the processor that would be used.</param>
/// <param name="Measured">The chosen device.</param>
/// <param name="OpenCl">The OpenCL devices.</param>
/// <param name="Ffmpeg">Where that program is.</param>
internal sealed record DoctorReport(int Threads, InstructionSet InstructionSet, DevicePeakReport Measured, OpenClReport OpenCl, string? Ffmpeg)
{
    private const double Gibibyte = 1 << 30, Mebibyte = 1 << 20;

    /// <summary>One line for each finding.</summary>
    public string ForPeople()
    {
        var text = new StringBuilder();
        Line("system", $"{RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.ProcessArchitecture}, .NET {Environment.Version}");
        Line("processor", $"{ProcessorName()}, {Environment.ProcessorCount} threads; in use: {Threads}");
        Line("instructions", $"{string.Join(", ", InstructionSets.Supported)}; in use: {InstructionSet}");
        Line("memory", Invariant($"{ProcessMemory.TotalBytes / Gibibyte:F1} GiB"));
        foreach (OpenClDevice device in OpenCl.Devices)
        {
            Line(device.Name, $"{device.DeviceName} ({TypeName(device)}, {device.Vendor}), {device.ComputeUnits} compute units");
            Line(string.Empty, $"{device.PlatformName}, OpenCL {device.OpenClVersion}, driver {device.DriverVersion}");
            Line(string.Empty, Invariant(
                $"memory {device.GlobalMemory / Gibibyte:F1} GiB, largest block {device.LargestAllocation / Gibibyte:F1} GiB, shared by a group {device.LocalMemory >> 10} KiB"));
            Line(string.Empty, $"float64: {YesNo(device.HasFloat64)}; correctly rounded division: {YesNo(device.HasCorrectlyRoundedDivision)}; groups up to {device.MaxGroupSize}");
            Line(string.Empty, device.Missing.Count == 0 ? "lacks nothing" : $"{(device.IsUsable ? "lacks" : "cannot be used, lacks")}: {string.Join("; ", device.Missing)}");
        }

        if (OpenCl.Reason is not null)
        {
            Line("opencl", OpenCl.Reason);
        }

        if (OpenCl.ProgramCache is { } cache)
        {
            string content = cache.Problem ?? Invariant($"{cache.Programs} built programs, {cache.Bytes / Mebibyte:F1} MiB");
            Line("program cache", $"{cache.Folder}: {content}");
        }
        else
        {
            Line("program cache", "none: the system names no folder for a user's data");
        }

        Line("device", Measured.Device);
        Line("measured peak", Measured.Peak is { } peak
            ? Invariant($"{peak.GigaflopsPerSecond:F0} GFLOP/s (fused multiply-add), {peak.GigabytesPerSecond:F1} GB/s (copy, read + written)")
            : $"none: {Measured.Problem}");
        if (Measured.CacheProblem is not null)
        {
            Line(string.Empty, $"built programs are not kept: {Measured.CacheProblem}");
        }

        Line("ffmpeg", Ffmpeg is null ? "not found: turntables are written as GIF only" : $"{Ffmpeg}: turntables are also written as MP4");
        return text.ToString().TrimEnd();

        void Line(string name, string value) => text.Append(name.PadRight(14)).AppendLine(value);
    }

    /// <summary>An object whose properties become those of the JSON object.</summary>
    public object ForMachines() => new
    {
        system = RuntimeInformation.OSDescription.Trim(),
        architecture = RuntimeInformation.ProcessArchitecture.ToString(),
        runtime = Environment.Version.ToString(),
        processor = ProcessorName(),
        processors = Environment.ProcessorCount,
        threads = Threads,
        instructionSets = InstructionSets.Supported.Select(set => set.ToString()),
        instructionSet = InstructionSet.ToString(),
        memoryBytes = ProcessMemory.TotalBytes,
        device = Measured.Device,
        peakGigaflopsPerSecond = Measured.Peak?.GigaflopsPerSecond,
        peakGigabytesPerSecond = Measured.Peak?.GigabytesPerSecond,
        peakProblem = Measured.Problem,
        devices = OpenCl.Devices.Select(device => device.Name).Prepend("cpu"),
        openClDevices = OpenCl.Devices.Select(device => new
        {
            name = device.Name,
            model = device.DeviceName,
            vendor = device.Vendor,
            type = device.Type.ToString(),
            platform = device.PlatformName,
            platformVersion = device.PlatformVersion,
            driver = device.DriverVersion,
            openClVersion = device.OpenClVersion.ToString(),
            memoryBytes = device.GlobalMemory,
            largestAllocationBytes = device.LargestAllocation,
            groupMemoryBytes = device.LocalMemory,
            computeUnits = device.ComputeUnits,
            largestGroup = device.MaxGroupSize,
            float64 = device.HasFloat64,
            correctlyRoundedDivision = device.HasCorrectlyRoundedDivision,
            usable = device.IsUsable,
            missing = device.Missing,
        }),
        openClProblem = OpenCl.Reason,
        programCache = OpenCl.ProgramCache is { } cache
            ? new { folder = cache.Folder, programs = cache.Programs, bytes = cache.Bytes, problem = cache.Problem ?? Measured.CacheProblem }
            : null,
        ffmpeg = Ffmpeg,
    };

    private static string YesNo(bool value) => value ? "yes" : "no";

    private static string TypeName(OpenClDevice device) => device.Type switch
    {
        OpenClDeviceType.Cpu => "processor",
        OpenClDeviceType.Gpu => "GPU",
        OpenClDeviceType.Accelerator => "accelerator",
        _ => "other",
    };

    private static string ProcessorName()
    {
        const string path = "/proc/cpuinfo";
        string? line = File.Exists(path) ? File.ReadLines(path).FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? "unknown processor";
    }
}
