using System.Collections.Concurrent;
using G3DR.Compute;
using G3DR.Core.Diagnostics;

namespace G3DR.Bench;

/// <summary>The measured peak of this machine for each vector width, measured when it is first asked for.</summary>
internal static class Machine
{
    private static readonly ConcurrentDictionary<InstructionSet, MachinePeak> s_peaks = new();

    public static MachinePeak Peak(InstructionSet instructions) => s_peaks.GetOrAdd(instructions, static set =>
    {
        using var device = new CpuAccelerator(new() { InstructionSet = set });
        return MachinePeak.Measure(device);
    });
}
