using System.CommandLine;
using System.Text.Json;
using G3DR.Cli.Terminal;
using G3DR.Compute;
using G3DR.Core.Networks;
using G3DR.Core.Weights;

namespace G3DR.Cli.Commands;

/// <summary>g3dr weights check: whether a file has what a network needs.</summary>
internal static class WeightsCheckCommand
{
    public static Command Create()
    {
        Argument<string> path = WeightsOptions.File("file", "Weights: .safetensors, .pt, .pth, .ckpt, an index of a set, or a folder.");
        var names = new Option<string?>("--names") { Description = "What is needed: a JSON listing of names and shapes.", HelpName = "file" };
        var naming = new Option<string?>("--naming") { Description = "Which of the listing's namings; without it, the one that fits best.", HelpName = "name" };
        var against = new Option<string?>("--against") { Description = "What is needed: the names and shapes of other weights.", HelpName = "file" };
        Option<string?> key = WeightsOptions.Key();
        Option<string> prefix = WeightsOptions.Prefix();
        Option<string?> map = WeightsOptions.Map();
        Option<bool> reverse = WeightsOptions.ReverseMap();
        var ignore = new Option<string[]>("--ignore") { Description = "Tensors that may be there without being needed, with one *; may be repeated.", HelpName = "pattern" };
        Option<bool> json = WeightsOptions.Json();
        var command = new Command("check", "Say what is missing, unexpected or of another shape for a network (the one that the file looks like, unless named), and whether the data can be read; fails if anything is.")
        {
            path, names, naming, against, key, prefix, map, reverse, ignore, json,
        };
        command.WithExamples(
            "g3dr weights check model.safetensors",
            "g3dr weights check checkpoint.pt --names official_state_dict.json",
            "g3dr weights check clip.safetensors --names clip_vit_b32.names.json --naming huggingface --ignore \"*.position_ids\"",
            "g3dr weights check mine.safetensors --against theirs.safetensors --json");
        command.SetComputation((parsed, cancel) =>
        {
            var options = new WeightLoadOptions
            {
                Prefix = parsed.GetValue(prefix)!,
                NameMap = WeightsOptions.ReadMap(parsed.GetValue(map), parsed.GetValue(reverse)),
                Ignore = parsed.GetValue(ignore) ?? [],
            };
            bool listed = parsed.GetValue(names) is not null || parsed.GetValue(naming) is not null || parsed.GetValue(against) is not null;
            if (!listed && (options.NameMap is not null || options.Prefix.Length > 0 || options.Ignore.Count > 0))
            {
                throw new ArgumentException("--prefix, --map and --ignore need --names or --against: a network that is recognised brings its own.");
            }

            IReadOnlyList<NetworkListing> listings = listed ? ReadListings(parsed.GetValue(names), parsed.GetValue(naming), parsed.GetValue(against)) : [];
            using WeightFile file = WeightFile.Open(parsed.GetRequiredValue(path), new() { Key = parsed.GetValue(key) });
            (string title, WeightLoadReport report) = listed ? Compare(listings, file, options) : Recognise(file);
            cancel.ThrowIfCancellationRequested();
            file.Verify();
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                output.WriteLine(JsonSerializer.Serialize(
                    new { report.Complete, report.Source, Naming = title, report.Loaded, report.Missing, report.Unexpected, report.Misshaped, report.Ambiguous, report.Ignored, report.Hint },
                    JsonOutput.Options));
            }
            else
            {
                if (title.Length > 0)
                {
                    output.WriteLine(listed ? $"Naming: {title}" : $"Looks like {title}.");
                }

                output.WriteLine(report);
            }

            return report.Complete ? ExitCodes.Success : ExitCodes.Failure;
        });
        return command;
    }

    private static (string Title, WeightLoadReport Report) Compare(IReadOnlyList<NetworkListing> listings, WeightFile file, WeightLoadOptions options) => listings
        .Select(listing => (listing.Naming, Report: WeightLoader.Compare(listing.Shapes, file, options)))
        .MaxBy(pair => pair.Report.Loaded.Count - pair.Report.Missing.Count);

    private static (string Title, WeightLoadReport Report) Recognise(WeightFile file)
    {
        using var device = Accelerator.Create("cpu");
        return NetworkLoader.Check(file, device);
    }

    private static NetworkListing[] ReadListings(string? names, string? naming, string? against)
    {
        if (against is not null && names is null && naming is null)
        {
            using WeightFile other = WeightFile.Open(against);
            return [NetworkListing.Of(other)];
        }

        if (names is null || against is not null)
        {
            throw new ArgumentException("weights check needs either --names (with --naming, if wanted) or --against.");
        }

        IReadOnlyList<NetworkListing> all = NetworkListing.Load(names);
        NetworkListing[] chosen = [.. all.Where(listing => naming is null || listing.Naming == naming)];
        return chosen.Length > 0
            ? chosen
            : throw new ArgumentException($"{names} has no naming '{naming}'; it has {string.Join(", ", all.Select(listing => listing.Naming))}.");
    }
}
