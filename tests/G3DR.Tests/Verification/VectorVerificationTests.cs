using System.Text.Json;
using G3DR.Compute;
using G3DR.Core.Verification;
using G3DR.Tests.Support;

namespace G3DR.Tests.Verification;

public class VectorVerificationTests
{
    // The files that come with the tests, by their folders.
    private static readonly string[] s_files =
    [
        "render/camera", "render/decoder", "render/marcher", "render/paper_directions", "render/paper_eq1", "render/paper_levels3", "render/pyramid",
        "render/renderer_depth_guided", "render/renderer_depth_pdf", "render/renderer_plain", "render/renderer_single_level", "render/renderer_white_fixed_range",
        "render/sampling", "render/triplane", "train/losses", "train/metrics", "train/optim", "train/schedules", "train/step", "unet/unet_tiny",
    ];

    // What holds them. The network in full size is verified once, below.
    private static readonly string[] s_parts = ["render", "train", "unet/unet_tiny.safetensors"];

    public static TheoryData<string> Configurations => TestDevice.Configurations;

    public static TheoryData<string> Files => [.. s_files];

    [SkippableTheory]
    [MemberData(nameof(Configurations))]
    public void Every_vector_passes_on_every_path(string configuration)
    {
        using TestDevice device = TestDevice.Create(configuration);
        List<FileVerification> files = [];
        foreach (string part in s_parts)
        {
            VerificationReport report = VectorVerification.Run(device, Vectors.PathOf(part));
            Assert.True(report.Ok, Failures(report));
            files.AddRange(report.Files);
        }

        Assert.Equal(s_files.Select(Path.GetFileName), files.Select(file => Path.GetFileNameWithoutExtension(file.File)));
        foreach (FileVerification file in files.Where(file => file.File.Contains("renderer_", StringComparison.Ordinal)))
        {
            // Reference kernels have no fused form.
            Assert.Equal(configuration != "plain", file.Checks.Any(check => check.Path == VerificationPath.Fused));
            Assert.Contains(file.Checks, check => check.Path == VerificationPath.Composed);
            Assert.Equal(device.HasFloat64, file.Checks.Any(check => check.Path == VerificationPath.Float64));
        }
    }

    [Fact]
    public void The_published_network_in_full_size_passes()
    {
        using var device = new TestDevice();
        VerificationReport report = VectorVerification.Run(device, Vectors.PathOf("unet/official_forward.safetensors"));
        Assert.True(report.Ok, Failures(report));
        Assert.All(Assert.Single(report.Files).Checks, check => Assert.Equal(VerificationPath.Fused, check.Path));
    }

    [SkippableFact]
    public void A_network_of_four_levels_passes()
    {
        string file = Vectors.DataPath("oracles/unet/unet_small.safetensors");
        using var device = new TestDevice();
        VerificationReport report = VectorVerification.Run(device, file);
        Assert.True(report.Ok, Failures(report));
        Assert.Equal(2 * (2 + 21 + 275), Assert.Single(report.Files).Checks.Count);
    }

