using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using G3DR.Cli.Terminal;
using G3DR.Compute;
using G3DR.Core.Imaging;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;

namespace G3DR.Cli.Commands;

/// <summary>g3dr classify: what a classifier sees in pictures.</summary>
internal static class ClassifyCommand
{
    public static Command Create()
    {
        var photos = new Argument<FileInfo[]>("photos") { Description = "Pictures, PNG or JPEG.", Arity = ArgumentArity.OneOrMore };
        var weights = new Option<string>("--weights") { Description = "The classifier: SqueezeNet 1.1, AlexNet or VGG-16 under torchvision's names.", Required = true, HelpName = "file" };
        var labels = new Option<string?>("--labels") { Description = "Names of the classes, a line for each, or JSON; by default a file such as imagenet_labels.txt beside the weights.", HelpName = "file" };
        var top = new Option<int>("--top") { Description = "How many classes are shown.", DefaultValueFactory = _ => 5, HelpName = "n" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("classify", "Say what pictures show, by a classifier trained on ImageNet.") { photos, weights, labels, top, json };
        DeviceOptions device = DeviceOptions.AddTo(command);
        command.WithExamples(
            "g3dr classify cat.jpg --weights squeezenet1_1.safetensors --labels imagenet_labels.txt",
            "g3dr classify *.jpg --weights vgg16-397923af.pth --labels imagenet_class_index.json --top 1 --json");
        command.SetComputation((parsed, cancel) =>
        {
            int count = parsed.GetValue(top);
            if (count < 1)
            {
                throw new ArgumentException($"--top must be at least 1; got {count}.");
            }

            string file = parsed.GetRequiredValue(weights);
            ClassLabels? names = (parsed.GetValue(labels) ?? ClassLabels.FindBeside(file)) is { } path ? ClassLabels.Load(path) : null;
            using Accelerator accelerator = device.Open(parsed);
            using ImageClassifier network = NetworkLoader.Load<ImageClassifier>(file, accelerator, cancel: cancel);
            PhotoClasses[] results = [.. parsed.GetRequiredValue(photos).Select(photo => Classify(photo, network, names, count, cancel))];
            TextWriter output = parsed.InvocationConfiguration.Output;
            output.WriteLine(parsed.GetValue(json)
                ? JsonSerializer.Serialize(new { network = network.Name, weights = file, labels = names?.Path, photos = results }, JsonOutput.Options)
                : string.Join('\n', results.Select(Describe)));
            return ExitCodes.Success;
        });
        return command;
    }

    private static PhotoClasses Classify(FileInfo photo, ImageClassifier network, ClassLabels? names, int count, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        Accelerator device = network.Accelerator!;
        using IDisposable constant = device.NoGrad();
        using var scope = TensorScope.Begin(device);
        double[] probabilities = network.Forward(ImageNet.Prepare(device, Image.Load(photo.FullName))).Softmax().ToDoubles();
        return new(photo.ToString(), [.. probabilities
            .Select((probability, index) => new PhotoClass(index, names?[index], probability))
            .OrderByDescending(found => found.Probability)
            .Take(count)]);
    }

    private static string Describe(PhotoClasses photo) => string.Join('\n', [photo.Photo, .. photo.Classes.Select(found => string.Create(
        CultureInfo.InvariantCulture, $"  {100 * found.Probability,5:F1} %  {found.Label ?? $"class {found.Index}"}"))]);

    private sealed record PhotoClass(int Index, string? Label, double Probability);

    private sealed record PhotoClasses(string Photo, IReadOnlyList<PhotoClass> Classes);
}
