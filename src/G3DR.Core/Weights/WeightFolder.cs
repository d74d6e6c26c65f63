namespace G3DR.Core.Weights;

/// <summary>Finds the weights in a folder.</summary>
internal static class WeightFolder
{
    // Safe formats first: many folders hold the same weights in both.
    private static readonly string[] s_patterns = ["*.safetensors.index.json", "*.safetensors", $"*{WeightIndex.Extension}", "*.pt", "*.pth", "*.ckpt", "*.bin"];

    // What the transformers library calls the weights of a model.
    private static readonly string[] s_preferred = ["model.safetensors.index.json", "model.safetensors", "pytorch_model.bin.index.json", "pytorch_model.bin"];

    /// <summary>The only file of the first kind that is there, or the one called model of several.</summary>
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

            // A folder of a published model may hold other precisions and parts beside the model itself.
            if (found.Length > 1 && Array.Find(found, file => s_preferred.Contains(Path.GetFileName(file))) is { } preferred)
            {
                return preferred;
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
