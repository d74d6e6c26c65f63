using G3DR.Cli;

namespace G3DR.Tests.Docs;

/// <summary>What the pages say is what the code does: their examples are compiled here, and the command's options are all described.</summary>
public class DocumentTests
{
    [Theory]
    [InlineData("README.md", "ReadmeExamples.cs")]
    [InlineData("docs/getting-started.md", "GettingStartedExamples.cs")]
    [InlineData("docs/coming-from-pytorch.md", "PyTorchExamples.cs")]
    [InlineData("docs/rendering.md", "RenderingExamples.cs")]
    [InlineData("docs/writing-a-kernel.md", "KernelExamples.cs")]
    [InlineData("docs/debugging-kernels.md", "KernelDebuggingExamples.cs")]
    [InlineData("docs/ilgpu.md", "IlgpuExamples.cs")]
    [InlineData("docs/adding-a-device.md", "BackEndExamples.cs")]
    [InlineData("docs/opencl.md", "DeviceExamples.cs")]
    [InlineData("docs/weights.md", "WeightsExamples.cs")]
    [InlineData("docs/networks.md", "NetworkExamples.cs")]
    [InlineData("docs/pretrained.md", "PretrainedExamples.cs")]
    [InlineData("docs/losses.md", "LossExamples.cs")]
    public void Every_example_of_a_page_is_run_as_a_test(string page, string tests)
    {
        string code = Compact(Documents.Read("tests/G3DR.Tests/Docs/" + tests));
        IReadOnlyList<string> examples = Documents.Examples(page);
        Assert.NotEmpty(examples);
        foreach (string example in examples)
        {
            // Usings stand at the top of a file of tests, and constants (names of files, sizes) are parameters there.
            string body = string.Join('\n', example.Split('\n').Where(line =>
                !line.StartsWith("using G3DR.", StringComparison.Ordinal) && !line.StartsWith("const ", StringComparison.Ordinal)));
            Assert.True(code.Contains(Compact(body), StringComparison.Ordinal), $"{tests} does not run this example of {page}:\n{example}");
        }
    }

    [Theory]
    [InlineData("fit")]
    [InlineData("render")]
    [InlineData("verify")]
    [InlineData("dataset scenes")]
    [InlineData("eval scene")]
    [InlineData("eval card")]
    [InlineData("eval fid")]
    [InlineData("upscale")]
    [InlineData("bench")]
    [InlineData("bench kernels")]
    [InlineData("bench renderer")]
    [InlineData("bench gemm")]
    [InlineData("doctor")]
    [InlineData("weights inspect")]
    [InlineData("weights convert")]
    [InlineData("weights diff")]
    [InlineData("weights check")]
    [InlineData("weights new")]
    [InlineData("reconstruct")]
    [InlineData("depth")]
    [InlineData("bench unet")]
    [InlineData("bench network")]
    [InlineData("bench conv")]
    [InlineData("classify")]
    [InlineData("similarity")]
    public async Task Every_option_of_a_command_is_described(string command)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        Assert.Equal(0, await Program.RunAsync([.. command.Split(' '), "--help"], output, error));
        Assert.Equal(string.Empty, error.ToString());
        string page = Documents.Read("docs/command.md");
        Assert.Contains($"## g3dr {command.Split(' ')[0]}\n", page, StringComparison.Ordinal);
        foreach (string line in output.ToString().ReplaceLineEndings("\n").Split('\n').Where(line => line.StartsWith("  --", StringComparison.Ordinal)))
        {
            string option = line.Trim().Split(' ')[0];
            Assert.True(page.Contains($"`{option}", StringComparison.Ordinal), $"docs/command.md does not describe {option} of g3dr {command}.");
        }
    }

    private static string Compact(string code) => string.Concat(code.Where(c => !char.IsWhiteSpace(c)));
}
