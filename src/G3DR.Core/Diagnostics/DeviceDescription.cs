using G3DR.Compute;
using G3DR.Compute.OpenCl;

namespace G3DR.Core.Diagnostics;

/// <summary>What computed something, for reports.</summary>
public static class DeviceDescription
{
    /// <summary>One line: <c>cpu, Avx2, 8 threads</c>, or name, model and driver of an OpenCL device.</summary>
    /// <param name="device">Device.</param>
    public static string Of(Accelerator device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return device switch
        {
            CpuAccelerator cpu =>
                $"{cpu.Name}, {(cpu.ReferenceKernels ? "reference kernels" : cpu.InstructionSet.ToString())}, {cpu.Team.Count} thread{(cpu.Team.Count == 1 ? string.Empty : "s")}",
            OpenClAccelerator { Device: var info } =>
                $"{info.Name}, {info.DeviceName}, {info.PlatformName}, driver {info.DriverVersion}{(device.Atomics ? ", atomics" : string.Empty)}",
            _ => device.Name,
        };
    }
}
