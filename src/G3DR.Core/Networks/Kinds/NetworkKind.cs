using G3DR.Core.Weights;

namespace G3DR.Core.Networks;

/// <summary>A kind of network: made by its name in sizes that have names too, and recognised from the tensors of a weights file.</summary>
public sealed class NetworkKind
{
    private readonly OrderedDictionary<string, Func<Initializer, Module>> _sizes;
    private readonly Func<NetworkFile, NetworkMatch?> _match;

    /// <summary>Declares a kind.</summary>
    /// <param name="name">Its name, as users type it.</param>
    /// <param name="description">What it is, in a few words.</param>
    /// <param name="module">Class of its modules.</param>
    /// <param name="sizes">Makes each size; the first is that of the published network.</param>
    /// <param name="match">Recognises a file by names and shapes, or gives null. It must not trust them: a size that cannot be is null too.</param>
    internal NetworkKind(
        string name, string description, Type module, OrderedDictionary<string, Func<Initializer, Module>> sizes, Func<NetworkFile, NetworkMatch?> match) =>
        (Name, Description, Module, _sizes, _match) = (name, description, module, sizes, match);

    /// <summary>All networks. Made anew each time: each kind is declared by its own class, which may be what asks.</summary>
    public static IReadOnlyList<NetworkKind> All =>
    [
        TriplaneGenerator.Kind,
        DepthAnything.Kind,
        DptLarge.Kind,
        DptHybrid.Kind,
        MidasV21.Kind,
        MidasSmall.Kind,
        LeRes.Kind,
        BoostingMerge.Kind,
        Rcan.Kind,
        FidInception.Kind,
        Clip.Kind,
        ClipImageEncoder.Kind,
        ClipTextEncoder.Kind,
        Vgg16.Kind,
        AlexNet.Kind,
        SqueezeNet.Kind,
        LpipsHeads.Kind,
    ];

    /// <summary>Name of the network.</summary>
    public string Name { get; }

    /// <summary>What it is, in a few words.</summary>
    public string Description { get; }

    /// <summary>Class of its modules.</summary>
    public Type Module { get; }

    /// <summary>How weights made from names are scaled (<see cref="HashInit"/>).</summary>
    public HashInitRules HashRules { get; init; } = HashInitRules.Pretrained;

    /// <summary>Tensors that weights made from names leave as new modules have them: names, or patterns with one star.</summary>
    public IReadOnlyList<string> Fixed { get; init; } = [];

    /// <summary>Names of the sizes; the first is that of the published network.</summary>
    public IReadOnlyList<string> Sizes => _sizes.Keys;

    /// <summary>Finds a network.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="ArgumentException">There is none of that name; the message lists those that there are.</exception>
    public static NetworkKind Find(string name) => All.FirstOrDefault(kind => kind.Name == name)
        ?? throw new ArgumentException($"There is no network '{name}'; there is {string.Join(", ", All.Select(kind => kind.Name))}.", nameof(name));

    /// <summary>Makes the network, or nothing if it does not fit the device's memory.</summary>
    /// <param name="initializer">Makes the parameters.</param>
    /// <param name="size">A name of <see cref="Sizes"/>; null for the first.</param>
    /// <exception cref="ArgumentException">There is no such size; the message lists those that there are.</exception>
    public Module Create(Initializer initializer, string? size = null) => initializer.Build(_sizes[Require(size)]);

    /// <summary>Recognises the network in a file.</summary>
    /// <param name="file">Names and shapes.</param>
    /// <returns>How the file is loaded, or null if it is no network of this kind.</returns>
    public NetworkMatch? Match(NetworkFile file)
    {
        try
        {
            return _match(file);
        }
        catch (Exception e) when (e is ArgumentException or OverflowException or WeightsFormatException)
        {
            // Shapes that contradict each other.
            return null;
        }
    }

    /// <summary>The name of a size that exists.</summary>
    internal string Require(string? size) => size is null ? Sizes[0]
        : _sizes.ContainsKey(size) ? size
        : throw new ArgumentException($"There is no size '{size}' of {Name}; there is {string.Join(", ", Sizes)}.", nameof(size));
}
