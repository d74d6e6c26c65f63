using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using G3DR.Cli.Terminal;
using G3DR.Compute;
using G3DR.Core.Imaging;
using G3DR.Core.Networks;

namespace G3DR.Cli.Commands;

/// <summary>The part of g3dr similarity that asks CLIP: which text describes a picture, and how much two pictures show the same.</summary>
internal static class SimilarityText
{
    private static readonly string[] s_pictureExtensions = [".png", ".jpg", ".jpeg"];

    /// <summary>Whether a file holds CLIP.</summary>
    public static bool Knows(string weights) => NetworkLoader.Identify(weights).Any(found => found.Key == Clip.Kind);

    /// <summary>Refuses what is no picture, with a hint where it may be a text.</summary>
    /// <exception cref="FileNotFoundException">One is not there.</exception>
    public static void RequirePictures(IEnumerable<string> others)
    {
        if (others.FirstOrDefault(other => !File.Exists(other)) is { } missing)
        {
            throw new FileNotFoundException($"There is no picture '{missing}'{(LooksLikePicture(missing) ? string.Empty : "; to compare the photo with a text, --weights must name those of CLIP")}.");
        }
    }

    /// <summary>Compares a picture with texts and with other pictures.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="photo">The picture.</param>
    /// <param name="others">Files that exist are pictures, all else are texts.</param>
    /// <param name="weights">Weights of CLIP.</param>
    /// <param name="vocabulary">Its vocabulary, or null to look beside the weights.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="json">Whether to print JSON.</param>
    /// <param name="cancel">Stops between pictures.</param>
    public static int Run(ParseResult parsed, string photo, IReadOnlyList<string> others, string weights, string? vocabulary, Accelerator device, bool json, CancellationToken cancel)
    {
        RequirePictures(others.Where(LooksLikePicture));
        Image picture = Image.Load(photo);
        using var scorer = ClipScorer.Open(weights, vocabulary, device, cancel);
        string[] texts = [.. others.Where(other => !File.Exists(other))];
        IReadOnlyList<ClipScore> scores = texts.Length > 0 ? scorer.Score(picture, texts) : [];
        List<(string Photo, double Cosine)> pictures = [];
        foreach (string other in others.Where(File.Exists))
        {
            cancel.ThrowIfCancellationRequested();
            pictures.Add((other, scorer.Score(picture, Image.Load(other))));
        }

        TextWriter output = parsed.InvocationConfiguration.Output;
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(
                new
                {
                    network = scorer.Name,
                    photo,
                    texts = scores.Select(score => new { score.Text, score.Cosine, score.Probability }),
                    pictures = pictures.Select(other => new { other.Photo, other.Cosine }),
                },
                JsonOutput.Options));
            return ExitCodes.Success;
        }

        // One text is always the likeliest of all.
        foreach (ClipScore score in scores)
        {
            string probability = scores.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $"{100 * score.Probability,5:F1} %  ") : string.Empty;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{score.Cosine,7:F4}  {probability}{score.Text}"));
        }

        pictures.ForEach(other => output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{other.Cosine,7:F4}  {other.Photo}")));
        return ExitCodes.Success;
    }

    private static bool LooksLikePicture(string other) => s_pictureExtensions.Contains(Path.GetExtension(other), StringComparer.OrdinalIgnoreCase);
}
