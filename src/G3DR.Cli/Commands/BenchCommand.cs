using System.CommandLine;

namespace G3DR.Cli.Commands;

internal static class BenchCommand
{
    public static Command Create() => new("bench", "stub");
}
