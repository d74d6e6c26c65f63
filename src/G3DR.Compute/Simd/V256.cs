using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace G3DR.Compute.Simd;

/// <summary>8 floats in a 256-bit register: needs AVX2 and FMA.</summary>
public readonly unsafe struct V256 : ISimd<V256>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;
    private readonly Vector256<float> _value;

    /// <summary>Wraps a framework vector.</summary>
    [MethodImpl(Inline)]
    public V256(Vector256<float> value) => _value = value;

    /// <inheritdoc/>
    public static int Count => 8;

    /// <inheritdoc/>
    public static V256 Zero => new(Vector256<float>.Zero);

    /// <inheritdoc/>
    public static V256 Iota => new(Vector256.Create(0f, 1f, 2f, 3f, 4f, 5f, 6f, 7f));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V256 Create(float value) => new(Vector256.Create(value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V256 Load(float* source) => new(Vector256.Load(source));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public void Store(float* destination) => _value.Store(destination);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public void StoreScaledInt32(int scale, int* destination) =>
        (Vector256.ConvertToInt32Native(_value) * Vector256.Create(scale)).Store(destination);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V256 MultiplyAdd(V256 a, V256 b, V256 c) => new(Vector256.MultiplyAddEstimate(a._value, b._value, c._value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V256 Max(V256 a, V256 b) => new(Vector256.MaxNative(a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V256 Min(V256 a, V256 b) => new(Vector256.MinNative(a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V256 Abs(V256 a) => new(Vector256.Abs(a._value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V256 Sqrt(V256 a) => new(Vector256.Sqrt(a._value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V256 Floor(V256 a) => new(Vector256.Floor(a._value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V256 Round(V256 a) => new(Vector256.Round(a._value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V256 ScaleByPowerOfTwo(V256 a, V256 n)
    {
        // Two factors, because 2^n alone may leave the range of normal numbers while the product does not.
        Vector256<int> whole = Vector256.ConvertToInt32Native(n._value);
        Vector256<int> half = Vector256.ShiftRightArithmetic(whole, 1);
        Vector256<float> first = Vector256.ShiftLeft(half + Vector256.Create(127), 23).AsSingle();
        Vector256<float> second = Vector256.ShiftLeft(whole - half + Vector256.Create(127), 23).AsSingle();
        return new(a._value * first * second);
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V256 SplitExponent(V256 a, out V256 exponent)
    {
        // Subtracting the bits of sqrt(1/2) puts the wrap of the exponent field at sqrt(2) instead of 2.
        Vector256<int> bits = a._value.AsInt32() - Vector256.Create(0x3F3504F3);
        Vector256<int> power = Vector256.ShiftRightArithmetic(bits, 23);
        exponent = new(Vector256.ConvertToSingle(power));
        return new((a._value.AsInt32() - Vector256.ShiftLeft(power, 23)).AsSingle());
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V256 Select(V256 mask, V256 a, V256 b) => new(Vector256.ConditionalSelect(mask._value, a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V256 GreaterOrEqual(V256 a, V256 b) => new(Vector256.GreaterThanOrEqual(a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V256 Greater(V256 a, V256 b) => new(Vector256.GreaterThan(a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static int CountTrue(V256 mask) => BitOperations.PopCount(Vector256.ExtractMostSignificantBits(mask._value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static float Sum(V256 a) => Vector256.Sum(a._value);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static void SumFour(V256 a, V256 b, V256 c, V256 d, float* destination)
    {
        Vector256<float> ab = Avx.UnpackLow(a._value, b._value) + Avx.UnpackHigh(a._value, b._value);
        Vector256<float> cd = Avx.UnpackLow(c._value, d._value) + Avx.UnpackHigh(c._value, d._value);
        Vector256<float> four = Avx.Shuffle(ab, cd, 0x44) + Avx.Shuffle(ab, cd, 0xEE);
        (four.GetLower() + four.GetUpper()).Store(destination);
    }

    /// <summary>Sum.</summary>
    [MethodImpl(Inline)]
    public static V256 operator +(V256 a, V256 b) => new(a._value + b._value);

    /// <summary>Difference.</summary>
    [MethodImpl(Inline)]
    public static V256 operator -(V256 a, V256 b) => new(a._value - b._value);

    /// <summary>Product.</summary>
    [MethodImpl(Inline)]
    public static V256 operator *(V256 a, V256 b) => new(a._value * b._value);

    /// <summary>Quotient.</summary>
    [MethodImpl(Inline)]
    public static V256 operator /(V256 a, V256 b) => new(a._value / b._value);

    /// <summary>Bitwise and.</summary>
    [MethodImpl(Inline)]
    public static V256 operator &(V256 a, V256 b) => new(a._value & b._value);

    /// <summary>Bitwise or.</summary>
    [MethodImpl(Inline)]
    public static V256 operator |(V256 a, V256 b) => new(a._value | b._value);


    /// <summary>Sign flipped.</summary>
    [MethodImpl(Inline)]
    public static V256 operator -(V256 a) => new(-a._value);
}
