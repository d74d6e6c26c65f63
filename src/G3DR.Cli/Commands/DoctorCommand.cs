using System.CommandLine;
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
        var command = new Command("doctor", "Show processor, instruction sets, memory, OpenCL devices, helper programs and the measured peak of the device.") { json };
        command.WithExamples("g3dr doctor", "g3dr doctor --device opencl:0", "g3dr doctor --json");
        DeviceOptions device = DeviceOptions.AddTo(command);
        command.SetComputation((parsed, cancel) =>
        {
            DoctorReport report = Examine(parsed, device, cancel);
            parsed.InvocationConfiguration.Output.WriteLine(parsed.GetValue(json)
                ? JsonSerializer.Serialize(report.ForMachines(), JsonOutput.Options)
                : report.ForPeople());
            return ExitCodes.Success;
        });
        return command;
    }

    private static DoctorReport Examine(ParseResult parsed, DeviceOptions options, CancellationToken cancel)
    {
        // First, so that a wrong name is told at once.
        DevicePeakReport chosen = DevicePeakReport.Measure(options.Name(parsed), () => options.Open(parsed, profiling: true), cancel);
        (int threads, InstructionSet instructions) = options.Processor(parsed);
        return new(threads, instructions, chosen, OpenClReport.Inspect(), ExternalPrograms.Find("ffmpeg"));
    }
}
