using System.CommandLine;

namespace G3DR.Cli.Commands;

internal static class RenderCommand
{
    public static Command Create() => new("render", "stub");
}
