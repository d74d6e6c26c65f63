using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json;
using G3DR.Cli.Terminal;
using G3DR.Compute;
using G3DR.Core.Diagnostics;

namespace G3DR.Cli.Commands;

/// <summary>g3dr doctor: what this machine offers and what is missing.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("doctor", "Show processor, instruction sets, memory, devices, helper programs and the measured peak of this machine.") { json };
        command.WithExamples("g3dr doctor", "g3dr doctor --json");
        DeviceOptions device = DeviceOptions.AddTo(command);
        command.SetAction((parsed, cancel) =>
        {
            using var cpu = (CpuAccelerator)device.Open(parsed);
            MachinePeak peak = MachinePeak.Measure(cpu, cancel);
            string? ffmpeg = ExternalPrograms.Find("ffmpeg");
            if (parsed.GetValue(json))
            {
                parsed.InvocationConfiguration.Output.WriteLine(JsonSerializer.Serialize(Report(cpu, peak, ffmpeg), JsonOutput.Options));
                return Task.FromResult(ExitCodes.Success);
            }

            TextWriter output = parsed.InvocationConfiguration.Output;
            output.WriteLine($"system        {RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.ProcessArchitecture}, .NET {Environment.Version}");
            output.WriteLine($"processor     {ProcessorName()}, {Environment.ProcessorCount} threads; in use: {cpu.Team.Count}");
            output.WriteLine($"instructions  {string.Join(", ", InstructionSets.Supported)}; in use: {cpu.InstructionSet}");
            output.WriteLine($"memory        {ProcessMemory.TotalBytes / 1073741824.0:F1} GiB");
            output.WriteLine($"measured peak {peak.GigaflopsPerSecond:F0} GFLOP/s (fused multiply-add), {peak.GigabytesPerSecond:F1} GB/s (copy, read + written)");
            output.WriteLine($"devices       cpu");
            output.WriteLine(ffmpeg is null ? "ffmpeg        not found: turntables are written as GIF only" : $"ffmpeg        {ffmpeg}: turntables are also written as MP4");
            return Task.FromResult(ExitCodes.Success);
        });
        return command;
    }

    private static object Report(CpuAccelerator cpu, MachinePeak peak, string? ffmpeg) => new
    {
        system = RuntimeInformation.OSDescription.Trim(),
        architecture = RuntimeInformation.ProcessArchitecture.ToString(),
        runtime = Environment.Version.ToString(),
        processor = ProcessorName(),
        processors = Environment.ProcessorCount,
        threads = cpu.Team.Count,
        instructionSets = InstructionSets.Supported.Select(set => set.ToString()),
        instructionSet = cpu.InstructionSet.ToString(),
        memoryBytes = ProcessMemory.TotalBytes,
        peakGigaflopsPerSecond = peak.GigaflopsPerSecond,
        peakGigabytesPerSecond = peak.GigabytesPerSecond,
        devices = new[] { "cpu" },
        ffmpeg,
    };

    private static string ProcessorName()
    {
        const string path = "/proc/cpuinfo";
        string? line = File.Exists(path) ? File.ReadLines(path).FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? "unknown processor";
    }
}
