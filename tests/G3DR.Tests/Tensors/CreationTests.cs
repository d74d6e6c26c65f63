using G3DR.Compute;
using G3DR.Core.Tensors;
using G3DR.Tests.Support;

namespace G3DR.Tests.Tensors;

/// <summary>Tensors that are made on the device hold what the host would have written, bit for bit.</summary>
public class CreationTests
{
    private const int Length = 3000;

    public static TheoryData<string, DType> Cases
    {
        get
        {
            var data = new TheoryData<string, DType>();
            foreach (string configuration in TestDevice.ConfigurationNames)
            {
                data.Add(configuration, DType.Float32);
                data.Add(configuration, DType.Float64);
            }

            return data;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Random_numbers_are_those_of_the_generator(string configuration, DType dtype)
    {
        using var device = TestDevice.Create(configuration);
        Require(device, dtype);
        using Tensor uniform = Tensor.Uniform(device, [Length], seed: 3, stream: 5, dtype), normal = Tensor.Normal(device, [Length], seed: 3, stream: 5, dtype);
        Assert.Equal(Enumerable.Range(0, Length).Select(i => (double)Philox.Uniform(3, 5, (ulong)i)), uniform.ToDoubles());
        Assert.Equal(Enumerable.Range(0, Length).Select(i => (double)Philox.Normal(3, 5, (ulong)i)), normal.ToDoubles());
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Constants_are_rounded_once(string configuration, DType dtype)
    {
        using var device = TestDevice.Create(configuration);
        Require(device, dtype);
        using Tensor full = Tensor.Full(device, [Length], 0.1, dtype), none = Tensor.Full(device, [0], 0.1, dtype);
        Assert.Equal(Enumerable.Repeat(dtype == DType.Float32 ? 0.1f : 0.1, Length), full.ToDoubles());
        Assert.Empty(none.ToDoubles());
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Types_convert_like_casts(string configuration, DType dtype)
    {
        double[] values = [0.1, -1e-50, 1e300, double.NaN, double.NegativeInfinity, float.Epsilon];
        using var device = TestDevice.Create(configuration);
        device.RequireFloat64();
        using Tensor x = Tensor.FromArray(device, values, [values.Length]), narrow = x.ToType(dtype), wide = narrow.ToType(DType.Float64);
        Assert.Equal(dtype == DType.Float32 ? values.Select(value => (double)(float)value) : values, wide.ToDoubles());
    }

    private static void Require(TestDevice device, DType dtype)
    {
        if (dtype == DType.Float64)
        {
            device.RequireFloat64();
        }
    }
}
