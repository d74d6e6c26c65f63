namespace G3DR.Compute.Simd;

/// <summary>
/// A float vector of one instruction set. Hot loops are written once, generic over this, and compiled for 128, 256 and 512 bits.
/// Comparisons give masks: lanes with all bits set or none, to be used with <see cref="Select"/> and <c>&amp;</c>.
/// </summary>
/// <typeparam name="V">The vector type itself.</typeparam>
public unsafe interface ISimd<V>
    where V : struct, ISimd<V>
{
    /// <summary>Number of lanes.</summary>
    static abstract int Count { get; }

    /// <summary>All lanes zero.</summary>
    static abstract V Zero { get; }

    /// <summary>Lanes 0, 1, 2, ...</summary>
    static abstract V Iota { get; }

    /// <summary>All lanes <paramref name="value"/>.</summary>
    static abstract V Create(float value);

    /// <summary>Reads <see cref="Count"/> floats; no alignment needed.</summary>
    static abstract V Load(float* source);

    /// <summary>Writes <see cref="Count"/> floats; no alignment needed.</summary>
    void Store(float* destination);

    /// <summary>Converts to integers (towards zero), multiplies by <paramref name="scale"/> and writes <see cref="Count"/> integers.</summary>
    void StoreScaledInt32(int scale, int* destination);

    /// <summary>a * b + c, rounded once where the processor has the instruction.</summary>
    static abstract V MultiplyAdd(V a, V b, V c);

    /// <summary>Lane by lane maximum; the second operand where one is NaN or both are equal.</summary>
    static abstract V Max(V a, V b);

    /// <summary>Lane by lane minimum; the second operand where one is NaN or both are equal.</summary>
    static abstract V Min(V a, V b);

    /// <summary>Absolute value.</summary>
    static abstract V Abs(V a);

    /// <summary>Square root.</summary>
    static abstract V Sqrt(V a);

    /// <summary>Largest whole number not above each lane.</summary>
    static abstract V Floor(V a);

    /// <summary>Nearest whole number, ties to even.</summary>
    static abstract V Round(V a);

    /// <summary>a * 2^n for whole n between -252 and 254, with correct overflow and gradual underflow.</summary>
    static abstract V ScaleByPowerOfTwo(V a, V n);

    /// <summary>Splits positive normal numbers: a = mantissa * 2^exponent, mantissa in [sqrt(1/2), sqrt(2)).</summary>
    static abstract V SplitExponent(V a, out V exponent);

    /// <summary>Lanes of <paramref name="a"/> where the mask is set, else of <paramref name="b"/>.</summary>
    static abstract V Select(V mask, V a, V b);

    /// <summary>Mask of a &gt;= b.</summary>
    static abstract V GreaterOrEqual(V a, V b);

    /// <summary>Mask of a &gt; b.</summary>
    static abstract V Greater(V a, V b);

    /// <summary>Number of lanes set in a mask.</summary>
    static abstract int CountTrue(V mask);

    /// <summary>Sum of all lanes, in a fixed order.</summary>
    static abstract float Sum(V a);

    /// <summary>The four lane sums of four vectors, written to <paramref name="destination"/>[0..3].</summary>
    static abstract void SumFour(V a, V b, V c, V d, float* destination);

    /// <summary>Sum.</summary>
    static abstract V operator +(V a, V b);

    /// <summary>Difference.</summary>
    static abstract V operator -(V a, V b);

    /// <summary>Product.</summary>
    static abstract V operator *(V a, V b);

    /// <summary>Quotient.</summary>
    static abstract V operator /(V a, V b);

    /// <summary>Bitwise and.</summary>
    static abstract V operator &(V a, V b);

    /// <summary>Bitwise or.</summary>
    static abstract V operator |(V a, V b);

    /// <summary>Sign flipped.</summary>
    static abstract V operator -(V a);
}
