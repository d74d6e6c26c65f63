using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using G3DR.Cli.Terminal;
using G3DR.Compute;
using G3DR.Core.Diagnostics;
using G3DR.Kernels.Catalogue;

namespace G3DR.Cli.Commands;

/// <summary>g3dr bench: how fast this machine does the library's work.</summary>
internal static class BenchCommand
{
    private const int DefaultRepeat = 5;

    public static Command Create()
    {
        var command = new Command("bench", "Time kernels, products, convolutions, the renderer or networks on this machine. Results are checked, and times are the device's own.")
        {
            Renderer(),
            Unet(),
            Network(),
            MatrixProduct(),
            Convolution(),
            Kernels(),
        };

        // Without a subject: the table.
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        command.Add(json);
        DeviceOptions device = DeviceOptions.AddTo(command);
        command.SetComputation((parsed, cancel) => PrintTable(parsed, device, op: null, parsed.GetValue(json), cancel));
        command.WithExamples("g3dr bench", "g3dr bench --device opencl:0", "g3dr bench renderer --mode bwd --repeat 5 --json", "g3dr bench gemm 1024 1024 1024");
        return command;
    }

    private static Command Kernels()
    {
        var op = new Option<string?>("--op") { Description = "Kernels by name, with * and ?: all their variants at all sizes, instead of the short table.", HelpName = "pattern" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("kernels", "A table of kernels and the renderer, with the share of the device's measured peak.") { op, json };
        DeviceOptions device = DeviceOptions.AddTo(command);
        command.SetComputation((parsed, cancel) => PrintTable(parsed, device, parsed.GetValue(op), parsed.GetValue(json), cancel));
        command.WithExamples(
            "g3dr bench kernels", "g3dr bench kernels --instructions Avx2 --json", "g3dr bench kernels --device opencl:0 --op \"matmul*\"");
        return command;
    }

    private static Command Renderer()
    {
        Option<string> mode = Mode();
        var command = new Command("renderer", "The official two-pass renderer: 128 x 128 rays, 32 + 32 samples, planes 3 x 128 x 128 x 64.") { mode };
        command.WithExamples("g3dr bench renderer", "g3dr bench renderer --mode bwd --repeat 5 --json");
        return Timed(command, (parsed, device) => new RendererBenchmark(device, parsed.GetValue(mode) == "bwd"));
    }

    private static Command Unet()
    {
        Option<string> mode = Mode();
        var checkpointing = new Option<bool>("--checkpointing") { Description = "Backward: keep only the inputs of blocks and compute their inside again." };
        var command = new Command("unet", "The official U-Net: batch 1, 128 x 128 pixels, 147 million parameters.") { mode, checkpointing };
        command.WithExamples("g3dr bench unet", "g3dr bench unet --mode bwd --repeat 3 --json", "g3dr bench unet --exact");
        return Timed(command, (parsed, device) => new UnetBenchmark(device, parsed.GetValue(mode) == "bwd", parsed.GetValue(checkpointing)));
    }

    private static Command Network()
    {
        var kind = new Argument<string>("kind") { Description = $"The network: {string.Join(", ", NetworkBenchmark.Kinds)}." };
        Option<string> mode = Mode();
        var batch = new Option<int>("--batch") { Description = "Pictures at a time.", DefaultValueFactory = _ => 1, HelpName = "n" };
        var command = new Command("network", "A network around G3DR with random frozen weights; bwd adds the gradient of the pictures.") { kind, mode, batch };
        command.WithExamples("g3dr bench network vgg16", "g3dr bench network vit --batch 8 --mode bwd --json");
        return Timed(command, (parsed, device) => new NetworkBenchmark(device, parsed.GetValue(kind)!, parsed.GetValue(batch), parsed.GetValue(mode) == "bwd"));
    }

    private static Option<string> Mode()
    {
        var mode = new Option<string>("--mode") { Description = "fwd, or bwd for forward and backward.", DefaultValueFactory = _ => "fwd", HelpName = "fwd|bwd" };
        mode.AcceptOnlyFromAmong("fwd", "bwd");
        return mode;
    }

    private static Command MatrixProduct()
    {
        Argument<int> m = Size("M", "Rows of the result."), n = Size("N", "Columns of the result."), k = Size("K", "Terms of each sum.");
        var command = new Command("gemm", "A product of dense matrices, (M, K) x (K, N).") { m, n, k };
        command.WithExamples("g3dr bench gemm 1024 1024 1024", "g3dr bench gemm 256 4096 2304 --repeat 9 --json");
        return Timed(command, (parsed, device) => new MatrixProductBenchmark(device, parsed.GetValue(m), parsed.GetValue(n), parsed.GetValue(k)));
    }

    private static Command Convolution()
    {
        Argument<int> inputs = Size("inputs", "Input channels."), outputs = Size("outputs", "Output channels."), side = Size("side", "Rows and columns of the picture.");
        var pass = new Option<string>("--pass") { Description = "forward, or the gradient of the input or of the weights.", DefaultValueFactory = _ => "forward", HelpName = "forward|input|weights" };
        pass.AcceptOnlyFromAmong("forward", "input", "weights");
        var algorithm = new Option<string>("--algorithm")
        {
            Description = "Variant: direct, winograd2, winograd4 or fourier on the processor, tiled on other devices, plain on all.",
            DefaultValueFactory = _ => "direct",
            HelpName = "name",
        };
        var command = new Command("conv", "A 3 x 3 convolution that keeps the size of its picture.") { inputs, outputs, side, pass, algorithm };
        command.WithExamples("g3dr bench conv 128 128 128", "g3dr bench conv 256 256 64 --algorithm winograd2 --pass weights --json");
        return Timed(command, (parsed, device) =>
        {
            string op = parsed.GetValue(pass) switch { "input" => "conv2d input gradient", "weights" => "conv2d weight gradient", _ => "conv2d" };
            return new ConvolutionBenchmark(device, parsed.GetValue(inputs), parsed.GetValue(outputs), parsed.GetValue(side), op, parsed.GetValue(algorithm)!);
        });
    }

    private static Argument<int> Size(string name, string description) => new(name) { Description = description };

    /// <summary>Gives a subject the options that all subjects share, and times it.</summary>
    private static Command Timed(Command command, Func<ParseResult, Accelerator, IBenchmark> prepare)
    {
        var repeat = new Option<int>("--repeat") { Description = "Timed runs, after one that does not count.", DefaultValueFactory = _ => DefaultRepeat, HelpName = "n" };
        var json = new Option<bool>("--json") { Description = "Print {\"seconds\": [...], \"peakRssMiB\": n}; of an OpenCL device also peakDeviceMiB." };
        command.Add(repeat);
        command.Add(json);
        DeviceOptions deviceOptions = DeviceOptions.AddTo(command);
        command.SetComputation((parsed, cancel) =>
        {
            int runs = parsed.GetValue(repeat);
            if (runs is < 1 or > 1_000_000)
            {
                throw new ArgumentException($"--repeat must be between 1 and 1000000, got {runs}.");
            }

            using Accelerator device = deviceOptions.Open(parsed, profiling: true);
            using IBenchmark benchmark = prepare(parsed, device);
            BenchmarkTiming timing = BenchmarkTiming.Measure(benchmark, runs, cancel: cancel);
            parsed.InvocationConfiguration.Output.WriteLine(parsed.GetValue(json)
                ? Json(timing)
                : Describe(benchmark, timing));
            return ExitCodes.Success;
        });
        return command;
    }

    private static int PrintTable(ParseResult parsed, DeviceOptions deviceOptions, string? op, bool json, CancellationToken cancel)
    {
        TextWriter output = parsed.InvocationConfiguration.Output;
        IReadOnlyList<KernelWorkload>? chosen = op is null ? null : KernelTable.Find(op);
        using Accelerator device = deviceOptions.Open(parsed, profiling: true);
        var peak = MachinePeak.Measure(device, cancel);
        IEnumerable<KernelTableRow> rows = chosen is null ? KernelTable.Measure(device, peak, cancel) : KernelTable.Measure(device, peak, chosen, cancel);
        if (json)
        {
            var cpu = device as CpuAccelerator;
            output.WriteLine(JsonSerializer.Serialize(
                new { device = DeviceDescription.Of(device), instructionSet = cpu?.InstructionSet.ToString(), threads = cpu?.Team.Count, peak, kernels = rows.ToList() },
                JsonOutput.Options));
            return ExitCodes.Success;
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{DeviceDescription.Of(device)}; measured peak {peak.GigaflopsPerSecond:F0} GFLOP/s, {peak.GigabytesPerSecond:F1} GB/s"));
        output.WriteLine($"{"kernel",-16} {"size",-18} {"variant",-9} {"ms",10} {"GFLOP/s",9} {"GB/s",7}  of peak");
        foreach (KernelTableRow row in rows)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{row.Op,-16} {row.Size,-18} {row.Variant,-9} {row.Seconds * 1e3,10:F3} {row.Rate.GigaflopsPerSecond,9:F1} {row.Rate.GigabytesPerSecond,7:F1}  {row.Rate.PeakShare * 100,3:F0} % {(row.Rate.LimitedByMemory ? "memory" : "arithmetic")}"));
        }

        return ExitCodes.Success;
    }

    private static string Describe(IBenchmark benchmark, BenchmarkTiming timing) => string.Create(
        CultureInfo.InvariantCulture,
        $"{benchmark.Name}: median {timing.Median * 1e3:F2} ms of {timing.Seconds.Count} (best {timing.Seconds.Min() * 1e3:F2}), {benchmark.Flops / timing.Median / 1e9:F1} GFLOP/s of the definition, peak memory of the process {timing.PeakRssMiB} MiB{(timing.PeakDeviceMiB is long peak ? $", of {benchmark.Device.Name} {peak} MiB" : string.Empty)}");

    // Scripts read these keys.
    private static string Json(BenchmarkTiming timing) => timing.PeakDeviceMiB is long peakDeviceMiB
        ? JsonSerializer.Serialize(new { seconds = timing.Seconds, peakRssMiB = timing.PeakRssMiB, peakDeviceMiB }, JsonOutput.Options)
        : JsonSerializer.Serialize(new { seconds = timing.Seconds, peakRssMiB = timing.PeakRssMiB }, JsonOutput.Options);
}