    [SkippableFact]
    public void Sample_pictures_pass_from_pixels_and_from_files()
    {
        string folder = Vectors.DataPath("oracles/data");
        using var device = new TestDevice();
        VerificationReport report = VectorVerification.Run(device, folder);
        Assert.True(report.Ok, Failures(report));
        string[] tensors = [.. Assert.Single(report.Files).Checks.Select(check => check.Result.Tensor)];
        Assert.Contains("p0.image", tensors);
        Assert.Contains("p0.jpg", tensors);
        Assert.Contains("p0.png", tensors);

        // Without the pictures beside it the file is checked from its stored pixels.
        using var copy = new TemporaryFolder();
        new VectorEditor().Copy(Path.Combine(folder, "samples.safetensors"), copy.PathOf("samples.safetensors"));
        report = VectorVerification.Run(device, copy.Path);
        Assert.True(report.Ok, Failures(report));
        Assert.DoesNotContain("p0.jpg", Assert.Single(report.Files).Checks.Select(check => check.Result.Tensor));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_wrong_value_in_any_output_fails_its_rows_on_every_path(string file)
    {
        using var folder = new TemporaryFolder();
        using var device = new TestDevice();
        using ReferenceVectors vectors = Vectors.Open(file + ".safetensors");
        IReadOnlyList<string> outputs = vectors.NamesOf(TensorRole.Output);

        // One element of each output by three times what its tolerance allows.
        var editor = new VectorEditor
        {
            Outputs = (name, values) => values[values.Length / 2] += vectors.Tolerance(name).IsExact ? 1 : 3 * vectors.Tolerance(name).Maximum,
        };
        editor.Copy(Vectors.PathOf(file + ".safetensors"), folder.PathOf(Path.GetFileName(file) + ".safetensors"));

        FileVerification result = Assert.Single(VectorVerification.Run(device, folder.Path).Files);
        Assert.All(result.Checks, check => Assert.False(check.Result.Ok, check.ToString()));
        Assert.Equal(outputs.Order(), result.Checks.Select(check => check.Result.Tensor).Distinct().Order());
    }

    [Theory]
    [InlineData(VerificationPath.Fused)]
    [InlineData(VerificationPath.Composed)]
    [InlineData(VerificationPath.Float64)]
    public void One_path_alone_still_checks_every_output(VerificationPath path)
    {
        using var device = new TestDevice();
        VerificationReport report = VectorVerification.Run(device, Vectors.PathOf("render"), new() { Paths = [path] });
        Assert.True(report.Ok, Failures(report));
        FileVerification plain = Assert.Single(report.Files, file => file.File == "renderer_plain.safetensors");
        Assert.Equal(path, Assert.Single(plain.Checks, check => check.Result.Tensor == "rgb").Path);
        Assert.Single(plain.Checks, check => check.Result.Tensor == "depths_fine");
        VerificationPath operations = path == VerificationPath.Fused ? VerificationPath.Composed : path;
        Assert.All(Assert.Single(report.Files, file => file.File == "triplane.safetensors").Checks, check => Assert.Equal(operations, check.Path));
    }

    [Theory]
    [InlineData("output", "nothing computes")]
    [InlineData(null, "no role")]
    public void An_output_that_nothing_computes_fails(string? role, string expected)
    {
        using var folder = new TemporaryFolder();
        using var device = new TestDevice();
        var editor = new VectorEditor
        {
            Metadata = (key, text) => key switch
            {
                "roles" when role is not null => $$"""{"extra": "{{role}}", {{text[1..]}}""",
                "tol" => $$"""{"extra": {"atol": 1}, {{text[1..]}}""",
                _ => text,
            },
            Add = writer => writer.Add("extra", [2L], new[] { 1f, 2f }),
        };
        editor.Copy(Vectors.PathOf("render/marcher.safetensors"), folder.PathOf("marcher.safetensors"));
        VerificationReport report = VectorVerification.Run(device, folder.Path);
        Assert.False(report.Ok);
        VectorCheck failure = Assert.Single(Assert.Single(report.Files).Failures);
        Assert.Equal("extra", failure.Result.Tensor);
        Assert.Contains(expected, failure.Result.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_nothing_knows_are_named_and_do_not_fail()
    {
        using var folder = new TemporaryFolder();
        using var device = new TestDevice();
        Directory.CreateDirectory(folder.PathOf("deep/er"));
        File.Copy(Vectors.PathOf("render/marcher.safetensors"), folder.PathOf("deep/er/marcher.safetensors"));
        File.Copy(Vectors.PathOf("render/marcher.safetensors"), folder.PathOf("my_own.safetensors"));
        File.Copy(Vectors.PathOf("render/marcher.safetensors"), folder.PathOf("camera.safetensors"));
        File.Copy(Vectors.PathOf("malformed/ok_reference.safetensors"), folder.PathOf("decoder.safetensors"));
        File.Copy(Vectors.PathOf("malformed/bad_json.safetensors"), folder.PathOf("bad_json.safetensors"));
        File.WriteAllText(folder.PathOf("notes.md"), "no vectors");
        VerificationReport report = VectorVerification.Run(device, folder.Path);
        Assert.True(report.Ok, Failures(report));
        Assert.Equal("deep/er/marcher.safetensors", Assert.Single(report.Files).File);
        Assert.Equal(
            ["bad_json.safetensors", "camera.safetensors", "decoder.safetensors", "my_own.safetensors"],
            report.Unknown.Select(file => file.File));
        Assert.All(report.Unknown, file => Assert.NotEmpty(file.Reason));
    }

    [Fact]
    public void A_known_file_that_is_cut_off_fails_and_the_others_still_run()
    {
        using var folder = new TemporaryFolder();
        using var device = new TestDevice();
        File.WriteAllBytes(folder.PathOf("camera.safetensors"), File.ReadAllBytes(Vectors.PathOf("render/camera.safetensors"))[..5000]);
        File.WriteAllBytes(folder.PathOf("pyramid.safetensors"), []);
        File.Copy(Vectors.PathOf("render/marcher.safetensors"), folder.PathOf("marcher.safetensors"));
        VerificationReport report = VectorVerification.Run(device, folder.Path);
        Assert.False(report.Ok);
        Assert.Equal([false, true, false], report.Files.Select(file => file.Ok));
        Assert.All(report.Files.SelectMany(file => file.Failures), check => Assert.NotEmpty(check.Result.Failure!));
    }

    [Fact]
    public void Nothing_known_is_not_ok()
    {
        using var folder = new TemporaryFolder();
        using var device = new TestDevice();
        VerificationReport report = VectorVerification.Run(device, folder.Path);
        Assert.True(report.Complete);
        Assert.False(report.Ok);
        Assert.Empty(report.Files);
        Assert.Empty(report.Unknown);
        Assert.Throws<DirectoryNotFoundException>(() => VectorVerification.Run(device, folder.PathOf("nowhere")));
        Assert.Throws<ArgumentException>(() => VectorVerification.Run(device, folder.Path, new() { Paths = [] }));
        Assert.Throws<ArgumentException>(() => VectorVerification.Run(device, folder.Path, new() { Paths = [VerificationPath.Host] }));
    }

    [Fact]
    public void A_single_file_can_be_named_and_linked_folders_are_not_followed()
    {
        using var folder = new TemporaryFolder();
        using var device = new TestDevice();
        string file = folder.PathOf("schedules.safetensors");
        File.Copy(Vectors.PathOf("train/schedules.safetensors"), file);
        Directory.CreateSymbolicLink(folder.PathOf("again"), folder.Path);
        Assert.Equal("schedules.safetensors", Assert.Single(VectorVerification.Run(device, file).Files).File);
        Assert.Equal("schedules.safetensors", Assert.Single(VectorVerification.Run(device, folder.Path).Files).File);
    }

    [Fact]
    public void A_cancelled_verification_keeps_what_is_done_and_is_not_ok()
    {
        using var device = new TestDevice();
        using var source = new CancellationTokenSource();
        List<VerificationProgress> seen = [];
        VerificationReport report = VectorVerification.Run(device, Vectors.PathOf("train"), progress: new Told<VerificationProgress>(p =>
        {
            seen.Add(p);
            if (p.Done == 2)
            {
                source.Cancel();
            }
        }), cancel: source.Token);
        Assert.False(report.Complete);
        Assert.False(report.Ok);
        Assert.All(report.Files.Take(2), file => Assert.True(file.Ok));
        Assert.Equal([0, 1, 2], seen.Take(3).Select(p => p.Done));
        Assert.All(seen, p => Assert.Equal(5, p.Total));
    }

    [Fact]
    public void Too_little_memory_fails_rows_and_leaks_nothing()
    {
        using var device = new TestDevice(new() { Threads = 1, MemoryLimit = 20_000 });
        VerificationReport report = VectorVerification.Run(device, Vectors.PathOf("render/renderer_plain.safetensors"));
        Assert.False(report.Ok);
        Assert.Contains("OutOfDeviceMemoryException", Assert.Single(Assert.Single(report.Files).Failures).Result.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_states_every_row_and_the_device()
    {
        using var device = new TestDevice(new() { Threads = 1, InstructionSet = InstructionSet.Vector128 });
        VerificationReport report = VectorVerification.Run(device, Vectors.PathOf("render/triplane.safetensors"));
        using JsonDocument json = JsonDocument.Parse(report.ToJson());
        JsonElement root = json.RootElement, rows = root.GetProperty("files")[0].GetProperty("rows");
        Assert.True(root.GetProperty("ok").GetBoolean());
        Assert.Equal("cpu, Vector128, 1 thread", root.GetProperty("device").GetString());
        Assert.Equal(report.Files[0].Checks.Count, rows.GetArrayLength());
        Assert.Equal(["composed", "float64"], rows.EnumerateArray().Select(row => row.GetProperty("path").GetString()!).Distinct());
        Assert.All(rows.EnumerateArray(), row => Assert.True(row.GetProperty("error").GetDouble() <= row.GetProperty("tolerance").GetDouble()));
    }

    private static string Failures(VerificationReport report) =>
        string.Join("\n", report.Files.SelectMany(file => file.Failures.Select(check => $"{file.File} {check.Path} {check.Result}")));
}
