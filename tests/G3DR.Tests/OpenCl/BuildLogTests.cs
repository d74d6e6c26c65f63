using G3DR.Compute.OpenCl;

namespace G3DR.Tests.OpenCl;

public class BuildLogTests
{
    private static readonly string s_source = string.Join('\n', Enumerable.Range(1, 40).Select(i => $"line {i}"));

    [Theory]
    [InlineData("<kernel>:10:5: error: use of undeclared identifier")]
    [InlineData("<kernel>:2:1: warning: unused\nerror: /cache/temporary.cl:10:24: use of undeclared identifier")]
    [InlineData("C:\\Temp\\a.cl:10:5: fatal error: too many errors emitted\n1 error generated.")]
    public void Lines_near_the_error_are_shown_with_numbers(string log)
    {
        string text = BuildLog.Describe(log, s_source);
        Assert.Contains(">  10 line 10", text, StringComparison.Ordinal);
        Assert.Contains("    7 line 7", text, StringComparison.Ordinal);
        Assert.Contains("   13 line 13", text, StringComparison.Ordinal);
        Assert.DoesNotContain("line 6", text, StringComparison.Ordinal);
        Assert.DoesNotContain("line 14", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Places_that_lie_together_are_shown_once_and_those_apart_with_a_gap()
    {
        string text = BuildLog.Describe("a.cl:30:1: error: x\na.cl:10:5: error: y\na.cl:12:5: fatal error: z", s_source);
        Assert.Single(text.Split('\n'), line => line.EndsWith("line 12", StringComparison.Ordinal));
        Assert.Contains("     ...", text, StringComparison.Ordinal);
        Assert.Contains("  30 line 30", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no place at all")]
    [InlineData("x.cl:99999:1: error: beyond the end")]
    [InlineData("x.cl:99999999999999:1: error: no number")]
    [InlineData("x.cl:0:1: error: before the start")]
    public void Logs_without_a_place_show_no_lines(string log) =>
        Assert.DoesNotContain("line 1", BuildLog.Describe(log, s_source), StringComparison.Ordinal);

    [Fact]
    public void Long_logs_are_cut() => Assert.InRange(BuildLog.Describe(new string('x', 1_000_000), s_source).Length, 1000, 20_000);
}
