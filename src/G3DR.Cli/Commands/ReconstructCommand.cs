using System.CommandLine;
using System.Globalization;
using G3DR.Cli.Terminal;
using G3DR.Compute;
using G3DR.Core.Diagnostics;
using G3DR.Core.Imaging;
using G3DR.Core.IO;
using G3DR.Core.Networks;
using G3DR.Core.Reconstruction;
using G3DR.Core.Scenes;

namespace G3DR.Cli.Commands;

/// <summary>g3dr reconstruct: one picture becomes a scene in one forward pass of the network.</summary>
internal static class ReconstructCommand
{
    public static Command Create()
    {
        var photo = new Argument<FileInfo>("photo") { Description = "The picture, PNG or JPEG." };
        var weights = new Option<string>("--weights") { Description = "The network: safetensors, a PyTorch checkpoint, or a folder with one.", Required = true, HelpName = "file" };
        var output = new Option<DirectoryInfo>("--out") { Description = "Folder for scene, turntable, sheet and report.", Required = true, HelpName = "folder" };
        var key = new Option<string?>("--key") { Description = "The state dictionary inside a PyTorch checkpoint, where it holds several.", HelpName = "name" };
        var noPictures = new Option<bool>("--no-pictures") { Description = "Write scene and report only." };
        var json = new Option<bool>("--json") { Description = "Print the report as JSON instead of progress." };
        var command = new Command("reconstruct", "Turn one picture with depth into a 3D scene with a trained network.") { photo };
        DepthSource depth = DepthSource.AddTo(command);
        foreach (Option option in (Option[])[weights, output, key, noPictures, json])
        {
            command.Add(option);
        }
        var upscale = UpscaleArguments.AddTo(command);
        DeviceOptions device = DeviceOptions.AddTo(command);
        command.WithExamples(
            "g3dr reconstruct photo.jpg --depth depth.png --weights checkpoint_generic.pt --out result",
            "g3dr reconstruct photo.jpg --depth-weights depth_anything_v2_vits.pth --weights checkpoint_generic.pt --out result",
            "g3dr reconstruct photo.jpg --depth depth.png --weights model.safetensors --out result --no-pictures --json",
            "g3dr reconstruct photo.jpg --depth depth.png --weights model.safetensors --out result --exact --memory 2G");
        command.SetComputation((parsed, cancel) => RunAsync(
            parsed,
            parsed.GetRequiredValue(photo),
            depth,
            parsed.GetRequiredValue(weights),
            parsed.GetRequiredValue(output),
            new() { Key = parsed.GetValue(key) },
            !parsed.GetValue(noPictures),
            parsed.GetValue(json),
            upscale,
            device,
            cancel));
        return command;
    }

    private static async Task<int> RunAsync(
        ParseResult parsed,
        FileInfo photo,
        DepthSource depth,
        string weights,
        DirectoryInfo output,
        PipelineOptions options,
        bool pictures,
        bool json,
        UpscaleArguments upscale,
        DeviceOptions deviceOptions,
        CancellationToken cancel)
    {
        var clock = new StageClock("start", "device");
        using Accelerator device = deviceOptions.Open(parsed);

        // What can be wrong is found before the network is loaded.
        clock.Enter("picture");
        int size = G3drPipeline.ReadSizes(weights, options).ImageSize;
        RgbdPicture picture = depth.Load(parsed, photo, size, device, output, json, cancel);
        using Upscaler? upscaler = pictures ? upscale.Open(parsed, device, cancel) : null;
        output.Create();
        string sceneFile = Path.Combine(output.FullName, "scene.safetensors");
        AtomicFile.RequireTarget(sceneFile);
        clock.Enter("weights");
        G3drPipeline pipeline = await G3drPipeline.LoadAsync(weights, device, options, cancel);
        long parameters = pipeline.ParameterCount;
        using TriplaneScene scene = await ReconstructAsync(pipeline, picture, json, clock, cancel);
        device.Memory.Trim();
        clock.Enter("scene file");
        scene.Save(sceneFile);
        clock.Enter("evaluation");
        var result = SceneEvaluation.Of(scene, picture, cancel: cancel);
        clock.Enter("pictures");
        if (pictures)
        {
            using var progress = new ProgressReporter<int>(json, "turntable", done => (done, SceneGallery.TurntableFrames, "pictures"));
            await SceneGallery.SavePicturesAsync(scene, picture, output.FullName, UpscaleArguments.Finish(upscaler, cancel), progress, cancel);
        }

        clock.Enter("report");
        var report = new ReconstructionReport
        {
            Photo = photo.ToString(),
            Depth = depth.Name(parsed),
            Weights = weights,
            License = pipeline.Metadata.GetValueOrDefault("license"),
            Source = pipeline.Metadata.GetValueOrDefault("source"),
            Parameters = parameters,
            Size = picture.Size,
            Device = DeviceDescription.Of(device),
            Seconds = clock.Seconds,
            PeakTensorBytes = device.Memory.PeakBytes,
            PeakProcessBytes = ProcessMemory.PeakBytes,
            Result = result,
        };
        report.Save(Path.Combine(output.FullName, "report.json"));
        await parsed.InvocationConfiguration.Output.WriteLineAsync(json ? report.ToJson() : Summary(report, output));
        return ExitCodes.Success;
    }

    // The network goes as soon as the scene is there: pictures need little memory beside it.
    private static async Task<TriplaneScene> ReconstructAsync(G3drPipeline pipeline, RgbdPicture picture, bool json, StageClock clock, CancellationToken cancel)
    {
        using G3drPipeline used = pipeline;
        clock.Enter("network");
        using var progress = new ProgressReporter<ReconstructionProgress>(json, "network", p => (p.Done, p.Total, p.Part));
        return await used.ReconstructAsync(picture, progress, cancel);
    }

    private static string Summary(ReconstructionReport report, DirectoryInfo output)
    {
        string stages = string.Join(", ", report.Seconds.Select(stage => string.Create(CultureInfo.InvariantCulture, $"{stage.Key} {stage.Value:F2}")));
        string terms = string.Concat(
            report.License is null ? string.Empty : $"licence of the weights: {report.License}\n", report.Source is null ? string.Empty : $"source of the weights: {report.Source}\n");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"psnr {report.Result.Psnr:F2} dB, ssim {report.Result.Ssim:F3}, depth error {report.Result.DepthError:F4}\n{report.TotalSeconds:F2} s on {report.Device}: {stages}\npeak memory {report.PeakProcessBytes / 1048576} MiB of the process, {report.PeakTensorBytes / 1048576} MiB of tensors\n{terms}written to {output}");
    }
}
