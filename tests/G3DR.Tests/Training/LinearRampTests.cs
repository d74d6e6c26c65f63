using G3DR.Core.Training;

namespace G3DR.Tests.Training;

public class LinearRampTests
{
    [Fact]
    public void Rising_ramp_meets_its_ends_and_stays_at_the_upper_one()
    {
        var ramp = new LinearRamp(1, 3, 10, 20);
        Assert.Equal([1, 2, 3, 3], new[] { ramp.At(10), ramp.At(15), ramp.At(20), ramp.At(1000) });
    }

    [Fact]
    public void Falling_ramp_meets_its_ends_and_stays_at_the_lower_one()
    {
        var ramp = new LinearRamp(3, 1, 10, 20);
        Assert.Equal([3, 2, 1, 1], new[] { ramp.At(10), ramp.At(15), ramp.At(20), ramp.At(1000) });
    }

    [Fact]
    public void Before_the_start_the_line_goes_on_as_in_the_released_code() =>
        Assert.Equal(-1, new LinearRamp(1, 3, 10, 20).At(0));

    [Fact]
    public void Named_ramps_refuse_the_wrong_direction()
    {
        Assert.Throws<ArgumentException>(() => LinearRamp.LowToHigh(0, 3, 1, 0, 10));
        Assert.Throws<ArgumentException>(() => LinearRamp.HighToLow(0, 1, 3, 0, 10));
    }

    [Fact]
    public void A_ramp_without_length_is_refused() =>
        Assert.Throws<ArgumentException>(() => new LinearRamp(0, 1, 5, 5));
}
