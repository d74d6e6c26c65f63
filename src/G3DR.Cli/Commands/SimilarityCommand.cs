using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using G3DR.Cli.Terminal;
using G3DR.Compute;
using G3DR.Core.Imaging;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;

namespace G3DR.Cli.Commands;

/// <summary>g3dr similarity: how much pictures differ for the eye.</summary>
internal static class SimilarityCommand
{
    public static Command Create()
    {
        var photo = new Argument<FileInfo>("photo") { Description = "The picture, PNG or JPEG." };
        var others = new Argument<string[]>("others") { Description = "Pictures of the same size to compare it with; with CLIP pictures of any size, or texts.", Arity = ArgumentArity.OneOrMore };
        var weights = new Option<string>("--weights") { Description = "Whose features are compared: VGG-16, AlexNet or SqueezeNet 1.1 under torchvision's names, or a file of the lpips package; or CLIP, which also reads texts.", Required = true, HelpName = "file" };
        var heads = new Option<string?>("--heads") { Description = "The heads of LPIPS for this network; without them every channel counts once.", HelpName = "file" };
        var vocabulary = new Option<string?>("--vocabulary") { Description = "CLIP's words: bpe_simple_vocab_16e6.txt.gz, or a folder with vocab.json and merges.txt; found by itself beside the weights.", HelpName = "file" };
        var resize = new Option<int?>("--resize") { Description = "Make the shorter side of all pictures so long and take the middle square; for pictures of different sizes.", HelpName = "pixels" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("similarity", "Measure how different pictures look (LPIPS, 0 for equal ones), or which text describes a picture (CLIP).") { photo, others, weights, heads, vocabulary, resize, json };
        DeviceOptions device = DeviceOptions.AddTo(command);
        command.WithExamples(
            "g3dr similarity photo.png blurred.png noisy.png --weights squeezenet1_1.safetensors --heads squeeze.safetensors",
            "g3dr similarity a.jpg b.jpg --weights alexnet.pth --heads alex.pth --resize 256 --json",
            "g3dr similarity photo.jpg \"a photo of a cat\" \"a photo of a dog\" --weights clip-vit-base-patch32");
        command.SetComputation((parsed, cancel) =>
        {
            FileInfo first = parsed.GetRequiredValue(photo);
            string[] rest = parsed.GetRequiredValue(others);
            if (parsed.GetValue(resize) is < 1)
            {
                throw new ArgumentException($"--resize must be at least 1; got {parsed.GetValue(resize)}.");
            }

            if (SimilarityText.Knows(parsed.GetRequiredValue(weights)))
            {
                using Accelerator reader = device.Open(parsed);
                return SimilarityText.Run(parsed, first.ToString(), rest, parsed.GetRequiredValue(weights), parsed.GetValue(vocabulary), reader, parsed.GetValue(json), cancel);
            }

            SimilarityText.RequirePictures(rest);
            Image[] pictures = LoadAlike([first.ToString(), .. rest], parsed.GetValue(resize));
            using Accelerator accelerator = device.Open(parsed);
            using var lpips = Lpips.Load(parsed.GetRequiredValue(weights), parsed.GetValue(heads), accelerator);
            PhotoDistance[] distances = [.. rest.Zip(pictures.Skip(1), (name, picture) => Compare(lpips, pictures[0], name, picture, cancel))];
            TextWriter output = parsed.InvocationConfiguration.Output;
            output.WriteLine(parsed.GetValue(json)
                ? JsonSerializer.Serialize(
                    new
                    {
                        network = lpips.Features.Name,
                        heads = lpips.HasHeads,
                        levels = lpips.Features.Levels.Select(level => level.Name),
                        photo = first.ToString(),
                        others = distances,
                    },
                    JsonOutput.Options)
                : string.Join('\n', distances.Select(Describe)));
            return ExitCodes.Success;
        });
        return command;
    }

    private static Image[] LoadAlike(IReadOnlyList<string> paths, int? size)
    {
        Image[] pictures = [.. paths.Select(path => Image.Load(path).ToRgb8())];
        if (size is int side)
        {
            return [.. pictures.Select(picture => ImageResize.CenterCrop(ImageResize.ResizeShorterSide(picture, side), side))];
        }

        int other = Array.FindIndex(pictures, picture => (picture.Width, picture.Height) != (pictures[0].Width, pictures[0].Height));
        return other < 0 ? pictures : throw new ArgumentException(
            $"{paths[0]} has {pictures[0].Width} x {pictures[0].Height} pixels and {paths[other]} has {pictures[other].Width} x {pictures[other].Height}: give pictures of one size, or --resize.");
    }

    private static PhotoDistance Compare(Lpips lpips, Image first, string name, Image second, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        Accelerator device = lpips.Accelerator!;
        using IDisposable constant = device.NoGrad();
        using var scope = TensorScope.Begin(device);
        Tensor ToTensor(Image image) => Tensor.FromArray(device, image.ToFloat(), [1, image.Height, image.Width, 3]).Affine(2, -1);
        double[] levels = [.. lpips.PerLevel(ToTensor(first), ToTensor(second)).Select(level => level.ToDoubles()[0])];
        return new(name, levels.Sum(), levels);
    }

    private static string Describe(PhotoDistance found) => string.Create(
        CultureInfo.InvariantCulture,
        $"{found.Distance:F4}  {found.Photo}  (levels {string.Join(' ', found.PerLevel.Select(level => level.ToString("F4", CultureInfo.InvariantCulture)))})");

    private sealed record PhotoDistance(string Photo, double Distance, IReadOnlyList<double> PerLevel);
}
