using System.CommandLine;

namespace G3DR.Cli.Commands;

internal static class DatasetCommand
{
    public static Command Create() => new("dataset", "stub");
}
