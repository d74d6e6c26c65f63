using System.CommandLine;
using G3DR.Compute;
using G3DR.Core.Diagnostics;

namespace G3DR.Cli;

/// <summary>Options of every command that computes: device, threads, vector width, memory.</summary>
internal sealed class DeviceOptions
{
    private readonly Option<string> _device = new("--device") { Description = "Where to compute: auto or cpu.", DefaultValueFactory = _ => "auto", HelpName = "name" };

    private readonly Option<int> _threads = new("--threads") { Description = "Threads; 0 for one per processor. Results do not depend on it.", HelpName = "n" };

    private readonly Option<InstructionSet> _instructions = new("--instructions") { Description = "Vector width: Auto, Vector128, Avx2 or Avx512." };

    private readonly Option<string?> _memory = new("--memory") { Description = "Most memory for tensors, for example 800M or 2G.", HelpName = "size" };

    /// <summary>Adds the options to a command.</summary>
    public static DeviceOptions AddTo(Command command)
    {
        var options = new DeviceOptions();
        command.Add(options._device);
        command.Add(options._threads);
        command.Add(options._instructions);
        command.Add(options._memory);
        return options;
    }

    /// <summary>The device that was asked for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="referenceKernels">Whether plain kernels run where vector variants exist.</param>
    public Accelerator Open(ParseResult parsed, bool referenceKernels = false)
    {
        string? memory = parsed.GetValue(_memory);
        int threads = parsed.GetValue(_threads);
        if (threads < 0)
        {
            throw new ArgumentException($"--threads must be 0 or more, got {threads}.");
        }

        return Accelerator.Create(parsed.GetValue(_device)!, new()
        {
            Threads = threads,
            InstructionSet = parsed.GetValue(_instructions),
            MemoryLimit = memory is null ? long.MaxValue : ParseMemory(memory),
            ReferenceKernels = referenceKernels,
        });
    }

    private static long ParseMemory(string text)
    {
        try
        {
            return ProcessMemory.ParseSize(text);
        }
        catch (FormatException error)
        {
            throw new ArgumentException($"--memory: {error.Message}", error);
        }
    }
}
