namespace G3DR.Core.Weights;

/// <summary>Finds the weights in a folder.</summary>
internal static class WeightFolder
{
    // Safe formats first: many folders hold the same weights in both.
    private static readonly string[] s_patterns = ["*.safetensors.index.json", "*.safetensors", $"*{WeightIndex.Extension}", "*.pt", "*.pth", "*.ckpt", "*.bin"];

    /// <summary>The only file of the first kind that is there.</summary>
    /// <exception cref="FileNotFoundException">There is none, or there are several.</exception>
    public static string Choose(string folder)
    {
        foreach (string pattern in s_patterns)
        {
            string[] found = Directory.GetFiles(folder, pattern);
            if (found.Length == 1)
            {
                return found[0];
            }

            if (found.Length > 1)
            {
                throw new FileNotFoundException(
                    $"The folder '{folder}' holds several weights files: {string.Join(", ", found.Select(Path.GetFileName).Order(StringComparer.Ordinal))}. Name one of them.");
            }
        }

        throw new FileNotFoundException($"The folder '{folder}' holds no weights file ({string.Join(", ", s_patterns)}).");
    }
}
