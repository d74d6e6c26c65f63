using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using G3DR.Cli.Commands;
using G3DR.Cli.Terminal;

namespace G3DR.Cli;

/// <summary>The command g3dr. Everything it does is a call of the library.</summary>
public static class Program
{
    /// <summary>Runs the command.</summary>
    /// <returns>0 on success, 1 on failure, 2 on wrong arguments.</returns>
    public static Task<int> Main(string[] args) => RunAsync(args, Console.Out, Console.Error);

    /// <summary>Runs the command with given outputs, as tests do.</summary>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        var root = new RootCommand("From one picture with depth to a 3D scene, on the processor or an OpenCL device, without Python. See also: g3dr COMMAND --help")
        {
            FitCommand.Create(),
            ReconstructCommand.Create(),
            RenderCommand.Create(),
            DepthCommand.Create(),
            ClassifyCommand.Create(),
            SimilarityCommand.Create(),
            VerifyCommand.Create(),
            EvalCommand.Create(),
            UpscaleCommand.Create(),
            DatasetCommand.Create(),
            WeightsCommand.Create(),
            BenchCommand.Create(),
            DoctorCommand.Create(),
        };
        root.UseExamples();
        ParseResult parsed = root.Parse(args);
        if (parsed.Action is ParseErrorAction)
        {
            string problem = parsed.CommandResult.Command.Subcommands.Count > 0 && parsed.UnmatchedTokens.Count > 0
                ? $"There is no command '{parsed.UnmatchedTokens[0]}'."
                : parsed.Errors[0].Message.ReplaceLineEndings(" ");
            await error.WriteLineAsync($"g3dr: {problem} Try: g3dr {CommandPath(parsed.CommandResult)}--help");
            return ExitCodes.WrongArguments;
        }

        var configuration = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,

            // After Ctrl-C a command still writes what it has.
            ProcessTerminationTimeout = TimeSpan.FromMinutes(2),
        };
        try
        {
            return await parsed.InvokeAsync(configuration);
        }
        catch (Exception exception) when (ExitCodes.For(exception) is int code)
        {
            await error.WriteLineAsync($"g3dr: {ExitCodes.Describe(exception)}");
            return code;
        }
    }

    private static string CommandPath(CommandResult command) => command.Parent is CommandResult parent
        ? $"{CommandPath(parent)}{command.Command.Name} "
        : string.Empty;
}
