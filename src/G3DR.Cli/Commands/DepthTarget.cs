using G3DR.Core.Depth;
using G3DR.Core.Imaging;
using G3DR.Core.IO;
using G3DR.Core.Weights;

namespace G3DR.Cli.Commands;

/// <summary>The files that g3dr depth writes of one photo.</summary>
/// <param name="Depth">The 16-bit map.</param>
/// <param name="Colored">The coloured map.</param>
/// <param name="Raw">The network's own numbers, or null.</param>
internal sealed record DepthTarget(string Depth, string Colored, string? Raw)
{
    private const string Extension = ".png";

    /// <summary>All of them.</summary>
    public IEnumerable<string> Files => Raw is null ? [Depth, Colored] : [Depth, Colored, Raw];

    /// <summary>The files of photos, which can be written; their folder is made.</summary>
    /// <param name="photos">The photos.</param>
    /// <param name="output">A folder, or for one photo a file that ends with .png.</param>
    /// <param name="raw">Whether the numbers are written too.</param>
    /// <exception cref="ArgumentException">Files of two photos would have the same name.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static DepthTarget[] For(IReadOnlyList<FileInfo> photos, string output, bool raw)
    {
        bool isFile = Path.GetExtension(output).Equals(Extension, StringComparison.OrdinalIgnoreCase) && !Directory.Exists(output);
        if (isFile && photos.Count > 1)
        {
            throw new ArgumentException($"--out names one file, '{output}', for {photos.Count} photos: name a folder.");
        }

        DepthTarget[] targets = [.. photos.Select(photo => Of(isFile
            ? Path.Combine(Path.GetDirectoryName(output) ?? string.Empty, Path.GetFileNameWithoutExtension(output))
            : Path.Combine(output, $"{Path.GetFileNameWithoutExtension(photo.Name)}-depth"), raw))];
        if (targets.GroupBy(target => target.Depth).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"Two photos have the name that leads to '{twice.Key}': use a folder for each.");
        }

        Directory.CreateDirectory(isFile ? Path.GetDirectoryName(Path.GetFullPath(output))! : output);
        foreach (string file in targets.SelectMany(target => target.Files))
        {
            AtomicFile.RequireTarget(file);
        }

        return targets;
    }

    /// <summary>Writes the files.</summary>
    public void Save(DepthMap map, ColorMap colors, string network)
    {
        Image depth = map.ToImage();
        depth.SavePng(Depth);
        map.Paint(colors).SavePng(Colored);
        if (Raw is not null)
        {
            var writer = new SafetensorsWriter { Metadata = { ["network"] = network, ["meaning"] = map.Meaning.ToString() } };
            writer.Add("depth", [map.Height, map.Width], map.Values);
            writer.Save(Raw);
        }
    }

    private static DepthTarget Of(string stem, bool raw) => new(stem + Extension, $"{stem}-color{Extension}", raw ? stem + ".safetensors" : null);
}
