using System.Diagnostics;
using G3DR.Core.Diagnostics;

namespace G3DR.Tests.Diagnostics;

public class StageClockTests
{
    // Of the clock that the system counts the start of processes with.
    private const double Resolution = 0.05;

    [Fact]
    public void Stages_add_up_to_the_age_of_the_process()
    {
        double before = Age();
        var clock = new StageClock("start", "first");
        Assert.Equal(["start"], clock.Seconds.Keys);
        Assert.InRange(clock.Seconds["start"], before - Resolution, Age() + Resolution);
        clock.Enter("second");
        double first = clock.Seconds["first"];
        clock.Enter("first");
        clock.Enter("third");
        Assert.Equal(["start", "first", "second"], clock.Seconds.Keys);
        Assert.True(clock.Seconds["first"] > first);
        Assert.All(clock.Seconds.Values, seconds => Assert.True(seconds >= 0));
        Assert.InRange(clock.Seconds.Values.Sum(), before - Resolution, Age() + Resolution);
    }

    private static double Age()
    {
        using var process = Process.GetCurrentProcess();
        return (DateTime.Now - process.StartTime).TotalSeconds;
    }
}
