using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using G3DR.Cli.Terminal;
using G3DR.Compute;
using G3DR.Core.Diagnostics;
using G3DR.Core.Imaging;
using G3DR.Core.Losses;
using G3DR.Core.Networks;
using G3DR.Core.Scenes;
using G3DR.Core.Training;

namespace G3DR.Cli.Commands;

/// <summary>g3dr fit: a scene from one picture with depth.</summary>
internal static class FitCommand
{
    private const string CheckpointName = "checkpoint.safetensors";

    // A run that is killed loses at most this much.
    private static readonly TimeSpan s_checkpointInterval = TimeSpan.FromSeconds(30);

    public static Command Create()
    {
        var photo = new Argument<FileInfo>("photo") { Description = "The picture, PNG or JPEG." };
        var output = new Option<DirectoryInfo>("--out") { Description = "Folder for scene, turntable, sheet and report.", Required = true, HelpName = "folder" };
        var resume = new Option<bool>("--resume") { Description = "Go on with the unfinished fit in the output folder." };
        var noPictures = new Option<bool>("--no-pictures") { Description = "Write scene and report only." };
        var json = new Option<bool>("--json") { Description = "Print the report as JSON instead of progress." };
        var command = new Command("fit", "Fit a 3D scene to one picture with depth and look at it from new sides.") { photo };
        DepthSource depth = DepthSource.AddTo(command);
        foreach (Option option in (Option[])[output, resume, noPictures, json])
        {
            command.Add(option);
        }

        var fit = FitArguments.AddTo(command);
        var losses = FitLossArguments.AddTo(command);
        var upscale = UpscaleArguments.AddTo(command);
        DeviceOptions device = DeviceOptions.AddTo(command);
        command.WithExamples(
            "g3dr fit photo.jpg --depth depth.png --out result",
            "g3dr fit photo.jpg --depth-weights depth_anything_v2_vits.pth --out result",
            "g3dr fit photo.jpg --depth depth.png --out result --size 64 --steps 200 --profile official",
            "g3dr fit photo.jpg --depth depth.png --out result --no-depth-kernel",
            "g3dr fit photo.jpg --depth depth.png --out result --squeeze-weights squeezenet1_1.safetensors --lpips-heads squeeze.safetensors",
            "g3dr fit photo.jpg --depth depth.png --out result --vgg-weights vgg16.pth --lpips-heads vgg.pth --clip-weights ViT-B-16.pt",
            "g3dr fit photo.jpg --depth depth.png --out result --resume");

        command.SetComputation((parsed, cancel) => RunAsync(
            parsed, parsed.GetRequiredValue(photo), depth, parsed.GetRequiredValue(output), parsed.GetValue(resume), !parsed.GetValue(noPictures), parsed.GetValue(json), fit, losses, upscale, device, cancel));
        return command;
    }

