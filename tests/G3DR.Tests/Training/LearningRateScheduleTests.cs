using G3DR.Core.Training;

namespace G3DR.Tests.Training;

public class LearningRateScheduleTests
{
    [Fact]
    public void One_cycle_starts_low_peaks_and_ends_lowest()
    {
        // Rising phase: updates 0 to 0.25 * 8 - 1 = 1.
        var schedule = new OneCycleSchedule(2.5, 8, new OneCycleOptions { RisingFraction = 0.25 });
        Assert.Equal(0.1, schedule.LearningRate(0), 15);
        Assert.Equal(2.5, schedule.LearningRate(1), 15);
        Assert.Equal(1e-5, schedule.LearningRate(7), 15);
        Assert.Equal([0.95, 0.85, 0.95], new[] { schedule.Beta1(0), schedule.Beta1(1), schedule.Beta1(7) });
    }

    [Fact]
    public void Beta1_stays_put_when_momentum_is_not_cycled()
    {
        var schedule = new OneCycleSchedule(1, 100, new OneCycleOptions { CycleMomentum = false, FixedBeta1 = 0.7 });
        Assert.All(Enumerable.Range(0, 100), step => Assert.Equal(0.7, schedule.Beta1(step)));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 0.3)]
    [InlineData(1, 1)]
    [InlineData(2, 0.5)]
    [InlineData(7, 0)]
    [InlineData(7, 1)]
    public void One_cycle_is_finite_and_within_its_limits_for_the_shortest_phases(int total, double risingFraction)
    {
        var schedule = new OneCycleSchedule(1, total, new OneCycleOptions { RisingFraction = risingFraction });
        Assert.All(Enumerable.Range(0, total), step => Assert.InRange(schedule.LearningRate(step), 1 / 25.0 / 1e4, 1));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(10)]
    public void One_cycle_refuses_steps_outside_the_run(long step)
    {
        var schedule = new OneCycleSchedule(1, 10);
        Assert.Throws<ArgumentOutOfRangeException>(() => schedule.LearningRate(step));
        Assert.Throws<ArgumentOutOfRangeException>(() => schedule.Beta1(step));
    }

    [Fact]
    public void Cosine_is_halfway_in_the_middle_and_stays_at_the_end()
    {
        var schedule = new CosineSchedule(3, 10, 1, beta1: 0.8);
        Assert.Equal(3, schedule.LearningRate(0), 15);
        Assert.Equal(2, schedule.LearningRate(5), 15);
        Assert.Equal(1, schedule.LearningRate(10), 15);
        Assert.Equal(1, schedule.LearningRate(11), 15);
        Assert.Equal(0.8, schedule.Beta1(3));
    }

    [Fact]
    public void Impossible_parameters_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new CosineSchedule(double.NaN, 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CosineSchedule(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CosineSchedule(1, 10, beta1: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new OneCycleSchedule(-1, 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => new OneCycleSchedule(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new OneCycleSchedule(1, 10, new OneCycleOptions { RisingFraction = 1.5 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new OneCycleSchedule(1, 10, new OneCycleOptions { DivFactor = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new OfficialTrainingSchedule(2));
    }
}
