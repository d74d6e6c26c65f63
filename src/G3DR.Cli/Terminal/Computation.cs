using System.CommandLine;

namespace G3DR.Cli.Terminal;

/// <summary>Actions of commands that take a while.</summary>
internal static class Computation
{
    /// <summary>
    /// Runs a command on a thread of its own: only then does the command line know the running task when Ctrl-C comes, tells it to stop, and waits for
    /// what it still writes and frees. On the calling thread it would be killed in the midst of its work.
    /// </summary>
    public static void SetComputation(this Command command, Func<ParseResult, CancellationToken, Task<int>> run) =>
        command.SetAction((parsed, cancel) => Task.Run(() => run(parsed, cancel), CancellationToken.None));

    /// <inheritdoc cref="SetComputation(Command, Func{ParseResult, CancellationToken, Task{int}})"/>
    public static void SetComputation(this Command command, Func<ParseResult, CancellationToken, int> run) =>
        command.SetAction((parsed, cancel) => Task.Run(() => run(parsed, cancel), CancellationToken.None));
}