    private static async Task<int> RunAsync(
        ParseResult parsed,
        FileInfo photo,
        DepthSource depth,
        DirectoryInfo output,
        bool resume,
        bool pictures,
        bool json,
        FitArguments arguments,
        FitLossArguments losses,
        UpscaleArguments upscale,
        DeviceOptions deviceOptions,
        CancellationToken cancel)
    {
        TextWriter console = parsed.InvocationConfiguration.Output;
        FitOptions options = losses.Read(parsed, arguments.Read(parsed));
        int size = arguments.Size(parsed);
        using Accelerator device = deviceOptions.Open(parsed);
        RgbdPicture picture = depth.Load(parsed, photo, size, device, output, json, cancel);
        using Upscaler? upscaler = pictures ? upscale.Open(parsed, device, cancel) : null;
        output.Create();
        string checkpoint = Path.Combine(output.FullName, CheckpointName);
        FitNetworks networks = losses.Load(parsed, device);
        using Lpips? perceptual = networks.Perceptual;
        using ISemanticEncoder? semantic = networks.Semantic;
        using var fitter = new SceneFitter(device, picture, options, networks);
        if (resume)
        {
            if (!File.Exists(checkpoint))
            {
                throw new FileNotFoundException($"There is no unfinished fit in '{output}': {CheckpointName} is missing.");
            }

            fitter.LoadCheckpoint(checkpoint);
        }

        long start = Stopwatch.GetTimestamp();
        using (var display = ProgressDisplay.For(json, options.Steps, "fit"))
        {
            TimeSpan lastSaved = TimeSpan.Zero;
            fitter.Run(
                new ImmediateProgress<FitProgress>(p =>
                {
                    display.Report(p.Step, Describe(p), p.Elapsed, p.Remaining);
                    if (p.Elapsed - lastSaved > s_checkpointInterval && !fitter.IsComplete)
                    {
                        lastSaved = p.Elapsed;
                        fitter.SaveCheckpoint(checkpoint);
                    }
                }),
                cancel);
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;

        // From here on Ctrl-C no longer stops: what was reached is written first.
        bool stopped = !fitter.IsComplete;
        fitter.Scene.Save(Path.Combine(output.FullName, "scene.safetensors"));
        if (stopped)
        {
            fitter.SaveCheckpoint(checkpoint);
        }
        else
        {
            File.Delete(checkpoint);
        }

        if (pictures)
        {
            await SceneGallery.SavePicturesAsync(
                fitter.Scene, picture, output.FullName, UpscaleArguments.Finish(upscaler, CancellationToken.None), cancel: CancellationToken.None);
        }

        FitReport report = Report(fitter, picture, photo, depth.Name(parsed), seconds, device);
        report.Save(Path.Combine(output.FullName, "report.json"));
        await console.WriteLineAsync(json ? report.ToJson() : Summary(report, output));
        if (stopped)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync(
                $"g3dr: Stopped after {fitter.Step} of {options.Steps} steps; what was reached is in '{output}'. Go on with --resume.");
        }

        return stopped ? ExitCodes.Failure : ExitCodes.Success;
    }

    private static FitReport Report(SceneFitter fitter, RgbdPicture picture, FileInfo photo, string depth, double seconds, Accelerator device) =>
        new()
        {
            Photo = photo.ToString(),
            Depth = depth,
            Size = picture.Size,
            Steps = fitter.Step,
            StepsWanted = fitter.Options.Steps,
            Kernel = fitter.Options.Render.Kernel,
            Device = DeviceDescription.Of(device),
            Seed = fitter.Options.Seed,
            Losses = fitter.Losses,
            Seconds = seconds,
            PeakTensorBytes = device.Memory.PeakBytes,
            PeakProcessBytes = ProcessMemory.PeakBytes,
            Result = SceneEvaluation.Of(fitter.Scene, picture),
        };

    private static string Describe(FitProgress p) => string.Create(
        CultureInfo.InvariantCulture, $"psnr {p.Psnr,5:F1} dB  colour {p.ColorLoss:F4}  depth {p.DepthLoss:F4}  tv {p.TotalVariation:F4}{Optional("looks", p.PerceptualLoss)}{Optional("novel", p.NovelPerceptualLoss)}{Optional("meaning", p.SemanticLoss)}  {p.Rate:F1} steps/s");

    private static string Optional(string name, double? value) =>
        value is null ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"  {name} {value:F4}");

    private static string Summary(FitReport report, DirectoryInfo output)
    {
        SceneEvaluation r = report.Result;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"psnr {r.Psnr:F2} dB, ssim {r.Ssim:F3}, depth error {r.DepthError:F4}, novel depth error {r.NovelDepthError:F4}, ray spread {r.RaySpread:F4}, {report.Seconds:F1} s on {report.Device}, peak memory {report.PeakProcessBytes / 1048576} MiB of the process, {report.PeakTensorBytes / 1048576} MiB of tensors\nwritten to {output}");
    }
}
