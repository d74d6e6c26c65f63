using System.Diagnostics;

namespace G3DR.Core.Diagnostics;

/// <summary>Where the time of a process goes: every moment from its start belongs to one stage, so the stages add up to the whole.</summary>
public sealed class StageClock
{
    private readonly OrderedDictionary<string, double> _seconds = new(StringComparer.Ordinal);
    private string _stage;
    private long _since = Stopwatch.GetTimestamp();

    /// <summary>Starts with the time that the process has run already.</summary>
    /// <param name="first">Name of the stage before this call: the start of the runtime.</param>
    /// <param name="next">Name of the stage that begins now.</param>
    public StageClock(string first, string next)
    {
        using var process = Process.GetCurrentProcess();
        _seconds[first] = (DateTime.Now - process.StartTime).TotalSeconds;
        _stage = next;
    }

    /// <summary>Seconds of each stage, up to the last call of <see cref="Enter"/>.</summary>
    public IReadOnlyDictionary<string, double> Seconds => _seconds;

    /// <summary>Ends the present stage and begins another one; a name that was used before goes on there.</summary>
    public void Enter(string stage)
    {
        long now = Stopwatch.GetTimestamp();
        _seconds[_stage] = _seconds.GetValueOrDefault(_stage) + Stopwatch.GetElapsedTime(_since, now).TotalSeconds;
        (_stage, _since) = (stage, now);
    }
}
