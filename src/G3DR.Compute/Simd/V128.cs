using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace G3DR.Compute.Simd;

/// <summary>4 floats in a 128-bit register: every processor.</summary>
public readonly unsafe struct V128 : ISimd<V128>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;
    private readonly Vector128<float> _value;

    /// <summary>Wraps a framework vector.</summary>
    [MethodImpl(Inline)]
    public V128(Vector128<float> value) => _value = value;

    /// <inheritdoc/>
    public static int Count => 4;

    /// <inheritdoc/>
    public static V128 Zero => new(Vector128<float>.Zero);

    /// <inheritdoc/>
    public static V128 Iota => new(Vector128.Create(0f, 1f, 2f, 3f));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V128 Create(float value) => new(Vector128.Create(value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V128 Load(float* source) => new(Vector128.Load(source));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public void Store(float* destination) => _value.Store(destination);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public void StoreScaledInt32(int scale, int* destination) =>
        (Vector128.ConvertToInt32Native(_value) * Vector128.Create(scale)).Store(destination);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V128 MultiplyAdd(V128 a, V128 b, V128 c) => new(Vector128.MultiplyAddEstimate(a._value, b._value, c._value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V128 Max(V128 a, V128 b) => new(Vector128.MaxNative(a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V128 Min(V128 a, V128 b) => new(Vector128.MinNative(a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V128 Abs(V128 a) => new(Vector128.Abs(a._value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V128 Sqrt(V128 a) => new(Vector128.Sqrt(a._value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V128 Floor(V128 a) => new(Vector128.Floor(a._value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V128 Round(V128 a) => new(Vector128.Round(a._value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V128 ScaleByPowerOfTwo(V128 a, V128 n)
    {
        // Two factors, because 2^n alone may leave the range of normal numbers while the product does not.
        Vector128<int> whole = Vector128.ConvertToInt32Native(n._value);
        Vector128<int> half = Vector128.ShiftRightArithmetic(whole, 1);
        Vector128<float> first = Vector128.ShiftLeft(half + Vector128.Create(127), 23).AsSingle();
        Vector128<float> second = Vector128.ShiftLeft(whole - half + Vector128.Create(127), 23).AsSingle();
        return new(a._value * first * second);
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V128 SplitExponent(V128 a, out V128 exponent)
    {
        // Subtracting the bits of sqrt(1/2) puts the wrap of the exponent field at sqrt(2) instead of 2.
        Vector128<int> bits = a._value.AsInt32() - Vector128.Create(0x3F3504F3);
        Vector128<int> power = Vector128.ShiftRightArithmetic(bits, 23);
        exponent = new(Vector128.ConvertToSingle(power));
        return new((a._value.AsInt32() - Vector128.ShiftLeft(power, 23)).AsSingle());
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V128 Select(V128 mask, V128 a, V128 b) => new(Vector128.ConditionalSelect(mask._value, a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V128 GreaterOrEqual(V128 a, V128 b) => new(Vector128.GreaterThanOrEqual(a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static V128 Greater(V128 a, V128 b) => new(Vector128.GreaterThan(a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static int CountTrue(V128 mask) => BitOperations.PopCount(Vector128.ExtractMostSignificantBits(mask._value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static float Sum(V128 a) => Vector128.Sum(a._value);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static void SumFour(V128 a, V128 b, V128 c, V128 d, float* destination)
    {
        Vector128<float> low = Sse.IsSupported ? Sse.UnpackLow(a._value, b._value) : Vector128.Create(a._value[0], b._value[0], a._value[1], b._value[1]);
        Vector128<float> high = Sse.IsSupported ? Sse.UnpackHigh(a._value, b._value) : Vector128.Create(a._value[2], b._value[2], a._value[3], b._value[3]);
        Vector128<float> ab = low + high;
        low = Sse.IsSupported ? Sse.UnpackLow(c._value, d._value) : Vector128.Create(c._value[0], d._value[0], c._value[1], d._value[1]);
        high = Sse.IsSupported ? Sse.UnpackHigh(c._value, d._value) : Vector128.Create(c._value[2], d._value[2], c._value[3], d._value[3]);
        Vector128<float> cd = low + high;
        Vector128<float> even = Vector128.Create(ab.GetLower(), cd.GetLower());
        Vector128<float> odd = Vector128.Create(ab.GetUpper(), cd.GetUpper());
        (even + odd).Store(destination);
    }

    /// <summary>Sum.</summary>
    [MethodImpl(Inline)]
    public static V128 operator +(V128 a, V128 b) => new(a._value + b._value);

    /// <summary>Difference.</summary>
    [MethodImpl(Inline)]
    public static V128 operator -(V128 a, V128 b) => new(a._value - b._value);

    /// <summary>Product.</summary>
    [MethodImpl(Inline)]
    public static V128 operator *(V128 a, V128 b) => new(a._value * b._value);

    /// <summary>Quotient.</summary>
    [MethodImpl(Inline)]
    public static V128 operator /(V128 a, V128 b) => new(a._value / b._value);

    /// <summary>Bitwise and.</summary>
    [MethodImpl(Inline)]
    public static V128 operator &(V128 a, V128 b) => new(a._value & b._value);

    /// <summary>Bitwise or.</summary>
    [MethodImpl(Inline)]
    public static V128 operator |(V128 a, V128 b) => new(a._value | b._value);


    /// <summary>Sign flipped.</summary>
    [MethodImpl(Inline)]
    public static V128 operator -(V128 a) => new(-a._value);
}
