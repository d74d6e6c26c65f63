using System.CommandLine;
using System.Globalization;
using G3DR.Cli.Terminal;
using G3DR.Compute;
using G3DR.Core.Verification;

namespace G3DR.Cli.Commands;

/// <summary>g3dr verify: proves a device or a build with reference vectors.</summary>
internal static class VerifyCommand
{
    private static readonly VerificationPath[] s_paths = [VerificationPath.Fused, VerificationPath.Composed, VerificationPath.Float64];

    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "Folder of reference vectors, searched with its sub-folders, or one such file." };
        var paths = new Option<string>("--paths")
        {
            Description = "What computes: fused, composed, float64, or several of them. Every output is checked under any choice.",
            DefaultValueFactory = _ => "fused,composed,float64",
            HelpName = "names",
        };
        var reference = new Option<bool>("--reference-kernels") { Description = "Processor only: run the plain kernels instead of the vector variants: slow, and composed in place of fused." };
        var details = new Option<bool>("--details") { Description = "Print every row, not only those that fail." };
        var json = new Option<bool>("--json") { Description = "Print every row as JSON." };
        var command = new Command("verify", "Compute what a folder of reference vectors expects and compare; fails if anything differs or nothing is known.")
        {
            folder, paths, reference, details, json,
        };
        DeviceOptions device = DeviceOptions.AddTo(command, reference);
        command.WithExamples(
            "g3dr verify vectors",
            "g3dr verify vectors/render --details",
            "g3dr verify vectors --instructions Vector128 --threads 1",
            "g3dr verify vectors --device opencl:0",
            "g3dr verify vectors --paths float64 --reference-kernels --json");
        command.SetComputation((parsed, cancel) =>
        {
            var options = new VerificationOptions { Paths = ParsePaths(parsed.GetValue(paths)!) };
            using Accelerator accelerator = device.Open(parsed);
            VerificationReport report = Run(accelerator, parsed.GetRequiredValue(folder), options, parsed.GetValue(json), cancel);
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                output.WriteLine(report.ToJson());
            }
            else
            {
                Print(output, report, parsed.GetValue(details));
            }

            if (!report.Complete)
            {
                parsed.InvocationConfiguration.Error.WriteLine("g3dr: Stopped before the last file.");
            }
            else if (report.Files.Count == 0)
            {
                parsed.InvocationConfiguration.Error.WriteLine($"g3dr: No file in '{report.Folder}' is known. It needs reference vectors, such as render/camera.safetensors.");
            }

            return report.Ok ? ExitCodes.Success : ExitCodes.Failure;
        });
        return command;
    }

    private static VerificationReport Run(Accelerator device, string folder, VerificationOptions options, bool silent, CancellationToken cancel)
    {
        using var progress = new ProgressReporter<VerificationProgress>(silent, "verify", p => (p.Done, p.Total, p.File));
        return VectorVerification.Run(device, folder, options, progress, cancel);
    }

    private static List<VerificationPath> ParsePaths(string text)
    {
        List<VerificationPath> paths = [];
        foreach (string name in text.Split(',', StringSplitOptions.TrimEntries))
        {
            int known = Array.FindIndex(s_paths, path => path.ToString().Equals(name, StringComparison.OrdinalIgnoreCase));
            if (known < 0)
            {
                throw new ArgumentException($"--paths needs fused, composed or float64, or several of them with commas between; got '{text}'.");
            }

            paths.Add(s_paths[known]);
        }

        return paths;
    }

    private static void Print(TextWriter output, VerificationReport report, bool details)
    {
        output.WriteLine($"On {report.Device}:");
        int width = report.Files.Select(file => file.File.Length).DefaultIfEmpty(0).Max();
        foreach (FileVerification file in report.Files)
        {
            output.WriteLine($"{Verdict(file.Ok)}  {file.File.PadRight(width)}  {Summary(file)}");
            VectorCheck[] rows = [.. details ? file.Checks : file.Failures];
            int tensorWidth = rows.Select(row => row.Result.Tensor.Length).DefaultIfEmpty(0).Max();
            foreach (VectorCheck row in rows)
            {
                output.WriteLine($"        {Row(row, tensorWidth)}");
            }
        }

        foreach (UnknownVectorFile file in report.Unknown)
        {
            output.WriteLine($"unknown {file.File}: {file.Reason}");
        }

        int total = report.Files.Sum(file => file.Checks.Count), failed = report.Files.Sum(file => file.Failures.Count());
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Files.Count} files, {total} rows, {failed} failed; {report.Unknown.Count} files not known; {report.Elapsed.TotalSeconds:F1} s."));
    }

    private static string Verdict(bool ok) => ok ? "ok    " : "FAILED";

    private static string Summary(FileVerification file) => file.Worst is { } worst
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"{file.Checks.Count,4} rows, {file.Failures.Count()} failed, worst {worst.Share:P0} of its tolerance ({worst.Result.Tensor}, {Name(worst.Path)})")
        : "no rows";

    private static string Row(VectorCheck row, int width) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Verdict(row.Result.Ok)}  {row.Result.Tensor.PadRight(width)}  {Name(row.Path),-8}  error {row.Result.MaxError,-8:g3}  tolerance {row.Result.Tolerance,-8:g3}  {row.Result.Failure}").TrimEnd();

    private static string Name(VerificationPath path) => path.ToString().ToLowerInvariant();
}
