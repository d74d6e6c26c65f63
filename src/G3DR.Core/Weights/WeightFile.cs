using G3DR.Core.Weights.PyTorch;

namespace G3DR.Core.Weights;

/// <summary>
/// Weights of a network on disk: one safetensors file, a PyTorch checkpoint, or a set of such files with an index. Only names and shapes are read when it is opened;
/// data are read from the mapped file when asked for. Reading is safe from several threads.
/// </summary>
/// <remarks>Nothing that a file says is executed. Other processes must not shorten a file that is open here.</remarks>
public sealed class WeightFile : IDisposable
{
    private readonly IReadOnlyList<IDisposable> _owned;

    internal WeightFile(
        string source, IEnumerable<WeightTensor> tensors, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<IDisposable> owned, string key = "")
    {
        (Source, Metadata, Key, _owned) = (source, metadata, key, owned);
        Tensors = new OrderedDictionary<string, WeightTensor>(tensors.Select(tensor => KeyValuePair.Create(tensor.Name, tensor)), StringComparer.Ordinal);
    }

    /// <summary>Where the weights came from, for messages.</summary>
    public string Source { get; }

    /// <summary>The tensors by name, in the order of the file.</summary>
    public IReadOnlyDictionary<string, WeightTensor> Tensors { get; }

    /// <summary>What the file says about itself: licence, origin, settings. Plain values of a PyTorch checkpoint, such as its step, are here as text.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The state dictionary inside a checkpoint that the names belong to, for example <c>model</c>; empty for the whole file.</summary>
    public string Key { get; }

    /// <summary>Number of elements of all tensors.</summary>
    public long ElementCount => Tensors.Values.Sum(tensor => tensor.ElementCount);

    /// <summary>Bytes of all tensors.</summary>
    public long ByteCount => Tensors.Values.Sum(tensor => tensor.ByteCount);

    /// <summary>Opens weights.</summary>
    /// <param name="path">
    /// A safetensors file, a PyTorch checkpoint (<c>.pt</c>, <c>.pth</c>, <c>.ckpt</c>, <c>.bin</c>), the <c>.index.json</c> of a set, or a folder that holds one of these.
    /// </param>
    /// <param name="options">What to take of it.</param>
    /// <returns>The weights, to be disposed by the caller.</returns>
    /// <exception cref="WeightsFormatException">The file is malformed, of another kind, hostile, or holds several state dictionaries and none was chosen.</exception>
    /// <exception cref="IOException">A file does not exist or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static WeightFile Open(string path, WeightFileOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new();
        string file = Directory.Exists(path) ? WeightFolder.Choose(path) : path;
        return file.EndsWith(WeightIndex.Extension, StringComparison.OrdinalIgnoreCase)
            ? WeightIndex.Open(file, options)
            : OpenSingle(file, options);
    }

    /// <summary>Checks that all data can be read; see <see cref="WeightTensor.Verify"/>.</summary>
    /// <exception cref="WeightsFormatException">A tensor is damaged.</exception>
    public void Verify()
    {
        foreach (WeightTensor tensor in Tensors.Values)
        {
            tensor.Verify();
        }
    }

    /// <summary>Closes the files, as soon as reads on other threads are done.</summary>
    public void Dispose()
    {
        foreach (IDisposable part in _owned)
        {
            part.Dispose();
        }
    }

    /// <summary>Opens one file that is no set.</summary>
    internal static WeightFile OpenSingle(string path, WeightFileOptions options)
    {
        if (path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase))
        {
            return OpenSafetensors(path, options.Key);
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        return WeightFormats.Recognise(stream, path) == WeightFormat.PyTorch
            ? PyTorchFile.Open(stream, path, options.Key)
            : OpenSafetensors(path, options.Key);
    }

    private static WeightFile OpenSafetensors(string path, string? key)
    {
        SafetensorsFile file = SafetensorsFile.Open(path);
        if (string.IsNullOrEmpty(key))
        {
            return new(path, file.Entries, file.Metadata, [file]);
        }

        string start = $"{key}/";
        WeightTensor[] chosen = [.. file.Entries.Where(tensor => tensor.Name.StartsWith(start, StringComparison.Ordinal)).Select(tensor => tensor.Renamed(tensor.Name[start.Length..]))];
        if (chosen.Length > 0)
        {
            return new(path, chosen, file.Metadata, [file], key);
        }

        file.Dispose();
        throw new WeightsFormatException($"{path} has no tensor whose name begins with {SafetensorsHeader.Quote(start)}.");
    }
}
