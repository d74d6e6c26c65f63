namespace G3DR.Compute.OpenCl;

/// <summary>Error codes of OpenCL 1.2 and of the extensions and drivers that are met in practice.</summary>
internal static class OpenClErrorCode
{
    public const int Success = 0;
    public const int DeviceNotFound = -1;
    public const int DeviceNotAvailable = -2;
    public const int MemObjectAllocationFailure = -4;
    public const int OutOfResources = -5;
    public const int OutOfHostMemory = -6;
    public const int BuildProgramFailure = -11;
    public const int InvalidCommandQueue = -36;
    public const int InvalidWorkGroupSize = -54;
    public const int InvalidWorkItemSize = -55;
    public const int InvalidBufferSize = -61;
    public const int InvalidGlobalWorkSize = -63;
    public const int PlatformNotFound = -1001;

    /// <summary>What NVIDIA's driver returns after a kernel read or wrote memory that is not its own.</summary>
    public const int IllegalAccess = -9999;

    /// <summary>The name that the headers give to a code.</summary>
    public static string NameOf(int code) => code switch
    {
        0 => "CL_SUCCESS",
        -1 => "CL_DEVICE_NOT_FOUND",
        -2 => "CL_DEVICE_NOT_AVAILABLE",
        -3 => "CL_COMPILER_NOT_AVAILABLE",
        -4 => "CL_MEM_OBJECT_ALLOCATION_FAILURE",
        -5 => "CL_OUT_OF_RESOURCES",
        -6 => "CL_OUT_OF_HOST_MEMORY",
        -7 => "CL_PROFILING_INFO_NOT_AVAILABLE",
        -8 => "CL_MEM_COPY_OVERLAP",
        -9 => "CL_IMAGE_FORMAT_MISMATCH",
        -10 => "CL_IMAGE_FORMAT_NOT_SUPPORTED",
        -11 => "CL_BUILD_PROGRAM_FAILURE",
        -12 => "CL_MAP_FAILURE",
        -13 => "CL_MISALIGNED_SUB_BUFFER_OFFSET",
        -14 => "CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST",
        -15 => "CL_COMPILE_PROGRAM_FAILURE",
        -16 => "CL_LINKER_NOT_AVAILABLE",
        -17 => "CL_LINK_PROGRAM_FAILURE",
        -18 => "CL_DEVICE_PARTITION_FAILED",
        -19 => "CL_KERNEL_ARG_INFO_NOT_AVAILABLE",
        -30 => "CL_INVALID_VALUE",
        -31 => "CL_INVALID_DEVICE_TYPE",
        -32 => "CL_INVALID_PLATFORM",
        -33 => "CL_INVALID_DEVICE",
        -34 => "CL_INVALID_CONTEXT",
        -35 => "CL_INVALID_QUEUE_PROPERTIES",
        -36 => "CL_INVALID_COMMAND_QUEUE",
        -37 => "CL_INVALID_HOST_PTR",
        -38 => "CL_INVALID_MEM_OBJECT",
        -39 => "CL_INVALID_IMAGE_FORMAT_DESCRIPTOR",
        -40 => "CL_INVALID_IMAGE_SIZE",
        -41 => "CL_INVALID_SAMPLER",
        -42 => "CL_INVALID_BINARY",
        -43 => "CL_INVALID_BUILD_OPTIONS",
        -44 => "CL_INVALID_PROGRAM",
        -45 => "CL_INVALID_PROGRAM_EXECUTABLE",
        -46 => "CL_INVALID_KERNEL_NAME",
        -47 => "CL_INVALID_KERNEL_DEFINITION",
        -48 => "CL_INVALID_KERNEL",
        -49 => "CL_INVALID_ARG_INDEX",
        -50 => "CL_INVALID_ARG_VALUE",
        -51 => "CL_INVALID_ARG_SIZE",
        -52 => "CL_INVALID_KERNEL_ARGS",
        -53 => "CL_INVALID_WORK_DIMENSION",
        -54 => "CL_INVALID_WORK_GROUP_SIZE",
        -55 => "CL_INVALID_WORK_ITEM_SIZE",
        -56 => "CL_INVALID_GLOBAL_OFFSET",
        -57 => "CL_INVALID_EVENT_WAIT_LIST",
        -58 => "CL_INVALID_EVENT",
        -59 => "CL_INVALID_OPERATION",
        -60 => "CL_INVALID_GL_OBJECT",
        -61 => "CL_INVALID_BUFFER_SIZE",
        -62 => "CL_INVALID_MIP_LEVEL",
        -63 => "CL_INVALID_GLOBAL_WORK_SIZE",
        -64 => "CL_INVALID_PROPERTY",
        -65 => "CL_INVALID_IMAGE_DESCRIPTOR",
        -66 => "CL_INVALID_COMPILER_OPTIONS",
        -67 => "CL_INVALID_LINKER_OPTIONS",
        -68 => "CL_INVALID_DEVICE_PARTITION_COUNT",
        -1001 => "CL_PLATFORM_NOT_FOUND_KHR",
        -9999 => "illegal memory access (a code of NVIDIA's driver)",
        _ => "a code that OpenCL 1.2 does not name",
    };

    /// <summary>What the user can do about it.</summary>
    public static string AdviceFor(int code) => code switch
    {
        DeviceNotFound or PlatformNotFound => "check with clinfo that the driver of the device is installed",
        DeviceNotAvailable => "the device is reserved by another program or was removed: free it and make a new accelerator",
        -3 => "this driver cannot compile kernels: install the complete driver of the device",
        MemObjectAllocationFailure or OutOfHostMemory => "close other programs or work in smaller chunks",
        OutOfResources => "the work needs more memory, registers or local memory than the device has: work in smaller chunks",
        BuildProgramFailure => "this is an error of the kernel's text or of the driver's compiler: the log below says where",
        InvalidWorkGroupSize or InvalidWorkItemSize => "the group of the kernel is larger than this device allows",
        InvalidBufferSize => "the device does not allow a single block of that size: work in smaller chunks",
        InvalidGlobalWorkSize => "the launch spans more items than this device allows: launch it in parts",
        IllegalAccess => "a kernel used memory that is not its own: make a new accelerator, and run the same work on the cpu device, which checks every index",
        _ => "update the driver; if it stays, report it with this message",
    };

    /// <summary>Whether the code says that the device or its queue is gone, whatever the call was.</summary>
    public static bool MeansDeviceLost(int code) => code is DeviceNotAvailable or InvalidCommandQueue or IllegalAccess;
}
