using G3DR.Compute;
using G3DR.Core.Weights;

namespace G3DR.Core.Networks;

/// <summary>Loads networks from weights files, whose kind and sizes are read off their tensors.</summary>
public static class NetworkLoader
{
    /// <summary>
    /// Loads a network, ready for inference: its parameters are frozen. Everything is checked before anything is computed.
    /// </summary>
    /// <typeparam name="T">What is needed: a class of networks, such as <see cref="TriplaneGenerator"/>, or an interface that some of them have, such as <see cref="IDepthNetwork"/>.</typeparam>
    /// <param name="path">
    /// A safetensors file, a PyTorch checkpoint, the index of a set of files, or a folder with one of these and, as on Hugging Face, a <c>config.json</c>.
    /// </param>
    /// <param name="device">Device of the network.</param>
    /// <param name="options">What to take of the file.</param>
    /// <param name="cancel">Stops before data are read.</param>
    /// <returns>The network; it belongs to the caller.</returns>
    /// <exception cref="WeightsFormatException">The file is damaged, hostile or unknown, or holds another network: the message says what it looks like and what is needed.</exception>
    /// <exception cref="WeightLoadException">Tensors are missing, unexpected or have other shapes; the message names them all.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="Compute.Memory.OutOfDeviceMemoryException">The network does not fit.</exception>
    public static T Load<T>(string path, Accelerator device, NetworkLoadOptions? options = null, CancellationToken cancel = default)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(device);
        using WeightFile file = WeightFile.Open(path, new() { Key = options?.Key });
        NetworkMatch match = Recognize<T>(new(file));
        Module network = Initializer.Empty(device).Build(match.Create);
        try
        {
            network.Load(file, match.Options, cancel);
            network.Eval();
            network.Freeze();
            return (T)(object)network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Says what a weights file looks like.</summary>
    /// <param name="path">A file or folder, as <see cref="Load"/> takes it.</param>
    /// <param name="options">What to take of the file.</param>
    /// <returns>Each kind of network that the file can be loaded as, with what it was recognised as; empty for an unknown file.</returns>
    /// <exception cref="WeightsFormatException">The file is damaged or hostile.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<KeyValuePair<NetworkKind, NetworkMatch>> Identify(string path, NetworkLoadOptions? options = null)
    {
        using WeightFile file = WeightFile.Open(path, new() { Key = options?.Key });
        return Identify(new NetworkFile(file));
    }

    /// <summary>Compares a file with the network that it was recognised as.</summary>
    /// <param name="file">The weights.</param>
    /// <param name="device">Where the network is made, without values.</param>
    /// <returns>What the network is, and what <see cref="Load"/> would find.</returns>
    /// <exception cref="WeightsFormatException">The file is of no known network.</exception>
    public static (string Description, WeightLoadReport Report) Check(WeightFile file, Accelerator device)
    {
        NetworkMatch match = Recognize<object>(new(file));
        using Module network = Initializer.Empty(device).Build(match.Create);
        Dictionary<string, long[]> needed = network.State.ToDictionary(entry => entry.Key, entry => entry.Value.Shape.Select(size => (long)size).ToArray(), StringComparer.Ordinal);
        return (match.Description, WeightLoader.Compare(needed, file, match.Options));
    }

    /// <summary>Says what weights look like.</summary>
    /// <param name="file">Names and shapes.</param>
    /// <returns>Each kind of network that the file can be loaded as, with what it was recognised as; empty for an unknown file.</returns>
    public static IReadOnlyList<KeyValuePair<NetworkKind, NetworkMatch>> Identify(NetworkFile file) =>
        [.. NetworkKind.All.Select(kind => KeyValuePair.Create(kind, kind.Match(file))).Where(pair => pair.Value is not null).Select(pair => KeyValuePair.Create(pair.Key, pair.Value!))];

    /// <summary>How a file is loaded as what is needed.</summary>
    /// <exception cref="WeightsFormatException">It is something else.</exception>
    internal static NetworkMatch Recognize<T>(NetworkFile file)
    {
        IReadOnlyList<KeyValuePair<NetworkKind, NetworkMatch>> found = Identify(file);
        return found.FirstOrDefault(pair => typeof(T).IsAssignableFrom(pair.Key.Module)).Value ?? throw Mismatch(
            file, found, string.Join(" or ", NetworkKind.All.Where(kind => typeof(T).IsAssignableFrom(kind.Module)).Select(kind => kind.Description)));
    }

    /// <summary>The error that a file is something else.</summary>
    /// <param name="file">The file.</param>
    /// <param name="needed">What is needed.</param>
    internal static WeightsFormatException Mismatch(NetworkFile file, string needed) => Mismatch(file, Identify(file), needed);

    private static WeightsFormatException Mismatch(NetworkFile file, IReadOnlyList<KeyValuePair<NetworkKind, NetworkMatch>> found, string needed) =>
        new($"{file.Source} looks like {Describe(file, found)}; needed is {needed}.");

    private static string Describe(NetworkFile file, IReadOnlyList<KeyValuePair<NetworkKind, NetworkMatch>> found) => found.Count > 0
        ? $"{found[0].Value.Description} ({file.Names.Count} tensors)"
        : $"no network that is known: it has {file.Names.Count} tensors{(file.Names.Count > 0 ? $", such as {string.Join(", ", file.Names.Take(4))}" : string.Empty)}";
}
