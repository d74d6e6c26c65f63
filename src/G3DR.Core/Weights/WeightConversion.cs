using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace G3DR.Core.Weights;

/// <summary>Converts between the little-endian bytes of a stored tensor and .NET numbers.</summary>
public static class WeightConversion
{
    /// <summary>
    /// Reads elements of any type as singles. Types wider than a single are rounded to nearest even, doubles
    /// beyond the range of a single become infinite, NaN stays NaN.
    /// </summary>
    /// <param name="dtype">Element type of <paramref name="source"/>.</param>
    /// <param name="source">Little-endian elements, without padding.</param>
    /// <param name="destination">Receives as many elements as <paramref name="source"/> holds.</param>
    /// <exception cref="ArgumentException">The two lengths do not fit each other.</exception>
    public static void ToSingles(WeightDtype dtype, ReadOnlySpan<byte> source, Span<float> destination)
    {
        CheckLengths(dtype, source.Length, destination.Length);
        if (dtype == WeightDtype.F32 && BitConverter.IsLittleEndian)
            source.CopyTo(MemoryMarshal.AsBytes(destination));
        else
            Decode(dtype, source, destination);
    }

    /// <summary>Reads elements of any type as doubles: exact, except for 64-bit integers beyond 2^53.</summary>
    /// <param name="dtype">Element type of <paramref name="source"/>.</param>
    /// <param name="source">Little-endian elements, without padding.</param>
    /// <param name="destination">Receives as many elements as <paramref name="source"/> holds.</param>
    /// <exception cref="ArgumentException">The two lengths do not fit each other.</exception>
    public static void ToDoubles(WeightDtype dtype, ReadOnlySpan<byte> source, Span<double> destination)
    {
        CheckLengths(dtype, source.Length, destination.Length);
        Decode(dtype, source, destination);
    }

    /// <summary>Reads integers and booleans (0 or 1). Floating-point types are refused rather than cut.</summary>
    /// <param name="dtype">Element type of <paramref name="source"/>.</param>
    /// <param name="source">Little-endian elements, without padding.</param>
    /// <param name="destination">Receives as many elements as <paramref name="source"/> holds.</param>
    /// <exception cref="ArgumentException">The two lengths do not fit each other.</exception>
    /// <exception cref="InvalidOperationException">The type is a floating-point type.</exception>
    /// <exception cref="OverflowException">An unsigned 64-bit element exceeds the range of <see cref="long"/>.</exception>
    public static void ToInt64s(WeightDtype dtype, ReadOnlySpan<byte> source, Span<long> destination)
    {
        if (!dtype.IsInteger())
            throw new InvalidOperationException($"Elements of type {dtype.SafetensorsName()} cannot be read as integers without loss; read them as singles or doubles.");

        CheckLengths(dtype, source.Length, destination.Length);
        Decode(dtype, source, destination);
    }

    /// <summary>Writes singles as another floating-point type, rounding to nearest even; NaN stays NaN.</summary>
    /// <param name="source">The values.</param>
    /// <param name="dtype">F16, BF16, F32 or F64.</param>
    /// <param name="destination">Receives the little-endian elements.</param>
    /// <exception cref="ArgumentException">The lengths do not fit each other, or the type is none of the four.</exception>
    public static void FromSingles(ReadOnlySpan<float> source, WeightDtype dtype, Span<byte> destination)
    {
        CheckLengths(dtype, destination.Length, source.Length);
        switch (dtype)
        {
            case WeightDtype.F16:
                for (int i = 0; i < source.Length; i++)
                    BinaryPrimitives.WriteHalfLittleEndian(destination[(2 * i)..], (Half)source[i]);
                break;
            case WeightDtype.BF16:
                for (int i = 0; i < source.Length; i++)
                    BinaryPrimitives.WriteUInt16LittleEndian(destination[(2 * i)..], ToBFloat16(source[i]));
                break;
            case WeightDtype.F32:
                for (int i = 0; i < source.Length; i++)
                    BinaryPrimitives.WriteSingleLittleEndian(destination[(4 * i)..], source[i]);
                break;
            case WeightDtype.F64:
                for (int i = 0; i < source.Length; i++)
                    BinaryPrimitives.WriteDoubleLittleEndian(destination[(8 * i)..], source[i]);
                break;
            default:
                throw new ArgumentException($"Singles can be stored as F16, BF16, F32 or F64, not as {dtype.SafetensorsName()}.", nameof(dtype));
        }
    }

    private static ushort ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        // A NaN whose payload lies only in the lower half would round to infinity: keep it quiet.
        if (float.IsNaN(value))
            return (ushort)((bits >> 16) | 0x40);
        // Half of the last kept bit, less one if that bit is even: ties go to even.
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    private static void Decode<TOut>(WeightDtype dtype, ReadOnlySpan<byte> source, Span<TOut> destination)
        where TOut : struct, INumberBase<TOut>
    {
        switch (dtype)
        {
            case WeightDtype.Bool: Convert<byte, BoolElement, TOut>(source, destination); break;
            case WeightDtype.U8: Convert<byte, U8Element, TOut>(source, destination); break;
            case WeightDtype.I8: Convert<sbyte, I8Element, TOut>(source, destination); break;
            case WeightDtype.F8E5M2: Convert<float, F8E5M2Element, TOut>(source, destination); break;
            case WeightDtype.F8E4M3: Convert<float, F8E4M3Element, TOut>(source, destination); break;
            case WeightDtype.I16: Convert<short, I16Element, TOut>(source, destination); break;
            case WeightDtype.U16: Convert<ushort, U16Element, TOut>(source, destination); break;
            case WeightDtype.F16: Convert<Half, F16Element, TOut>(source, destination); break;
            case WeightDtype.BF16: Convert<float, BF16Element, TOut>(source, destination); break;
            case WeightDtype.I32: Convert<int, I32Element, TOut>(source, destination); break;
            case WeightDtype.U32: Convert<uint, U32Element, TOut>(source, destination); break;
            case WeightDtype.F32: Convert<float, F32Element, TOut>(source, destination); break;
            case WeightDtype.F64: Convert<double, F64Element, TOut>(source, destination); break;
            case WeightDtype.I64: Convert<long, I64Element, TOut>(source, destination); break;
            default: Convert<ulong, U64Element, TOut>(source, destination); break;
        }
    }

    private static void Convert<T, TElement, TOut>(ReadOnlySpan<byte> source, Span<TOut> destination)
        where T : struct, INumberBase<T>
        where TElement : struct, IWeightElement<T>
        where TOut : struct, INumberBase<TOut>
    {
        for (int i = 0; i < destination.Length; i++)
            destination[i] = TOut.CreateChecked(TElement.Read(source.Slice(i * TElement.Size, TElement.Size)));
    }

    private static void CheckLengths(WeightDtype dtype, int bytes, int elements)
    {
        if (bytes != (long)elements * dtype.Size())
            throw new ArgumentException($"{elements} elements of type {dtype.SafetensorsName()} need {(long)elements * dtype.Size()} bytes, got {bytes}.");
    }
}
