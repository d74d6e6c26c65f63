using System.Diagnostics;
using System.Globalization;
using G3DR.Cli;
using G3DR.Tests.Support;

namespace G3DR.Tests.Cli;

/// <summary>Ctrl-C, as a terminal sends it to a process of its own.</summary>
public class InterruptTests
{
    // Far beyond what a loaded machine needs to start a process or to finish what was handed to a device.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    [SkippableFact]
    public Task The_processor_stops_between_runs() => StopsAsync("cpu");

    [SkippableFact]
    public Task A_device_stops_between_launches() => StopsAsync(FirstOpenClDevice.OrSkip().Name);

    private static async Task StopsAsync(string device)
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no signal for this; Ctrl-C is an event of the console there.");
        using var command = Process.Start(new ProcessStartInfo(
            "dotnet", [typeof(Program).Assembly.Location, "bench", "kernels", "--op", "*", "--device", device])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            using var patience = new CancellationTokenSource(s_patience);

            // The header of the table is printed when the measurements begin; all of them take much longer than this test.
            string? header = await command.StandardOutput.ReadLineAsync(patience.Token);
            Assert.StartsWith(device + ", ", header, StringComparison.Ordinal);
            using (var kill = Process.Start("kill", ["-INT", command.Id.ToString(CultureInfo.InvariantCulture)]))
            {
                await kill.WaitForExitAsync(patience.Token);
            }

            Task<string> rest = command.StandardOutput.ReadToEndAsync(patience.Token);
            string error = await command.StandardError.ReadToEndAsync(patience.Token);
            await rest;
            await command.WaitForExitAsync(patience.Token);
            Assert.Equal("g3dr: Stopped.", error.Trim());
            Assert.Equal(ExitCodes.Failure, command.ExitCode);
        }
        finally
        {
            if (!command.HasExited)
            {
                command.Kill();
            }
        }
    }
}
