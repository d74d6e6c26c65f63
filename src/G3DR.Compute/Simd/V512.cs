using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace G3DR.Compute.Simd;

/// <summary>16 floats in a 512-bit register: needs AVX-512F.</summary>
public readonly unsafe struct V512 : ISimd<V512>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;
    private readonly Vector512<float> _value;

    /// <summary>Wraps a framework vector.</summary>
    [MethodImpl(Inline)]
    public V512(Vector512<float> value) => _value = value;

    /// <inheritdoc/>
    public static int Count => 16;

    /// <inheritdoc/>
    public static V512 Zero => new(Vector512<float>.Zero);

    /// <inheritdoc/>
    public static V512 Iota => new(Vector512.Create(0f, 1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f, 9f, 10f, 11f, 12f, 13f, 14f, 15f));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V512 Create(float value) => new(Vector512.Create(value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V512 Load(float* source) => new(Vector512.Load(source));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public void Store(float* destination) => _value.Store(destination);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public void StoreScaledInt32(int scale, int* destination) =>
        (Vector512.ConvertToInt32Native(_value) * Vector512.Create(scale)).Store(destination);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V512 MultiplyAdd(V512 a, V512 b, V512 c) => new(Vector512.MultiplyAddEstimate(a._value, b._value, c._value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V512 Max(V512 a, V512 b) => new(Vector512.MaxNative(a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V512 Min(V512 a, V512 b) => new(Vector512.MinNative(a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V512 Abs(V512 a) => new(Vector512.Abs(a._value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V512 Sqrt(V512 a) => new(Vector512.Sqrt(a._value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V512 Floor(V512 a) => new(Vector512.Floor(a._value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V512 Round(V512 a) => new(Vector512.Round(a._value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V512 ScaleByPowerOfTwo(V512 a, V512 n)
    {
        return new(Avx512F.Scale(a._value, n._value));
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V512 SplitExponent(V512 a, out V512 exponent)
    {
        // Subtracting the bits of sqrt(1/2) puts the wrap of the exponent field at sqrt(2) instead of 2.
        Vector512<int> bits = a._value.AsInt32() - Vector512.Create(0x3F3504F3);
        Vector512<int> power = Vector512.ShiftRightArithmetic(bits, 23);
        exponent = new(Vector512.ConvertToSingle(power));
        return new((a._value.AsInt32() - Vector512.ShiftLeft(power, 23)).AsSingle());
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V512 Select(V512 mask, V512 a, V512 b) => new(Vector512.ConditionalSelect(mask._value, a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V512 GreaterOrEqual(V512 a, V512 b) => new(Vector512.GreaterThanOrEqual(a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V512 Greater(V512 a, V512 b) => new(Vector512.GreaterThan(a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static int CountTrue(V512 mask) => BitOperations.PopCount(Vector512.ExtractMostSignificantBits(mask._value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static float Sum(V512 a) => Vector512.Sum(a._value);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static void SumFour(V512 a, V512 b, V512 c, V512 d, float* destination)
    {
        Vector512<float> ab = Avx512F.UnpackLow(a._value, b._value) + Avx512F.UnpackHigh(a._value, b._value);
        Vector512<float> cd = Avx512F.UnpackLow(c._value, d._value) + Avx512F.UnpackHigh(c._value, d._value);
        Vector512<float> four = Avx512F.Shuffle(ab, cd, 0x44) + Avx512F.Shuffle(ab, cd, 0xEE);
        Vector256<float> pair = four.GetLower() + four.GetUpper();
        (pair.GetLower() + pair.GetUpper()).Store(destination);
    }

    /// <summary>Sum.</summary>
    [MethodImpl(Inline)]
    public static V512 operator +(V512 a, V512 b) => new(a._value + b._value);

    /// <summary>Difference.</summary>
    [MethodImpl(Inline)]
    public static V512 operator -(V512 a, V512 b) => new(a._value - b._value);

    /// <summary>Product.</summary>
    [MethodImpl(Inline)]
    public static V512 operator *(V512 a, V512 b) => new(a._value * b._value);

    /// <summary>Quotient.</summary>
    [MethodImpl(Inline)]
    public static V512 operator /(V512 a, V512 b) => new(a._value / b._value);

    /// <summary>Bitwise and.</summary>
    [MethodImpl(Inline)]
    public static V512 operator &(V512 a, V512 b) => new(a._value & b._value);

    /// <summary>Bitwise or.</summary>
    [MethodImpl(Inline)]
    public static V512 operator |(V512 a, V512 b) => new(a._value | b._value);


    /// <summary>Sign flipped.</summary>
    [MethodImpl(Inline)]
    public static V512 operator -(V512 a) => new(-a._value);
}
