using System.Diagnostics;

namespace G3DR.Cli.Terminal;

/// <summary>Shows the progress of work whose extent comes with its reports.</summary>
/// <param name="silent">Whether nothing is shown.</param>
/// <param name="title">What is being done.</param>
/// <param name="describe">How much is done, of how much, and what was done last.</param>
internal sealed class ProgressReporter<T>(bool silent, string title, Func<T, (int Done, int Total, string Detail)> describe) : IProgress<T>, IDisposable
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private ProgressDisplay? _display;

    public void Report(T value)
    {
        (int done, int total, string detail) = describe(value);
        _display ??= ProgressDisplay.For(silent, total, title);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(_start);
        _display.Report(done, detail, elapsed, done == 0 ? TimeSpan.Zero : elapsed * ((double)(total - done) / done));
    }

    public void Dispose() => _display?.Dispose();
}
