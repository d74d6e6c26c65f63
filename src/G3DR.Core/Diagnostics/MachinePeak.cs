using G3DR.Compute;
using G3DR.Compute.OpenCl;
using G3DR.Compute.Simd;

namespace G3DR.Core.Diagnostics;

/// <summary>What a device reaches at best: the yardstick for kernels.</summary>
/// <param name="GigaflopsPerSecond">Fused multiply-adds in single precision on the whole device, counted as two operations.</param>
/// <param name="GigabytesPerSecond">Copying memory far larger than the caches, bytes read plus bytes written.</param>
public sealed record MachinePeak(double GigaflopsPerSecond, double GigabytesPerSecond)
{
    /// <summary>Measures for about a second: the best of several runs, since other work on the machine can only slow one down.</summary>
    /// <param name="device">The processor, with the threads and the vector width to measure with, or an OpenCL device that records times.</param>
    /// <param name="cancel">Stops between runs.</param>
    /// <exception cref="InvalidOperationException">The device was opened without <see cref="AcceleratorOptions.Profiling"/>.</exception>
    public static MachinePeak Measure(Accelerator device, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(device);
        return device switch
        {
            CpuAccelerator { InstructionSet: InstructionSet.Avx512 } cpu => ProcessorPeak.Measure<V512>(cpu, cancel),
            CpuAccelerator { InstructionSet: InstructionSet.Avx2 } cpu => ProcessorPeak.Measure<V256>(cpu, cancel),
            CpuAccelerator cpu => ProcessorPeak.Measure<V128>(cpu, cancel),
            OpenClAccelerator openCl => OpenClPeak.Measure(openCl, cancel),
            _ => throw new NotSupportedException($"The peak of {device.Name} cannot be measured."),
        };
    }
}
