namespace G3DR.Core.Networks;

/// <summary>A network that can be made by its name, in sizes that have names too.</summary>
public sealed class NetworkKind
{
    private readonly OrderedDictionary<string, Func<Initializer, Module>> _sizes;

    private NetworkKind(string name, string description, OrderedDictionary<string, Func<Initializer, Module>> sizes) =>
        (Name, Description, _sizes) = (name, description, sizes);

    /// <summary>
    /// <see cref="TriplaneGenerator"/>: <c>official</c>, with the 147,406,212 parameters of the published checkpoint, and <c>tiny</c>, which runs in a moment.
    /// </summary>
    public static NetworkKind Unet { get; } = new("unet", "U-Net and decoder of G3DR", new(StringComparer.Ordinal)
    {
        ["official"] = initializer => new TriplaneGenerator(initializer),
        ["tiny"] = initializer => new TriplaneGenerator(
            initializer, new() { Channels = 16, Multipliers = [1, 2], PositionChannels = 8, ImageSize = 32, OutputChannels = 24 }),
    });

    /// <summary>All networks.</summary>
    public static IReadOnlyList<NetworkKind> All { get; } = [Unet];

    /// <summary>Name of the network.</summary>
    public string Name { get; }

    /// <summary>What it is, in a few words.</summary>
    public string Description { get; }

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

    /// <summary>The name of a size that exists.</summary>
    internal string Require(string? size) => size is null ? Sizes[0]
        : _sizes.ContainsKey(size) ? size
        : throw new ArgumentException($"There is no size '{size}' of {Name}; there is {string.Join(", ", Sizes)}.", nameof(size));
}
