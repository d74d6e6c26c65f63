using System.Buffers.Binary;

namespace G3DR.Core.Weights;

/// <summary>How one element of a type is read from its little-endian bytes.</summary>
/// <typeparam name="T">The .NET type that holds every value of the element type.</typeparam>
internal interface IWeightElement<T>
{
    static abstract int Size { get; }

    static abstract T Read(ReadOnlySpan<byte> bytes);
}

internal readonly struct BoolElement : IWeightElement<byte>
{
    public static int Size => 1;

    public static byte Read(ReadOnlySpan<byte> bytes) => bytes[0] == 0 ? (byte)0 : (byte)1;
}

internal readonly struct U8Element : IWeightElement<byte>
{
    public static int Size => 1;

    public static byte Read(ReadOnlySpan<byte> bytes) => bytes[0];
}

internal readonly struct I8Element : IWeightElement<sbyte>
{
    public static int Size => 1;

    public static sbyte Read(ReadOnlySpan<byte> bytes) => (sbyte)bytes[0];
}

/// <summary>E5M2 is the upper byte of a half: same exponent, shorter mantissa.</summary>
internal readonly struct F8E5M2Element : IWeightElement<float>
{
    public static int Size => 1;

    public static float Read(ReadOnlySpan<byte> bytes) => (float)BitConverter.UInt16BitsToHalf((ushort)(bytes[0] << 8));
}

internal readonly struct F8E4M3Element : IWeightElement<float>
{
    private const int ExponentBias = 7;

    public static int Size => 1;

    public static float Read(ReadOnlySpan<byte> bytes)
    {
        int bits = bytes[0];
        int exponent = (bits >> 3) & 0xF;
        int mantissa = bits & 0x7;
        float magnitude = (exponent, mantissa) switch
        {
            // The format spends only this one code per sign on NaN and has no infinity.
            (0xF, 0x7) => float.NaN,
            (0, _) => MathF.ScaleB(mantissa, 1 - ExponentBias - 3),
            _ => MathF.ScaleB(8 + mantissa, exponent - ExponentBias - 3),
        };
        return (bits & 0x80) == 0 ? magnitude : -magnitude;
    }
}

internal readonly struct I16Element : IWeightElement<short>
{
    public static int Size => 2;

    public static short Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt16LittleEndian(bytes);
}

internal readonly struct U16Element : IWeightElement<ushort>
{
    public static int Size => 2;

    public static ushort Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16LittleEndian(bytes);
}

internal readonly struct F16Element : IWeightElement<Half>
{
    public static int Size => 2;

    public static Half Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadHalfLittleEndian(bytes);
}

/// <summary>bfloat16 is the upper half of a single, so that widening is a shift.</summary>
internal readonly struct BF16Element : IWeightElement<float>
{
    public static int Size => 2;

    public static float Read(ReadOnlySpan<byte> bytes) =>
        BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes) << 16);
}

internal readonly struct I32Element : IWeightElement<int>
{
    public static int Size => 4;

    public static int Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt32LittleEndian(bytes);
}

internal readonly struct U32Element : IWeightElement<uint>
{
    public static int Size => 4;

    public static uint Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}

internal readonly struct F32Element : IWeightElement<float>
{
    public static int Size => 4;

    public static float Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadSingleLittleEndian(bytes);
}

internal readonly struct F64Element : IWeightElement<double>
{
    public static int Size => 8;

    public static double Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadDoubleLittleEndian(bytes);
}

internal readonly struct I64Element : IWeightElement<long>
{
    public static int Size => 8;

    public static long Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt64LittleEndian(bytes);
}

internal readonly struct U64Element : IWeightElement<ulong>
{
    public static int Size => 8;

    public static ulong Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes);
}
