namespace G3DR.Core.Weights;

/// <summary>How <see cref="HashInit"/> scales the hash of an element: a value is <c>Offset + Scale u</c> with u in [-0.5, 0.5).</summary>
/// <param name="Scale">Factor of u.</param>
/// <param name="Offset">The middle of the values.</param>
public readonly record struct HashInitScale(double Scale, double Offset = 0);

/// <summary>A named set of rules that gives every tensor of a network its range of values, by name and shape.</summary>
public sealed class HashInitRules
{
    // Makes the standard deviation of u (one over the square root of 12) one.
    private static readonly double s_unitDeviation = 2 * Math.Sqrt(3);

    private readonly Func<string, IReadOnlyList<long>, double, HashInitScale?> _scaleOf;

    private HashInitRules(string name, Func<string, IReadOnlyList<long>, double, HashInitScale?> scaleOf) => (Name, _scaleOf) = (name, scaleOf);

    /// <summary>
    /// The rules of the pretrained networks' reference vectors: scalars and integers keep what they have, tables [1, n, d] get u, weights a deviation of gain divided by the
    /// square root of their fan, running variances 1 + u / 2, names that end with weight or gamma 1 + u / 10, other vectors u / 10.
    /// </summary>
    public static HashInitRules Pretrained { get; } = new(nameof(Pretrained), (name, shape, gain) => shape.Count switch
    {
        0 => null,
        1 when EndsWith(name, "running_var") => new(0.5, 1),
        1 => EndsWith(name, "weight") || EndsWith(name, "gamma") ? new(0.1, 1) : new(0.1),
        3 when shape[0] == 1 => new(1),
        _ => new(s_unitDeviation * gain / Math.Sqrt(Fan(shape))),
    });

    /// <summary>
    /// The rules of the official U-Net's reference vectors: the position table gets a deviation of 0.1, layer-norm gains (<c>.g</c>) 1 + u / 10, weights a deviation of one
    /// divided by the square root of their fan, those of the decoder of 1, norm weights 1 + u / 10, other vectors u / 10.
    /// </summary>
    public static HashInitRules OfficialUnet { get; } = new(nameof(OfficialUnet), (name, shape, gain) => shape.Count switch
    {
        _ when name == "pos_embed" => new(s_unitDeviation * 0.1),
        _ when EndsWith(name, ".g") => new(0.1, 1),
        0 => null,
        1 => EndsWith(name, "weight") ? new(0.1, 1) : new(0.1),
        _ => new(s_unitDeviation * (name.StartsWith("decoder.", StringComparison.Ordinal) ? 1 : gain / Math.Sqrt(Fan(shape)))),
    });

    /// <summary>Name of the set.</summary>
    public string Name { get; }

    /// <summary>The range of a tensor, or null if it is not hashed.</summary>
    /// <param name="name">Its name, without the prefix that only the hash sees.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="gain">Factor for weights.</param>
    public HashInitScale? ScaleOf(string name, IReadOnlyList<long> shape, double gain = 1) => _scaleOf(name, shape, gain);

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static bool EndsWith(string name, string end) => name.EndsWith(end, StringComparison.Ordinal);

    private static double Fan(IReadOnlyList<long> shape) => shape.Skip(1).Aggregate(1.0, (fan, size) => fan * size);
}
