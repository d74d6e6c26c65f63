using FsCheck;
using FsCheck.Fluent;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Tests.Support;

namespace G3DR.Tests.Networks;

/// <summary>Where a shuffle puts each element.</summary>
public class PixelShuffleTests
{
    private static Gen<(int Factor, int Height, int Width, int Channels)> Sizes =>
        from factor in Gen.Choose(1, 5)
        from height in Gen.Choose(1, 4)
        from width in Gen.Choose(1, 4)
        from channels in Gen.Choose(1, 19)
        select (factor, height, width, channels);

    [Fact]
    public void Channels_come_first_then_rows_then_columns()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);

        // Two channels of a 2 x 4 picture: tens tell the channel, ones count pixels.
        Tensor x = Tensor.FromArray(device, [0f, 10f, 1f, 11f, 2f, 12f, 3f, 13f, 4f, 14f, 5f, 15f, 6f, 16f, 7f, 17f], [1, 2, 4, 2]);
        Tensor y = Functional.PixelUnshuffle(x, 2);
        Assert.Equal(new Shape([1, 1, 2, 8]), y.Shape);
        Assert.Equal([0f, 1f, 4f, 5f, 10f, 11f, 14f, 15f, 2f, 3f, 6f, 7f, 12f, 13f, 16f, 17f], y.ToSingles());
    }

    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float64)]
    public void Each_direction_undoes_the_other(DType dtype) => Prop.ForAll(Sizes.ToArbitrary(), s =>
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor wide = Tensor.Uniform(device, [2, s.Height * s.Factor, s.Width * s.Factor, s.Channels], seed: 1, dtype: dtype);
        Tensor deep = Tensor.Uniform(device, [2, s.Height, s.Width, s.Channels * s.Factor * s.Factor], seed: 2, dtype: dtype);
        return Functional.PixelShuffle(Functional.PixelUnshuffle(wide, s.Factor), s.Factor).ToDoubles().SequenceEqual(wide.ToDoubles())
            && Functional.PixelUnshuffle(Functional.PixelShuffle(deep, s.Factor), s.Factor).ToDoubles().SequenceEqual(deep.ToDoubles());
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_does_not_divide_is_refused()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.Zeros(device, [1, 6, 4, 9]);
        Assert.Contains("(1, 6, 4, 9)", Assert.Throws<ArgumentException>(() => Functional.PixelUnshuffle(x, 3)).Message, StringComparison.Ordinal);
        Assert.Contains("(1, 6, 4, 9)", Assert.Throws<ArgumentException>(() => Functional.PixelShuffle(x, 2)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Functional.PixelShuffle(x, 0));
        Assert.Throws<ArgumentException>(() => Functional.PixelUnshuffle(Tensor.Zeros(device, [6, 4, 9]), 2));
    }
}
