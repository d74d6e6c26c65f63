namespace G3DR.Compute.OpenCl;

/// <summary>Kind of an OpenCL device.</summary>
public enum OpenClDeviceType
{
    /// <summary>None of the others.</summary>
    Other,

    /// <summary>A processor, for example through PoCL.</summary>
    Cpu,

    /// <summary>A graphics processor.</summary>
    Gpu,

    /// <summary>A dedicated accelerator card.</summary>
    Accelerator,
}

/// <summary>An OpenCL device of this machine, as its driver describes it.</summary>
public sealed record OpenClDevice
{
    // A group of 16 x 16 items is what the tiled kernels are written for; 64 serves all others.
    private const long LargestGroup = 128;

    internal OpenClDevice()
    {
    }

    /// <summary>Number over all platforms, in the order of the loader.</summary>
    public required int Index { get; init; }

    /// <summary>Name by which <see cref="Accelerator.Create"/> opens this device, for example <c>opencl:0</c>.</summary>
    public string Name => $"opencl:{Index}";

    /// <summary>Name of the platform, which is the driver package.</summary>
    public required string PlatformName { get; init; }

    /// <summary>Version text of the platform.</summary>
    public required string PlatformVersion { get; init; }

    /// <summary>The driver's name of the device.</summary>
    public required string DeviceName { get; init; }

    /// <summary>Who made the device.</summary>
    public required string Vendor { get; init; }

    /// <summary>Processor, graphics processor or accelerator card.</summary>
    public required OpenClDeviceType Type { get; init; }

    /// <summary>Version of the driver.</summary>
    public required string DriverVersion { get; init; }

    /// <summary>Version of OpenCL that the device supports.</summary>
    public required Version OpenClVersion { get; init; }

    /// <summary>Version of the kernel language that the device supports.</summary>
    public required Version OpenClCVersion { get; init; }

    /// <summary>Bytes of device memory.</summary>
    public required long GlobalMemory { get; init; }

    /// <summary>Most bytes of a single block of memory.</summary>
    public required long LargestAllocation { get; init; }

    /// <summary>Bytes of local memory of a group.</summary>
    public required long LocalMemory { get; init; }

    /// <summary>Number of compute units.</summary>
    public required int ComputeUnits { get; init; }

    /// <summary>Most items of a group.</summary>
    public required long MaxGroupSize { get; init; }

    /// <summary>Most items of a group in each of the three dimensions.</summary>
    public required IReadOnlyList<long> MaxGroupSizes { get; init; }

    /// <summary>Whether kernels can compute with float64.</summary>
    public required bool HasFloat64 { get; init; }

    /// <summary>Whether float32 division and square root can be correctly rounded, as on the processor.</summary>
    public required bool HasCorrectlyRoundedDivision { get; init; }

    /// <summary>Whether memory is little endian.</summary>
    public required bool IsLittleEndian { get; init; }

    /// <summary>Whether the driver can compile kernels.</summary>
    public required bool HasCompiler { get; init; }

    /// <summary>Whether the driver reports the device as usable.</summary>
    public required bool IsAvailable { get; init; }

    /// <summary>What kernels of this library need and the device lacks; empty if everything runs.</summary>
    public IReadOnlyList<string> Missing
    {
        get
        {
            List<string> missing = [];
            Require(IsAvailable, "availability (another program holds it)");
            Require(OpenClVersion >= new Version(1, 2) && OpenClCVersion >= new Version(1, 2), "OpenCL 1.2");
            Require(HasCompiler, "a compiler");
            Require(IsLittleEndian, "little-endian memory");
            Require(HasFloat64, "float64 (float64 tensors only)");
            Require(MaxGroupSize >= LargestGroup, $"groups of {LargestGroup} items");
            return missing;

            void Require(bool has, string what)
            {
                if (!has)
                {
                    missing.Add(what);
                }
            }
        }
    }

    /// <summary>Whether the device can be opened at all; features that only some kernels need may still be missing.</summary>
    public bool IsUsable => IsAvailable && HasCompiler && IsLittleEndian && OpenClVersion >= new Version(1, 2) && OpenClCVersion >= new Version(1, 2);

    /// <summary>Whether all float32 work runs, which is all but float64 tensors: what <c>auto</c> asks of a graphics processor.</summary>
    public bool RunsFloat32 => IsUsable && MaxGroupSize >= LargestGroup;

    /// <summary>The name to show in messages: <c>opencl:0 (name of the device)</c>.</summary>
    public override string ToString() => $"{Name} ({DeviceName})";
}
