using System.CommandLine;

namespace G3DR.Cli.Commands;

internal static class VerifyCommand
{
    public static Command Create() => new("verify", "stub");
}
