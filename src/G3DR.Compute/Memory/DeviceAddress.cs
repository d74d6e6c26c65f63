namespace G3DR.Compute.Memory;

/// <summary>
/// Numbers that stand for places in the memory of devices whose memory has no host pointers. Bit 63 tells them from pointers; then follow 7 bits for the
/// device, 18 for the block and 38 for the byte within it, so that a view of device memory is as small as one of host memory and sub-views only add.
/// </summary>
internal static class DeviceAddress
{
    /// <summary>Largest number of a device.</summary>
    public const int MaxDevice = (1 << DeviceBits) - 1;

    /// <summary>Largest number of a block.</summary>
    public const int MaxBlock = (1 << BlockBits) - 1;

    /// <summary>Bytes that a block may have.</summary>
    public const long MaxBytes = 1L << OffsetBits;

    private const int DeviceBits = 7, BlockBits = 18, OffsetBits = 38;

    /// <summary>The address of a byte.</summary>
    public static nint Make(int device, int block, long offset = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)device, (uint)MaxDevice, nameof(device));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)block, (uint)MaxBlock, nameof(block));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((ulong)offset, (ulong)MaxBytes - 1, nameof(offset));
        return (nint)((1UL << 63) | ((ulong)device << (BlockBits + OffsetBits)) | ((ulong)block << OffsetBits) | (ulong)offset);
    }

    /// <summary>Whether an address is such a number and no host pointer.</summary>
    public static bool IsDevice(nint address) => address < 0;

    /// <summary>Number of the device.</summary>
    public static int Device(nint address) => (int)((ulong)address >> (BlockBits + OffsetBits)) & MaxDevice;

    /// <summary>Number of the block within the device.</summary>
    public static int Block(nint address) => (int)((ulong)address >> OffsetBits) & MaxBlock;

    /// <summary>Byte within the block.</summary>
    public static long Offset(nint address) => address & (MaxBytes - 1);
}
