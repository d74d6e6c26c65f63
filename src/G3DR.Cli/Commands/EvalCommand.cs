using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using G3DR.Cli.Terminal;
using G3DR.Compute;
using G3DR.Core.Imaging;
using G3DR.Core.Metrics;
using G3DR.Core.Networks;
using G3DR.Core.Rendering;
using G3DR.Core.Scenes;

namespace G3DR.Cli.Commands;

/// <summary>g3dr eval: figures of quality.</summary>
internal static class EvalCommand
{
    public static Command Create() => new("eval", "Measure the quality of results.") { Scene(), Card(), Gradients(), EvalFidCommand.Create() };

    private static Command Scene()
    {
        var scene = new Argument<FileInfo>("scene") { Description = "scene.safetensors as g3dr fit writes it." };
        var truth = new Option<string>("--truth") { Description = $"The built-in scene it was fitted to: {string.Join(", ", SyntheticScene.All.Select(s => s.Name))}.", Required = true, HelpName = "name" };
        var lpips = new Option<string?>("--lpips-weights") { Description = "VGG-16, AlexNet or SqueezeNet 1.1: measure the LPIPS distance too.", HelpName = "file" };
        var heads = new Option<string?>("--lpips-heads") { Description = "The heads of LPIPS for that network.", HelpName = "file" };
        Option<int> size = Size();
        Option<bool> json = Json();
        var command = new Command("scene", "Compare novel views of a fitted scene with the true ones, at yaw +-0.2 and +-0.4 rad.") { scene, truth, lpips, heads, size, json };
        DeviceOptions device = DeviceOptions.AddTo(command);
        command.WithExamples(
            "g3dr eval scene result/scene.safetensors --truth toys",
            "g3dr eval scene result/scene.safetensors --truth toys --lpips-weights squeezenet1_1.safetensors --lpips-heads squeeze.safetensors");
        command.SetComputation((parsed, cancel) =>
        {
            SyntheticScene known = SyntheticScene.ByName(parsed.GetRequiredValue(truth));
            int pixels = parsed.GetValue(size);
            using Accelerator accelerator = device.Open(parsed);
            string? backbone = parsed.GetValue(lpips), headsFile = parsed.GetValue(heads);
            if (backbone is null && headsFile is not null)
            {
                throw new ArgumentException("--lpips-heads needs a network: give --lpips-weights too.");
            }

            using TriplaneScene loaded = TriplaneScene.Load(accelerator, parsed.GetRequiredValue(scene).FullName);
            using Lpips? perceptual = backbone is null ? null : Lpips.Load(backbone, headsFile, accelerator);
            (float[], float[]) Render(Camera camera)
            {
                RenderedView view = loaded.Render(camera, pixels, pixels, cancel: cancel);
                return (view.Values, view.Depth);
            }

            TrueViewEvaluation result = TrueViewEvaluation.Of(known, Render, pixels, perceptual, cancel);
            Print(parsed, parsed.GetValue(json), result.NovelPsnr, result.NovelDepthError, result.NovelLpips);
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command Card()
    {
        var photo = new Argument<FileInfo>("photo") { Description = "The picture." };
        var depth = new Option<FileInfo>("--depth") { Description = "Its depth.", Required = true, HelpName = "file" };
        var truth = new Option<string?>("--truth") { Description = "The built-in scene that the picture shows, to compare with true views.", HelpName = "name" };
        Option<int> size = Size();
        Option<bool> json = Json();
        var command = new Command("card", "The floor for novel views: the picture as a flat card at its mean depth.") { photo, depth, truth, size, json };
        command.WithExamples("g3dr eval card photo.jpg --depth depth.png", "g3dr eval card samples/toys.png --depth samples/toys-depth.png --truth toys");
        command.SetComputation((parsed, cancel) =>
        {
            int pixels = parsed.GetValue(size);
            RgbdPicture picture = RgbdPicture.Load(parsed.GetRequiredValue(photo).FullName, parsed.GetRequiredValue(depth).FullName, pixels);
            var card = new FlatCard(picture);
            if (parsed.GetValue(truth) is string name)
            {
                TrueViewEvaluation result = TrueViewEvaluation.Of(SyntheticScene.ByName(name), Render, pixels, cancel: cancel);
                Print(parsed, parsed.GetValue(json), result.NovelPsnr, result.NovelDepthError);
            }
            else
            {
                DepthMesh mesh = DepthMesh.FromDepth(picture.Depth, pixels, pixels, Camera.Canonical);
                Print(parsed, parsed.GetValue(json), null, NovelDepthError.Measure(mesh, camera => Render(camera).Depth, pixels, pixels, cancel: cancel).Mean);
            }

            return ExitCodes.Success;

            (float[] Color, float[] Depth) Render(Camera camera)
            {
                SceneView view = card.Render(camera, pixels, pixels);
                return (view.Color, view.Depth);
            }
        });
        return command;
    }

    private static Command Gradients()
    {
        var photo = new Argument<FileInfo>("photo") { Description = "The picture." };
        var depth = new Option<FileInfo>("--depth") { Description = "Its depth.", Required = true, HelpName = "file" };
        var row = new Option<int?>("--row") { Description = "Row of the resized picture; the middle by default.", HelpName = "n" };
        var output = new Option<FileInfo>("--out") { Description = "PNG to write.", DefaultValueFactory = _ => new("gradients.png"), HelpName = "file" };
        Option<int> size = Size();
        var command = new Command("gradients", "Paint the gradients of density along one row of a picture, without and with the depth kernel, for a scene before its first step.")
        {
            photo, depth, row, output, size,
        };
        DeviceOptions device = DeviceOptions.AddTo(command);
        command.WithExamples("g3dr eval gradients samples/toys.png --depth samples/toys-depth.png --row 80 --out gradients.png");
        command.SetComputation((parsed, cancel) =>
        {
            int pixels = parsed.GetValue(size);
            RgbdPicture picture = RgbdPicture.Load(parsed.GetRequiredValue(photo).FullName, parsed.GetRequiredValue(depth).FullName, pixels);
            using Accelerator accelerator = device.Open(parsed);
            using TriplaneScene scene = TriplaneScene.Create(accelerator, planeSize: 128, channels: 32, RenderSettings.Paper, seed: 0);
            GradientRow.Paint(scene, picture, parsed.GetValue(row) ?? pixels / 2, RenderSettings.Official.Kernel!).SavePng(parsed.GetRequiredValue(output).FullName);
            parsed.InvocationConfiguration.Output.WriteLine(parsed.GetRequiredValue(output).FullName);
            return ExitCodes.Success;
        });
        return command;
    }

    private static Option<int> Size() => new("--size") { Description = "Pixels per side.", DefaultValueFactory = _ => 128, HelpName = "pixels" };

    private static Option<bool> Json() => new("--json") { Description = "Print one JSON object." };

    private static void Print(ParseResult parsed, bool json, double? psnr, double depthError, double? lpips = null)
    {
        TextWriter output = parsed.InvocationConfiguration.Output;
        output.WriteLine(json
            ? JsonSerializer.Serialize(new { novelPsnr = psnr, novelDepthError = depthError, novelLpips = lpips }, JsonOutput.Options)
            : string.Create(CultureInfo.InvariantCulture, $"{(psnr is null ? string.Empty : $"novel psnr {psnr:F2} dB, ")}novel depth error {depthError:F4}{(lpips is null ? string.Empty : $", novel lpips {lpips:F4}")}"));
    }
}
