using System.Collections.Concurrent;
using G3DR.Compute;
using G3DR.Core.Diagnostics;

namespace G3DR.Bench;

/// <summary>A device that rows run on: the processor with a vector width, or an OpenCL device.</summary>
/// <param name="Name">Name that opens it.</param>
/// <param name="InstructionSet">Vector width; of the processor only.</param>
public sealed record BenchDevice(string Name, InstructionSet? InstructionSet)
{
    private const string Processor = "cpu";

    private static readonly ConcurrentDictionary<BenchDevice, MachinePeak> s_peaks = new();

    /// <summary>The processor with every vector width that it has, then all OpenCL devices that can be used.</summary>
    public static IReadOnlyList<BenchDevice> Found { get; } =
    [
        .. InstructionSets.Supported.Select(set => new BenchDevice(Processor, set)),
        .. OpenClReport.Inspect().Devices.Where(device => device.IsUsable).Select(device => new BenchDevice(device.Name, null)),
    ];

    public bool IsProcessor => Name == Processor;

    /// <summary>Vector width in the table.</summary>
    public string Instructions => InstructionSet?.ToString() ?? "-";

    /// <summary>The measured peak, measured when it is first asked for.</summary>
    public MachinePeak Peak => s_peaks.GetOrAdd(this, static bench =>
    {
        using Accelerator device = bench.Open();
        return MachinePeak.Measure(device);
    });

    /// <summary>Opens the device, with times recorded.</summary>
    /// <param name="plain">Whether the processor runs plain kernels where it has vector variants.</param>
    public Accelerator Open(bool plain = false) => Accelerator.Create(Name, new()
    {
        InstructionSet = InstructionSet ?? Compute.InstructionSet.Auto,
        ReferenceKernels = plain && IsProcessor,
        Profiling = true,
    });
}
