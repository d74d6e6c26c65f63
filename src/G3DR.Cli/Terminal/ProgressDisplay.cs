using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace G3DR.Cli.Terminal;

/// <summary>One line of live progress on a terminal; a line every ten percent where the output is a file or a pipe; nothing for machines.</summary>
internal sealed class ProgressDisplay : IDisposable
{
    private const int BarWidth = 24;

    private readonly bool _live;
    private readonly bool _silent;
    private readonly int _total;
    private readonly string _title;
    private long _lastDrawn;
    private int _lastTenth = -1;

    private ProgressDisplay(bool silent, int total, string title)
    {
        (_silent, _total, _title) = (silent, total, title);
        _live = !silent && !Console.IsErrorRedirected && AnsiConsole.Profile.Capabilities.Ansi;
    }

    /// <summary>A display on the error stream, so that results can be piped.</summary>
    public static ProgressDisplay For(bool silent, int total, string title) => new(silent, total, title);

    /// <summary>Tells how far the work is.</summary>
    public void Report(int done, string detail, TimeSpan elapsed, TimeSpan remaining)
    {
        if (_silent)
        {
            return;
        }

        double share = _total > 0 ? (double)done / _total : 1;
        if (!_live)
        {
            int tenth = (int)(share * 10);
            if (tenth > _lastTenth)
            {
                _lastTenth = tenth;
                Console.Error.WriteLine(Line(done, share, detail, elapsed, remaining));
            }

            return;
        }

        if (done < _total && Stopwatch.GetElapsedTime(_lastDrawn).TotalMilliseconds < 100)
        {
            return;
        }

        _lastDrawn = Stopwatch.GetTimestamp();
        int filled = (int)(share * BarWidth);
        string bar = new string('=', filled) + new string(' ', BarWidth - filled);
        Console.Error.Write($"\r\u001b[K{_title} [{bar}] {Line(done, share, detail, elapsed, remaining)}");
    }

    public void Dispose()
    {
        if (_live && _lastDrawn != 0)
        {
            Console.Error.WriteLine();
        }
    }

    private string Line(int done, double share, string detail, TimeSpan elapsed, TimeSpan remaining) =>
        string.Create(CultureInfo.InvariantCulture, $"{done}/{_total} {share * 100,3:F0}%  {detail}  {Clock(elapsed)} left {Clock(remaining)}");

    private static string Clock(TimeSpan time) => time.ToString(time.TotalHours >= 1 ? @"h\:mm\:ss" : @"m\:ss", CultureInfo.InvariantCulture);
}
