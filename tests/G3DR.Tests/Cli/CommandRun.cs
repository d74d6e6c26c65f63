using G3DR.Cli;

namespace G3DR.Tests.Cli;

/// <summary>What a command line in this process returned and printed.</summary>
internal sealed record CommandRun(int Code, string Output, string Error)
{
    public static async Task<CommandRun> Of(params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        int code = await Program.RunAsync(arguments, output, error);
        return new(code, output.ToString(), error.ToString());
    }

    /// <summary>Fails the test, showing what the command said, if it did not succeed.</summary>
    public CommandRun Succeeded()
    {
        Assert.True(Code == 0, $"exit code {Code}: {Output}{Error}");
        return this;
    }

    /// <summary>Fails the test unless there was an error of one line and no output.</summary>
    public CommandRun Refused(int code)
    {
        Assert.True(Code == code, $"exit code {Code}: {Output}{Error}");
        Assert.Empty(Output);
        Assert.StartsWith("g3dr: ", Error, StringComparison.Ordinal);
        Assert.Single(Error.Trim().Split('\n'));
        return this;
    }
}
