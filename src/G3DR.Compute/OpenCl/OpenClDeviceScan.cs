using System.Globalization;
using System.Text;

namespace G3DR.Compute.OpenCl;

/// <summary>A device with the driver's identifiers.</summary>
/// <param name="Info">What the driver says about it.</param>
/// <param name="Platform">cl_platform_id.</param>
/// <param name="Device">cl_device_id; root devices are never released.</param>
internal sealed record FoundDevice(OpenClDevice Info, nint Platform, nint Device);

/// <summary>Asks the loader for platforms and devices.</summary>
internal static unsafe class OpenClDeviceScan
{
    // Far above what any machine has: a broken driver must not make us allocate on its word.
    private const uint MostPlatforms = 64, MostDevices = 256;
    private const nuint LongestText = 1 << 20;

    private const ulong AnyType = 0xFFFFFFFF, CpuType = 1 << 1, GpuType = 1 << 2, AcceleratorType = 1 << 3;
    private const ulong CorrectlyRoundedDivide = 1 << 7;

    // The first question to a driver makes it initialise itself, and PoCL (3.1, for one) crashes if another thread asks meanwhile. The driver is one for the
    // whole process, hence so is this lock; nothing else is shared.
    private static readonly Lock s_oneAtATime = new();

    /// <summary>All devices in the loader's order; platforms and devices that cannot be asked are left out.</summary>
    /// <param name="library">The loader.</param>
    /// <param name="reason">Why there is no device; null if there is one.</param>
    public static IReadOnlyList<FoundDevice> Scan(OpenClLibrary library, out string? reason)
    {
        lock (s_oneAtATime)
        {
            return Ask(library, out reason);
        }
    }

    private static List<FoundDevice> Ask(OpenClLibrary library, out string? reason)
    {
        List<FoundDevice> found = [];
        List<string> problems = [];
        nint[] platforms = Platforms(library, problems);
        foreach (nint platform in platforms)
        {
            try
            {
                foreach (nint device in Devices(library, platform))
                {
                    found.Add(new(Describe(library, platform, device, found.Count), platform, device));
                }
            }
            catch (OpenClException error)
            {
                problems.Add(error.Message);
            }
        }

        reason = found.Count > 0 ? null
            : problems.Count > 0 ? $"no OpenCL device can be used: {string.Join(" ", problems)}"
            : platforms.Length == 0 ? "the OpenCL loader knows no platform: install the GPU driver, or pocl-opencl-icd for the processor"
            : "the OpenCL platforms of this machine have no device: check with clinfo";
        return found;
    }

    private static nint[] Platforms(OpenClLibrary library, List<string> problems)
    {
        uint count;
        int code = library.GetPlatformIDs(0, null, &count);
        if (code == OpenClErrorCode.PlatformNotFound || (code == OpenClErrorCode.Success && count == 0))
        {
            return [];
        }

        var platforms = new nint[Math.Min(count, MostPlatforms)];
        if (code == OpenClErrorCode.Success)
        {
            fixed (nint* first = platforms)
            {
                code = library.GetPlatformIDs((uint)platforms.Length, first, null);
            }
        }

        if (code == OpenClErrorCode.Success)
        {
            return platforms;
        }

        problems.Add(OpenClException.Create(code, "clGetPlatformIDs", "the OpenCL loader").Message);
        return [];
    }

    private static nint[] Devices(OpenClLibrary library, nint platform)
    {
        uint count;
        int code = library.GetDeviceIDs(platform, AnyType, 0, null, &count);
        if (code == OpenClErrorCode.DeviceNotFound || (code == OpenClErrorCode.Success && count == 0))
        {
            return [];
        }

        string name = PlatformText(library, platform, PlatformInfo.Name);
        OpenClException.ThrowIfFailed(code, "clGetDeviceIDs", name);
        var devices = new nint[Math.Min(count, MostDevices)];
        fixed (nint* first = devices)
        {
            OpenClException.ThrowIfFailed(library.GetDeviceIDs(platform, AnyType, (uint)devices.Length, first, null), "clGetDeviceIDs", name);
        }

        return devices;
    }

