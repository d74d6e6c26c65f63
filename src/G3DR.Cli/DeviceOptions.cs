using System.CommandLine;
using G3DR.Compute;
using G3DR.Core.Diagnostics;

namespace G3DR.Cli;

/// <summary>Options of every command that computes: device, memory, and what only some devices know.</summary>
internal sealed class DeviceOptions
{
    /// <summary>The name of the best device.</summary>
    public const string Auto = "auto";

    private readonly Option<string> _device = new("--device")
    {
        Description = "Where to compute: auto (the first suitable OpenCL GPU, else the processor), cpu, opencl, opencl:0, opencl:1, ...",
        DefaultValueFactory = _ => Auto,
        HelpName = "name",
    };

    private readonly Option<int> _threads = new("--threads") { Description = "Processor only: threads; 0 for one per processor. Results do not depend on it.", HelpName = "n" };

    private readonly Option<InstructionSet> _instructions = new("--instructions") { Description = "Processor only: vector width: Auto, Vector128, Avx2 or Avx512." };

    private readonly Option<bool> _atomics = new("--atomics") { Description = "OpenCL only: allow faster sums without fixed order; results then differ in rounding from run to run." };

    private readonly Option<bool> _exact = new("--exact") { Description = "Compute every product of a network from its definition, without the faster convolutions of Winograd and by Fourier transforms." };

    private readonly Option<string?> _memory = new("--memory") { Description = "Most memory for tensors on the device, for example 800M or 2G.", HelpName = "size" };

    // Further options that only the processor can honour.
    private Option<bool>? _referenceKernels;

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">Command.</param>
    /// <param name="referenceKernels">Option of the command that asks for the plain kernels where the processor has vector variants.</param>
    public static DeviceOptions AddTo(Command command, Option<bool>? referenceKernels = null)
    {
        var options = new DeviceOptions { _referenceKernels = referenceKernels };
        command.Add(options._device);
        command.Add(options._threads);
        command.Add(options._instructions);
        command.Add(options._atomics);
        command.Add(options._exact);
        command.Add(options._memory);
        return options;
    }

    /// <summary>The name that was asked for.</summary>
    public string Name(ParseResult parsed) => parsed.GetValue(_device)!;

    /// <summary>Threads and vector width of the processor, should it be used.</summary>
    /// <exception cref="NotSupportedException">The processor lacks the wanted instruction set.</exception>
    public (int Threads, InstructionSet InstructionSet) Processor(ParseResult parsed) => (
        parsed.GetValue(_threads) is int threads and > 0 ? threads : Environment.ProcessorCount,
        InstructionSets.Resolve(parsed.GetValue(_instructions)));

    /// <summary>The device that was asked for. An option that it cannot honour is an error.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="profiling">Whether the device shall record times.</param>
    public Accelerator Open(ParseResult parsed, bool profiling = false)
    {
        int threads = parsed.GetValue(_threads);
        if (threads < 0)
        {
            throw new ArgumentException($"--threads must be 0 or more, got {threads}.");
        }

        string? memory = parsed.GetValue(_memory);
        string[] processorOnly = ProcessorOnly(parsed);

        // Without a named device these options choose the processor.
        string name = Name(parsed) == Auto && processorOnly.Length > 0 ? "cpu" : Name(parsed);
        Accelerator device = Accelerator.Create(name, new()
        {
            Threads = threads,
            InstructionSet = parsed.GetValue(_instructions),
            MemoryLimit = memory is null ? long.MaxValue : ParseMemory(memory),
            ReferenceKernels = _referenceKernels is not null && parsed.GetValue(_referenceKernels),
            Atomics = parsed.GetValue(_atomics),
            Exact = parsed.GetValue(_exact),
            Profiling = profiling,
        });
        string? refused = device is not CpuAccelerator && processorOnly.Length > 0
            ? $"{string.Join(" and ", processorOnly)} can only be used with --device cpu; the device is {DeviceDescription.Of(device)}."
            : device is CpuAccelerator && device.Atomics
            ? "--atomics can only be used with an OpenCL device; the device is cpu."
            : null;
        if (refused is not null)
        {
            device.Dispose();
            throw new ArgumentException(refused);
        }

        return device;
    }

    private string[] ProcessorOnly(ParseResult parsed) =>
    [
        .. ((Option?[])[_threads, _instructions, _referenceKernels])
            .Where(option => option is not null && parsed.GetResult(option) is { Implicit: false })
            .Select(option => option!.Name),
    ];

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
