using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using G3DR.Cli.Terminal;
using G3DR.Compute;
using G3DR.Core.IO;
using G3DR.Core.Metrics;
using G3DR.Core.Networks;

namespace G3DR.Cli.Commands;

/// <summary>g3dr eval fid: how far two sets of pictures are from each other.</summary>
internal static class EvalFidCommand
{
    private const string StatisticsExtension = ".safetensors";

    public static Command Create()
    {
        var first = new Argument<string>("first") { Description = "Folder of real pictures, or their statistics as --save-statistics writes them." };
        var second = new Argument<string>("second") { Description = "Folder of generated pictures, or their statistics." };
        var weights = new Option<string>("--weights") { Description = "The Inception network of FID: pt_inception-2015-12-05-6726825d.pth, or the same as safetensors.", Required = true, HelpName = "file" };
        var batch = new Option<int>("--batch") { Description = "Pictures that go through the network together.", DefaultValueFactory = _ => new PictureFeatureOptions().Batch, HelpName = "n" };
        var kid = new Option<bool>("--kid") { Description = "Also the kernel distance, over 100 subsets of 1000 pictures." };
        var score = new Option<bool>("--score") { Description = "Also the Inception score of the second set, in 10 parts." };
        var compatible = new Option<bool>("--compatible") { Description = "Where a feature is constant, add what pytorch-fid adds." };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the subsets of --kid.", HelpName = "n" };
        var save = new Option<FileInfo?>("--save-statistics") { Description = "Also write the statistics of the first set, to be given instead of its folder next time.", HelpName = "file" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("fid", "Frechet Inception distance of two folders of pictures, and on demand kernel distance and Inception score.")
        {
            first, second, weights, batch, kid, score, compatible, seed, save, json,
        };
        DeviceOptions device = DeviceOptions.AddTo(command);
        command.WithExamples(
            "g3dr eval fid real generated --weights pt_inception-2015-12-05-6726825d.pth",
            "g3dr eval fid real generated --weights inception.safetensors --kid --score --json",
            "g3dr eval fid real generated --weights inception.safetensors --save-statistics real.safetensors",
            "g3dr eval fid real.safetensors generated --weights inception.safetensors");
        command.SetComputation((parsed, cancel) =>
        {
            (string one, string other) = (parsed.GetRequiredValue(first), parsed.GetRequiredValue(second));
            bool keep = parsed.GetValue(kid), quiet = parsed.GetValue(json);
            Require(parsed.GetValue(batch) >= 1, $"--batch must be 1 or more; got {parsed.GetValue(batch)}.");
            Require(!keep || !(IsStatistics(one) || IsStatistics(other)), "--kid needs the pictures of both sets; statistics do not have what it compares.");
            Require(!parsed.GetValue(score) || !IsStatistics(other), "--score needs the pictures of the second set, not their statistics.");
            if (parsed.GetValue(save) is { } file)
            {
                AtomicFile.RequireTarget(file.FullName);
            }

            var options = new PictureFeatureOptions { Batch = parsed.GetValue(batch), KeepFeatures = keep };
            using Accelerator accelerator = device.Open(parsed);
            using FidInception network = NetworkLoader.Load<FidInception>(parsed.GetRequiredValue(weights), accelerator, cancel: cancel);
            PictureSet a = Describe(network, one, options, quiet, cancel);
            if (parsed.GetValue(save) is { } target)
            {
                a.Statistics.Save(target.FullName);
            }

            PictureSet b = Describe(network, other, options with { KeepLogits = parsed.GetValue(score) }, quiet, cancel);
            Warn(parsed.InvocationConfiguration.Error, a, b);
            double distance = FrechetDistance.Compute(a.Statistics, b.Statistics, new() { Compatible = parsed.GetValue(compatible) }, cancel);
            KernelDistance? kernel = keep
                ? KernelInceptionDistance.Compute(a.Pictures!.Features, b.Pictures!.Features, FidInception.FeatureCount, new() { Seed = parsed.GetValue(seed) }, cancel)
                : null;
            InceptionScoreResult? classes = parsed.GetValue(score)
                ? InceptionScore.Compute<float>(b.Pictures!.Logits, FidInception.ClassCount, (int)Math.Min(InceptionScore.DefaultParts, b.Statistics.Count))
                : null;
            parsed.InvocationConfiguration.Output.WriteLine(quiet ? ToJson(a, b, distance, kernel, classes) : ToText(a, b, distance, kernel, classes));
            return ExitCodes.Success;
        });
        return command;
    }

    private static PictureSet Describe(FidInception network, string path, PictureFeatureOptions options, bool quiet, CancellationToken cancel)
    {
        if (IsStatistics(path))
        {
            return new(path, FeatureStatistics.Load(path), null);
        }

        using var progress = new ProgressReporter<PictureFeatureProgress>(quiet, Path.GetFileName(Path.TrimEndingDirectorySeparator(path)), p => (p.Done, p.Total, p.File));
        var pictures = PictureFeatures.OfFolder(network, path, options, progress, cancel);
        return new(path, pictures.Statistics, pictures);
    }

    private static void Warn(TextWriter error, params PictureSet[] sets)
    {
        foreach (PictureSet set in sets)
        {
            if (set.Skipped > 0)
            {
                error.WriteLine($"g3dr: {set.Skipped} files of '{set.Path}' are no readable PNG or JPEG pictures and were left out, such as '{set.Pictures!.Skipped[0]}'.");
            }

            if (set.Statistics.Count < FidInception.FeatureCount)
            {
                error.WriteLine(
                    $"g3dr: '{set.Path}' has {set.Statistics.Count} pictures, fewer than the {FidInception.FeatureCount} features: the distance comes out too large; compare it only with those of sets of the same size.");
            }
        }
    }

    private static string ToJson(PictureSet a, PictureSet b, double distance, KernelDistance? kernel, InceptionScoreResult? classes) => JsonSerializer.Serialize(
        new
        {
            fid = distance,
            kid = kernel is { } k ? new { mean = k.Mean, deviation = k.Deviation, subsets = k.Subsets } : null,
            inceptionScore = classes is null ? null : new { mean = classes.Mean, deviation = classes.Deviation },
            first = new { path = a.Path, pictures = a.Statistics.Count, skipped = a.Skipped },
            second = new { path = b.Path, pictures = b.Statistics.Count, skipped = b.Skipped },
        },
        JsonOutput.Options);

    private static string ToText(PictureSet a, PictureSet b, double distance, KernelDistance? kernel, InceptionScoreResult? classes)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"fid {distance:F4} of {a.Statistics.Count} and {b.Statistics.Count} pictures");
        text += kernel is { } k ? string.Create(CultureInfo.InvariantCulture, $"\nkid {k.Mean:F6} +- {k.Deviation:F6} over {k.Subsets} subsets") : string.Empty;
        return text + (classes is null ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"\ninception score of the second set {classes.Mean:F4} +- {classes.Deviation:F4}"));
    }

    private static bool IsStatistics(string path) => path.EndsWith(StatisticsExtension, StringComparison.OrdinalIgnoreCase) && !Directory.Exists(path);

    private static void Require(bool condition, string problem)
    {
        if (!condition)
        {
            throw new ArgumentException(problem);
        }
    }

    // Of statistics that were loaded there are no pictures.
    private sealed record PictureSet(string Path, FeatureStatistics Statistics, PictureFeatures? Pictures)
    {
        public int Skipped => Pictures?.Skipped.Count ?? 0;
    }
}
