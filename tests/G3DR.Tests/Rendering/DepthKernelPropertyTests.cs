using FsCheck;
using FsCheck.Fluent;
using G3DR.Core.Rendering;
using G3DR.Core.Tensors;
using G3DR.Tests.Support;

namespace G3DR.Tests.Rendering;

/// <summary>Properties of the kernel function itself.</summary>
public class DepthKernelPropertyTests
{
    [Fact]
    public void Values_are_the_formula_of_the_paper() => Prop.ForAll(RayCase.Any, c =>
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor t = c.Distances(device), surface = c.Surface(device);
        double[] expected = c.ExpectedKernel(t, surface), actual = c.Kernel.Values(t, surface).ToDoubles();
        return expected.Zip(actual).All(pair => Math.Abs(pair.First - pair.Second) <= 1e-15 * c.Max);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float64)]
    public void Values_stay_between_the_limits(DType dtype) => Prop.ForAll(RayCase.Any, c =>
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        double min = dtype == DType.Float32 ? (float)c.Min : c.Min, max = dtype == DType.Float32 ? (float)c.Max : c.Max;
        return c.Kernel.Values(c.Distances(device, dtype), c.Surface(device, dtype)).ToDoubles().All(k => k >= min && k <= max);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Values_are_symmetric_about_the_surface_and_never_rise_with_distance() => Prop.ForAll(RayCase.Any, c =>
    {
        double last = double.PositiveInfinity;
        for (int i = 0; i <= 200; i++)
        {
            // Multiples of 2^-6: surface + offset and surface - offset are exact.
            double offset = i / 64.0, behind = c.Kernel.Value(5 + offset, 5), front = c.Kernel.Value(5 - offset, 5);
            if (behind != front || behind > last)
            {
                return false;
            }

            last = behind;
        }

        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Equal_limits_of_one_leave_gradients_alone() => Prop.ForAll(RayCase.Any, c =>
    {
        DepthKernel kernel = DepthKernel.Paper(1, c.S2, 1, 1);
        return Enumerable.Range(0, 50).All(i => kernel.Value(4 + (i / 20.0), 5) == 1 && DepthKernel.None.Value(4 + (i / 20.0), 5) == 1);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_infinite_width_scales_all_samples_alike() => Prop.ForAll(RayCase.Any, c =>
    {
        DepthKernel kernel = DepthKernel.Paper(c.S1, double.PositiveInfinity, c.Min, c.Max), wide = DepthKernel.Paper(c.S1, 1e12, c.Min, c.Max);
        double uniform = Math.Clamp(c.S1, c.Min, c.Max);
        return Enumerable.Range(0, 50).All(i => kernel.Value(i, 5) == uniform && Math.Abs(wide.Value(i, 5) - uniform) <= 1e-8 * uniform);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Invalid_parameters_are_refused_and_named()
    {
        var badNumber = Gen.Elements(double.NaN, -1.0, double.NegativeInfinity, -1e-30);
        var bad =
            from value in badNumber
            from place in Gen.Choose(0, 3)
            select (value, place);
        string[] names = ["s1", "s2", "min", "max"];
        Prop.ForAll(bad.ToArbitrary(), wrong =>
        {
            double[] p = [1.25, 0.03, 0.05, 1];
            p[wrong.place] = wrong.value;
            ArgumentException error = Assert.Throws<ArgumentException>(() => DepthKernel.Paper(p[0], p[1], p[2], p[3]));
            return error.ParamName == names[wrong.place];
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(1, 0.03, 0, 1, "min")]
    [InlineData(1, 0, 0.05, 1, "s2")]
    [InlineData(1, 1e-60, 0.05, 1, "s2")]
    [InlineData(1, 0.03, 0.5, 0.4, "max")]
    [InlineData(double.PositiveInfinity, 0.03, 0.05, 1, "s1")]
    public void Limits_of_the_parameters_are_refused(double s1, double s2, double min, double max, string name)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => DepthKernel.Paper(s1, s2, min, max));
        Assert.Equal(name, error.ParamName);
    }

    [Fact]
    public void A_kernel_without_floor_fades_to_nothing()
    {
        DepthKernel kernel = DepthKernel.WithoutFloor(1, 0.1, 1);
        Assert.Equal(1, kernel.Value(5, 5));
        Assert.Equal(0, kernel.Value(50, 5));
        Assert.Throws<ArgumentException>(() => DepthKernel.WithoutFloor(1, 0.1, -1));
    }

    [Fact]
    public void Official_values_are_those_of_the_released_code()
    {
        // On the surface 1.25 is cut to 1; at a distance of 0.2: 1.25 exp(-0.04 / 0.03); far away 0.05.
        Assert.Equal(1, DepthKernel.Official.Value(5, 5));
        Assert.Equal(1.25 * Math.Exp(-4.0 / 3), DepthKernel.Official.Value(5.2, 5), 1e-12);
        Assert.Equal(0.05, DepthKernel.Official.Value(6, 5));
        Assert.Equal(0.25, DepthKernel.HalfSampleDistance(4, 6, 4));
    }
}
