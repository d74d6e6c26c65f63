using System.Text.Json;
using G3DR.Cli;
using G3DR.Tests.Support;
using G3DR.Tests.Verification;

namespace G3DR.Tests.Cli;

public class VerifyCommandTests
{
    [Fact]
    public async Task A_good_folder_succeeds_with_one_line_per_file()
    {
        (int code, string output, string error) = await RunAsync("verify", Vectors.PathOf("train"), "--threads", "2");
        Assert.True(code == 0, output + error);
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(7, lines.Length);
        Assert.Matches("^On cpu, .*, 2 threads:$", lines[0]);
        Assert.All(lines[1..6], line => Assert.StartsWith("ok ", line, StringComparison.Ordinal));
        Assert.Contains("5 files, ", lines[6], StringComparison.Ordinal);
        Assert.Contains(" 0 failed", lines[6], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Details_print_every_row()
    {
        (int code, string output, _) = await RunAsync("verify", Vectors.PathOf("train/schedules.safetensors"), "--details");
        Assert.Equal(0, code);
        Assert.Contains("yaw_half_range", output, StringComparison.Ordinal);
        Assert.Contains("tolerance 1e-12", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_value_fails_and_its_row_is_printed()
    {
        using var folder = new TemporaryFolder();
        var editor = new VectorEditor
        {
            Outputs = (name, values) =>
            {
                if (name == "m0.kernel")
                {
                    values[3] += 0.01;
                }
            },
        };
        editor.Copy(Vectors.PathOf("render/marcher.safetensors"), folder.PathOf("marcher.safetensors"));
        (int code, string output, _) = await RunAsync("verify", folder.Path, "--paths", "composed");
        Assert.Equal(1, code);
        Assert.Contains("FAILED  m0.kernel", output, StringComparison.Ordinal);
        Assert.Contains("element 3 is", output, StringComparison.Ordinal);
        Assert.DoesNotContain("m0.rgb", output.Split('\n', 3)[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_files_are_named_and_nothing_known_fails()
    {
        using var folder = new TemporaryFolder();
        (int code, _, string error) = await RunAsync("verify", folder.Path);
        Assert.Equal(1, code);
        Assert.Contains("No file in", error, StringComparison.Ordinal);

        File.Copy(Vectors.PathOf("train/schedules.safetensors"), folder.PathOf("mine.safetensors"));
        (code, string output, _) = await RunAsync("verify", folder.Path);
        Assert.Equal(1, code);
        Assert.Contains("unknown mine.safetensors", output, StringComparison.Ordinal);
        Assert.Contains("1 files not known", output, StringComparison.Ordinal);

        (code, _, error) = await RunAsync("verify", folder.PathOf("nowhere"));
        Assert.Equal(1, code);
        Assert.Contains("nowhere", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_is_one_document_also_where_rows_fail()
    {
        using var folder = new TemporaryFolder();
        File.Copy(Vectors.PathOf("train/metrics.safetensors"), folder.PathOf("metrics.safetensors"));
        File.WriteAllText(folder.PathOf("camera.safetensors"), "nothing");
        (int code, string output, string error) = await RunAsync("verify", folder.Path, "--json", "--instructions", "Vector128", "--reference-kernels", "--paths", "float64, fused");
        Assert.Equal(1, code);
        Assert.Empty(error);
        using JsonDocument json = JsonDocument.Parse(output);
        JsonElement root = json.RootElement, files = root.GetProperty("files");
        Assert.False(root.GetProperty("ok").GetBoolean());
        Assert.Contains("reference kernels", root.GetProperty("device").GetString(), StringComparison.Ordinal);
        Assert.Equal(["camera.safetensors", "metrics.safetensors"], files.EnumerateArray().Select(file => file.GetProperty("file").GetString()!));
        Assert.Equal(JsonValueKind.Null, files[0].GetProperty("rows")[0].GetProperty("error").ValueKind);
        Assert.True(files[1].GetProperty("ok").GetBoolean());
    }

    [Theory]
    [InlineData("--paths", "fast")]
    [InlineData("--paths", "host")]
    [InlineData("--paths", "")]
    [InlineData("--paths", "1")]
    [InlineData("--instructions", "Avx9000")]
    [InlineData("--device", "abacus")]
    public async Task Wrong_arguments_are_told(string option, string value)
    {
        (int code, string output, string error) = await RunAsync("verify", Vectors.PathOf("train"), option, value);
        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.StartsWith("g3dr: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_has_examples()
    {
        (int code, string output, _) = await RunAsync("verify", "--help");
        Assert.Equal(0, code);
        Assert.Contains("g3dr verify vectors/render --details", output, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        int code = await Program.RunAsync(arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
