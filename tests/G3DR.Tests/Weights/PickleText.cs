using System.Text;

namespace G3DR.Tests.Weights;

/// <summary>Pieces of hand-made pickles.</summary>
internal sealed record PickleText(byte[] Bytes)
{
    public static PickleText Raw(params object[] parts) => new([.. parts.SelectMany(part => part switch
    {
        PickleText piece => piece.Bytes,
        byte[] bytes => bytes,
        string ascii => Encoding.Latin1.GetBytes(ascii),
        _ => throw new ArgumentException($"{part} is no piece of a pickle.", nameof(parts)),
    })]);

    public static PickleText String(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        return Raw("X", BitConverter.GetBytes(utf8.Length), utf8);
    }

    public static PickleText Integer(int value) => Raw("J", BitConverter.GetBytes(value));

    public static PickleText Global(string module, string name) => new(Encoding.UTF8.GetBytes($"c{module}\n{name}\n"));

    public static PickleText Dictionary(params (string Key, PickleText Value)[] items) =>
        Raw(["}(", .. items.SelectMany(item => (object[])[String(item.Key), item.Value]), "u"]);

    /// <summary>A dense float32 tensor over a storage of its length.</summary>
    public static PickleText Tensor(string key, params int[] shape) =>
        Raw(Global("torch._utils", "_rebuild_tensor_v2"), "(", Arguments("FloatStorage", key, shape), Raw("\u0089)tR"));

    /// <summary>A vector of a named type over a storage of bytes.</summary>
    public static PickleText TypedTensor(string key, int length, string dtype) => Raw(
        Global("torch._utils", "_rebuild_tensor_v3"), "(", Arguments("UntypedStorage", key, [length]), Raw("\u0089)"), Global("torch", dtype), "tR");

    private static PickleText Arguments(string storage, string key, int[] shape)
    {
        int[] strides = [.. shape.Select((_, axis) => shape[(axis + 1)..].Aggregate(1, (product, size) => product * size))];
        PickleText elements = Integer(shape.Aggregate(1, (product, size) => product * size));
        return Raw("(", String("storage"), Global("torch", storage), String(key), String("cpu"), elements, "tQ", Integer(0), Tuple(shape), Tuple(strides));
    }

    private static PickleText Tuple(int[] values) => Raw(["(", .. values.Select(Integer), "t"]);
}