    private static OpenClDevice Describe(OpenClLibrary library, nint platform, nint device, int index)
    {
        string name = DeviceText(library, device, DeviceInfo.Name, $"opencl:{index}");
        string extensions = Text(DeviceInfo.Extensions);
        ulong type = Number<ulong>(DeviceInfo.Type);
        Version version = ParseVersion(Text(DeviceInfo.Version));
        return new()
        {
            Index = index,
            PlatformName = PlatformText(library, platform, PlatformInfo.Name),
            PlatformVersion = PlatformText(library, platform, PlatformInfo.Version),
            DeviceName = name,
            Vendor = Text(DeviceInfo.Vendor),
            Type = (type & GpuType) != 0 ? OpenClDeviceType.Gpu
                : (type & AcceleratorType) != 0 ? OpenClDeviceType.Accelerator
                : (type & CpuType) != 0 ? OpenClDeviceType.Cpu
                : OpenClDeviceType.Other,
            DriverVersion = Text(DeviceInfo.DriverVersion),
            OpenClVersion = version,
            OpenClCVersion = ParseVersion(Text(DeviceInfo.OpenClCVersion)),
            GlobalMemory = Size(Number<ulong>(DeviceInfo.GlobalMemSize)),
            LargestAllocation = Size(Number<ulong>(DeviceInfo.MaxMemAllocSize)),
            LocalMemory = Size(Number<ulong>(DeviceInfo.LocalMemSize)),
            ComputeUnits = (int)Math.Min(Number<uint>(DeviceInfo.MaxComputeUnits), int.MaxValue),
            MaxGroupSize = Size(Number<nuint>(DeviceInfo.MaxWorkGroupSize)),
            MaxGroupSizes = GroupSizes(library, device, name),
            HasFloat64 = extensions.Split(' ').Contains("cl_khr_fp64"),
            HasCorrectlyRoundedDivision = (Number<ulong>(DeviceInfo.SingleFpConfig) & CorrectlyRoundedDivide) != 0,
            IsLittleEndian = Number<uint>(DeviceInfo.EndianLittle) != 0,
            HasCompiler = Number<uint>(DeviceInfo.CompilerAvailable) != 0,
            IsAvailable = Number<uint>(DeviceInfo.Available) != 0,
        };

        string Text(uint info) => DeviceText(library, device, info, name);

        T Number<T>(uint info)
            where T : unmanaged
        {
            T value = default;
            OpenClException.ThrowIfFailed(library.GetDeviceInfo(device, info, (nuint)sizeof(T), &value, null), "clGetDeviceInfo", name);
            return value;
        }
    }

    private static long[] GroupSizes(OpenClLibrary library, nint device, string name)
    {
        // The specification asks for at least three dimensions; a driver with more writes more.
        const int most = 16;
        nuint* sizes = stackalloc nuint[most];
        nuint bytes;
        OpenClException.ThrowIfFailed(
            library.GetDeviceInfo(device, DeviceInfo.MaxWorkItemSizes, (nuint)(most * sizeof(nuint)), sizes, &bytes), "clGetDeviceInfo", name);
        var result = new long[3];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = (nuint)((i + 1) * sizeof(nuint)) <= bytes ? Size(sizes[i]) : 1;
        }

        return result;
    }

    private static string PlatformText(OpenClLibrary library, nint platform, uint info)
    {
        nuint size;
        OpenClException.ThrowIfFailed(library.GetPlatformInfo(platform, info, 0, null, &size), "clGetPlatformInfo", "an OpenCL platform");
        var bytes = new byte[Math.Min(size, LongestText)];
        fixed (byte* first = bytes)
        {
            OpenClException.ThrowIfFailed(library.GetPlatformInfo(platform, info, (nuint)bytes.Length, first, null), "clGetPlatformInfo", "an OpenCL platform");
        }

        return Decode(bytes);
    }

    private static string DeviceText(OpenClLibrary library, nint device, uint info, string name)
    {
        nuint size;
        OpenClException.ThrowIfFailed(library.GetDeviceInfo(device, info, 0, null, &size), "clGetDeviceInfo", name);
        var bytes = new byte[Math.Min(size, LongestText)];
        fixed (byte* first = bytes)
        {
            OpenClException.ThrowIfFailed(library.GetDeviceInfo(device, info, (nuint)bytes.Length, first, null), "clGetDeviceInfo", name);
        }

        return Decode(bytes);
    }

    private static string Decode(byte[] bytes) => Encoding.UTF8.GetString(bytes).TrimEnd('\0').Trim();

    private static long Size(ulong bytes) => (long)Math.Min(bytes, long.MaxValue);

    /// <summary>The version in texts such as <c>OpenCL 3.0 CUDA</c> and <c>OpenCL C 1.2 PoCL</c>; 0.0 if there is none.</summary>
    internal static Version ParseVersion(string text)
    {
        foreach (string word in text.Split(' '))
        {
            string[] parts = word.Split('.');
            if (parts.Length == 2
                && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major)
                && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int minor))
            {
                return new(major, minor);
            }
        }

        return new(0, 0);
    }

    private static class PlatformInfo
    {
        public const uint Version = 0x0901, Name = 0x0902;
    }

    private static class DeviceInfo
    {
        public const uint Type = 0x1000, MaxComputeUnits = 0x1002, MaxWorkGroupSize = 0x1004, MaxWorkItemSizes = 0x1005, MaxMemAllocSize = 0x1010;
        public const uint SingleFpConfig = 0x101B, GlobalMemSize = 0x101F, LocalMemSize = 0x1023;
        public const uint EndianLittle = 0x1026, Available = 0x1027, CompilerAvailable = 0x1028;
        public const uint Name = 0x102B, Vendor = 0x102C, DriverVersion = 0x102D, Version = 0x102F, Extensions = 0x1030, OpenClCVersion = 0x103D;
    }
}
