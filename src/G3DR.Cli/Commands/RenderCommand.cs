using System.CommandLine;
using G3DR.Cli.Terminal;
using G3DR.Compute;
using G3DR.Core.Imaging;
using G3DR.Core.IO;
using G3DR.Core.Networks;
using G3DR.Core.Rendering;
using G3DR.Core.Scenes;

namespace G3DR.Cli.Commands;

/// <summary>g3dr render: pictures of a fitted scene from any side.</summary>
internal static class RenderCommand
{
    private const double LargestSize = 8192;

    public static Command Create()
    {
        var scene = new Argument<FileInfo>("scene") { Description = "scene.safetensors as g3dr fit writes it." };
        var yaw = new Option<double>("--yaw") { Description = "Degrees to the side, 0 for the view of the picture.", HelpName = "degrees" };
        var pitch = new Option<double>("--pitch") { Description = "Degrees up or down, below 90; positive looks from below.", HelpName = "degrees" };
        var radius = new Option<double>("--radius") { Description = "Distance of the camera from the middle of the scene.", DefaultValueFactory = _ => Camera.CanonicalRadius, HelpName = "units" };
        var fov = new Option<double>("--fov") { Description = "Field of view.", DefaultValueFactory = _ => Camera.CanonicalFieldOfView, HelpName = "degrees" };
        var size = new Option<int>("--size") { Description = "Pixels per side.", DefaultValueFactory = _ => 256, HelpName = "pixels" };
        var level = new Option<int>("--level") { Description = "Finest pyramid level to use: 0 for all, 1, 2, ... for coarser ones only.", HelpName = "n" };
        var output = new Option<FileInfo>("--out") { Description = "PNG to write.", DefaultValueFactory = _ => new("view.png"), HelpName = "file" };
        var depth = new Option<FileInfo?>("--depth-out") { Description = "Also write the depth as 16-bit PNG, 0 near to 65535 far.", HelpName = "file" };
        var turntable = new Option<FileInfo?>("--turntable") { Description = "Write the video path as GIF (and MP4 if ffmpeg is there) instead of one picture.", HelpName = "file" };
        var command = new Command("render", "Render a fitted scene from any side.") { scene, yaw, pitch, radius, fov, size, level, output, depth, turntable };
        var upscale = UpscaleArguments.AddTo(command);
        DeviceOptions device = DeviceOptions.AddTo(command);
        command.WithExamples(
            "g3dr render result/scene.safetensors --yaw 15 --pitch -5 --size 512 --out side.png",
            "g3dr render result/scene.safetensors --level 2 --out coarse.png --depth-out depth.png",
            "g3dr render result/scene.safetensors --turntable around.gif --size 256",
            "g3dr render result/scene.safetensors --size 256 --upscale RCAN_BIX4.pt --out large.png");
        command.SetComputation(async (parsed, cancel) =>
        {
            int pixels = parsed.GetValue(size);
            if (pixels is < 2 or > (int)LargestSize)
            {
                throw new ArgumentException($"--size must be between 2 and {LargestSize}; got {pixels}.");
            }

            if (!(Math.Abs(parsed.GetValue(pitch)) < 90))
            {
                throw new ArgumentException($"--pitch must be above -90 and below 90 degrees; got {parsed.GetValue(pitch)}.");
            }

            FileInfo?[] targets = parsed.GetValue(turntable) is { } film ? [film] : [parsed.GetRequiredValue(output), parsed.GetValue(depth)];
            foreach (FileInfo target in targets.OfType<FileInfo>())
            {
                AtomicFile.RequireTarget(target.FullName);
            }

            using Accelerator accelerator = device.Open(parsed);
            using TriplaneScene loaded = TriplaneScene.Load(accelerator, parsed.GetRequiredValue(scene).FullName);
            using Upscaler? upscaler = upscale.Open(parsed, accelerator, cancel);
            Func<Image, Image>? finish = UpscaleArguments.Finish(upscaler, cancel);
            RenderSettings settings = loaded.Settings with { FinestLevel = loaded.Settings.FinestLevel + parsed.GetValue(level) };
            settings.Validate();
            TextWriter console = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(turntable) is FileInfo video)
            {
                using var progress = new ProgressReporter<int>(silent: false, "turntable", done => (done, SceneGallery.TurntableFrames, "pictures"));
                IReadOnlyList<Image> frames = SceneGallery.RenderTurntable(loaded, pixels, settings: settings, finish: finish, progress: progress, cancel: cancel);
                foreach (string path in await SceneGallery.SaveTurntableAsync(frames, Path.ChangeExtension(video.FullName, null), cancel))
                {
                    await console.WriteLineAsync(path);
                }

                return ExitCodes.Success;
            }

            Camera camera = Camera.Orbit(Radians(parsed.GetValue(yaw)), Radians(parsed.GetValue(pitch)), parsed.GetValue(radius), parsed.GetValue(fov));
            RenderedView view = loaded.Render(camera, pixels, pixels, settings, cancel);
            (finish is null ? view.Color : finish(view.Color)).SavePng(parsed.GetRequiredValue(output).FullName);
            await console.WriteLineAsync(parsed.GetRequiredValue(output).FullName);
            if (parsed.GetValue(depth) is FileInfo depthFile)
            {
                view.Depth16().SavePng(depthFile.FullName);
                await console.WriteLineAsync(depthFile.FullName);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static double Radians(double degrees) => degrees * Math.PI / 180;
}
