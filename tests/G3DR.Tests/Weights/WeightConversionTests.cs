using G3DR.Core.Weights;

namespace G3DR.Tests.Weights;

public class WeightConversionTests
{
    [Theory]
    [InlineData(WeightDtype.Bool, "00 01 02 FF", new double[] { 0, 1, 1, 1 })]
    [InlineData(WeightDtype.U8, "00 80 FF", new double[] { 0, 128, 255 })]
    [InlineData(WeightDtype.I8, "00 80 FF", new double[] { 0, -128, -1 })]
    [InlineData(WeightDtype.I16, "0100 0080 FFFF", new double[] { 1, -32768, -1 })]
    [InlineData(WeightDtype.U16, "0100 0080 FFFF", new double[] { 1, 32768, 65535 })]
    [InlineData(WeightDtype.I32, "01000000 00000080", new double[] { 1, int.MinValue })]
    [InlineData(WeightDtype.U32, "01000000 FFFFFFFF", new double[] { 1, uint.MaxValue })]
    [InlineData(WeightDtype.I64, "0100000000000000 0000000000000080", new double[] { 1, long.MinValue })]
    [InlineData(WeightDtype.U64, "0100000000000000 0000000000000080", new double[] { 1, 9223372036854775808 })]
    // Half: 1, -2, the smallest subnormal 2^-24, the largest 65504, infinity.
    [InlineData(WeightDtype.F16, "003C 00C0 0100 FF7B 007C", new double[] { 1, -2, 5.9604644775390625e-8, 65504, double.PositiveInfinity })]
    // bfloat16: 1, -2, 3.140625, infinity, the smallest subnormal 2^-133.
    [InlineData(WeightDtype.BF16, "803F 00C0 4940 807F 0100", new double[] { 1, -2, 3.140625, double.PositiveInfinity, 9.183549615799121e-41 })]
    [InlineData(WeightDtype.F32, "0000803F 0000C0FF", new double[] { 1, double.NaN })]
    [InlineData(WeightDtype.F64, "000000000000F03F 000000000000F0FF", new double[] { 1, double.NegativeInfinity })]
    // E4M3: 0, 1, the largest 448, the smallest normal 2^-6, the smallest subnormal 2^-9, -1.125, NaN.
    [InlineData(WeightDtype.F8E4M3, "00 38 7E 08 01 B9 7F FF", new double[] { 0, 1, 448, 0.015625, 0.001953125, -1.125, double.NaN, double.NaN })]
    // E5M2: 1, the largest 57344, infinity, the smallest subnormal 2^-16, -1.25, NaN.
    [InlineData(WeightDtype.F8E5M2, "3C 7B 7C 01 BD 7E", new double[] { 1, 57344, double.PositiveInfinity, 1.52587890625e-5, -1.25, double.NaN })]
    public void Elements_of_every_type_are_read(WeightDtype dtype, string hex, double[] expected)
    {
        byte[] bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        double[] doubles = new double[expected.Length];
        WeightConversion.ToDoubles(dtype, bytes, doubles);
        Assert.Equal(expected, doubles);
        float[] singles = new float[expected.Length];
        WeightConversion.ToSingles(dtype, bytes, singles);
        Assert.Equal([.. expected.Select(x => (float)x)], singles);
    }

    [Fact]
    public void Integers_keep_all_their_bits()
    {
        long[] values = [long.MaxValue, long.MinValue, (1L << 53) + 1];
        long[] read = new long[3];
        WeightConversion.ToInt64s(WeightDtype.I64, [.. values.SelectMany(BitConverter.GetBytes)], read);
        Assert.Equal(values, read);
    }

    [Fact]
    public void Unsigned_integers_beyond_the_range_are_refused() =>
        Assert.Throws<OverflowException>(() => WeightConversion.ToInt64s(WeightDtype.U64, [0, 0, 0, 0, 0, 0, 0, 0x80], new long[1]));

    [Theory]
    // Ties go to the even neighbour: 1 + 2^-8 lies between 1 and 1 + 2^-7.
    [InlineData(1.00390625f, WeightDtype.BF16, 1f)]
    [InlineData(1.01171875f, WeightDtype.BF16, 1.015625f)]
    [InlineData(float.MaxValue, WeightDtype.BF16, float.PositiveInfinity)]
    [InlineData(float.NaN, WeightDtype.BF16, float.NaN)]
    [InlineData(float.NegativeInfinity, WeightDtype.BF16, float.NegativeInfinity)]
    [InlineData(70000f, WeightDtype.F16, float.PositiveInfinity)]
    [InlineData(0.1f, WeightDtype.F16, 0.0999755859375f)]
    [InlineData(0.1f, WeightDtype.F32, 0.1f)]
    [InlineData(0.1f, WeightDtype.F64, 0.1f)]
    public void Singles_are_rounded_to_the_stored_type(float value, WeightDtype dtype, float expected)
    {
        byte[] bytes = new byte[dtype.Size()];
        WeightConversion.FromSingles([value], dtype, bytes);
        float[] read = new float[1];
        WeightConversion.ToSingles(dtype, bytes, read);
        Assert.Equal(expected, read[0]);
    }

    [Fact]
    public void Nan_with_a_payload_in_the_lower_half_stays_nan_in_bfloat16()
    {
        byte[] bytes = new byte[2];
        WeightConversion.FromSingles([BitConverter.UInt32BitsToSingle(0x7F800001)], WeightDtype.BF16, bytes);
        float[] read = new float[1];
        WeightConversion.ToSingles(WeightDtype.BF16, bytes, read);
        Assert.True(float.IsNaN(read[0]));
    }

    [Fact]
    public void Lengths_and_types_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => WeightConversion.ToSingles(WeightDtype.F32, new byte[7], new float[2]));
        Assert.Throws<ArgumentException>(() => WeightConversion.ToDoubles(WeightDtype.F16, new byte[8], new double[2]));
        Assert.Throws<InvalidOperationException>(() => WeightConversion.ToInt64s(WeightDtype.F16, new byte[4], new long[2]));
        Assert.Throws<ArgumentException>(() => WeightConversion.FromSingles(new float[2], WeightDtype.I32, new byte[8]));
    }

    [Fact]
    public void Names_and_sizes_belong_to_the_types()
    {
        foreach (WeightDtype dtype in Enum.GetValues<WeightDtype>())
        {
            string name = dtype.SafetensorsName();
            Assert.True(WeightDtypes.TryParse(name, out WeightDtype parsed));
            Assert.Equal(dtype, parsed);
            Assert.Equal(name.Replace("_", "", StringComparison.Ordinal), dtype.ToString().ToUpperInvariant());
            int bits = name == "BOOL" ? 8 : int.Parse(name.Split('_')[0].TrimStart('B', 'F', 'I', 'U'));
            Assert.Equal(bits, 8 * dtype.Size());
        }

        Assert.False(WeightDtypes.TryParse("f32", out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => ((WeightDtype)99).Size());
    }
}
