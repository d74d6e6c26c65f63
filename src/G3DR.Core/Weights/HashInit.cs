using System.Text;
using G3DR.Core.Tensors;

namespace G3DR.Core.Weights;

/// <summary>What <see cref="HashInit"/> does beyond its rules.</summary>
public sealed record HashInitOptions
{
    /// <summary>Text put before every name for the hash.</summary>
    public string Prefix { get; init; } = string.Empty;

    /// <summary>Factor for weights, by name; 1 everywhere if null.</summary>
    public Func<string, double>? Gain { get; init; }

    /// <summary>Constants to add to tensors, by name, after they were rounded to single precision.</summary>
    public IReadOnlyDictionary<string, float> Shift { get; init; } = new Dictionary<string, float>();
}

/// <summary>
/// Weights made from names: every element is a hash of its tensor's name and its index, so that two programs get the same network without a file. Good for tests and
/// timings; nothing is learnt.
/// </summary>
/// <remarks>
/// The name's bytes give h by FNV-1a (Fowler, Noll, Vo); x = 2654435761 i + h is mixed by the finaliser of MurmurHash3 (Appleby); u = x / 2^32 - 0.5. Values are computed
/// in double precision and rounded to single.
/// </remarks>
public static class HashInit
{
    /// <summary>Fills the tensors of a network.</summary>
    /// <param name="parameters">The tensors by name; those without a rule (scalars) stay as they are.</param>
    /// <param name="rules">Ranges by name and shape.</param>
    /// <param name="options">Prefix, gain and shifts.</param>
    /// <exception cref="ObjectDisposedException">A tensor was disposed.</exception>
    public static void Fill(IReadOnlyDictionary<string, Tensor> parameters, HashInitRules rules, HashInitOptions? options = null)
    {
        options ??= new();
        List<(Tensor Target, IElementSource Source)> items = [];
        foreach ((string name, Tensor tensor) in parameters)
        {
            tensor.ThrowIfDisposed();
            if (rules.ScaleOf(name, [.. tensor.Shape.Select(size => (long)size)], options.Gain?.Invoke(name) ?? 1) is { } scale)
            {
                items.Add((tensor, new HashedElements(Hash(options.Prefix + name), scale, options.Shift.GetValueOrDefault(name))));
            }
        }

        ElementFill.Run(items);
    }

    /// <summary>Fills one tensor, such as an input, with <c>Offset + Scale u</c>.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="name">Name for the hash.</param>
    /// <param name="scale">Range.</param>
    /// <exception cref="ObjectDisposedException">The tensor was disposed.</exception>
    public static void Fill(Tensor tensor, string name, HashInitScale scale)
    {
        tensor.ThrowIfDisposed();
        ElementFill.Run([(tensor, new HashedElements(Hash(name), scale, 0))]);
    }

    /// <summary>Elements of a hashed tensor.</summary>
    /// <param name="name">Name for the hash.</param>
    /// <param name="first">Row-major index of the first element.</param>
    /// <param name="scale">Range.</param>
    /// <param name="destination">Receives as many elements as it has room for.</param>
    public static void Fill(string name, long first, HashInitScale scale, Span<float> destination) =>
        new HashedElements(Hash(name), scale, 0).CopyTo(first, destination);

    /// <summary>The 32-bit FNV-1a hash of a text's UTF-8 bytes.</summary>
    public static uint Hash(string text)
    {
        uint hash = 0x811C9DC5;
        foreach (byte value in Encoding.UTF8.GetBytes(text))
        {
            hash = (hash ^ value) * 0x01000193;
        }

        return hash;
    }

    /// <summary>u in [-0.5, 0.5) of an element.</summary>
    /// <param name="hash">Hash of the name.</param>
    /// <param name="index">Row-major index of the element.</param>
    internal static double Unit(uint hash, uint index)
    {
        uint x = (index * 2654435761) + hash;
        x ^= x >> 16;
        x *= 0x85EBCA6B;
        x ^= x >> 13;
        x *= 0xC2B2AE35;
        x ^= x >> 16;
        return (x * (1.0 / 4294967296.0)) - 0.5;
    }

    private sealed class HashedElements(uint hash, HashInitScale scale, float shift) : IElementSource
    {
        public void CopyTo(long firstElement, Span<float> destination)
        {
            for (int i = 0; i < destination.Length; i++)
            {
                destination[i] = At((uint)(firstElement + i));
            }
        }

        public void CopyTo(long firstElement, Span<double> destination)
        {
            for (int i = 0; i < destination.Length; i++)
            {
                destination[i] = At((uint)(firstElement + i));
            }
        }

        public void Forget(long firstElement, long count)
        {
            // Nothing is kept.
        }

        private float At(uint index) => (float)(scale.Offset + (scale.Scale * Unit(hash, index))) + shift;
    }
}
