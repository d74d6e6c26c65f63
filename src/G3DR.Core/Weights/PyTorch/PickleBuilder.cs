using System.Numerics;

namespace G3DR.Core.Weights.PyTorch;

/// <summary>Imitates the few Python calls that make up a checkpoint, and checks what they are given.</summary>
internal sealed class PickleBuilder(string source, Func<string, WeightDtype, long, PickleStorage> open)
{
    // An expanded tensor takes more elements than its storage has; more than this is a trick to fill the memory.
    private const long MostExpanded = 1L << 28;

    /// <summary>The storage that a persistent id names: ("storage", type, key, device, elements, view).</summary>
    public PickleStorage OpenStorage(object? id)
    {
        if (id is not PickleTuple { Items: ["storage", PickleGlobal type, string key, _, long elements, ..] items })
        {
            throw Error("its pickle refers to something that is no storage");
        }

        if (type.Kind is not (GlobalKind.Storage or GlobalKind.UntypedStorage))
        {
            throw Error($"its pickle uses {SafetensorsHeader.Quote(type.Name)} as the type of a storage");
        }

        if (items.Length > 6 || (items.Length == 6 && items[5] is not null))
        {
            throw Error($"the storage {SafetensorsHeader.Quote(key)} is a view of another, as only very old versions of PyTorch wrote them");
        }

        if (elements < 0 || elements > long.MaxValue / 8)
        {
            throw Error($"the storage {SafetensorsHeader.Quote(key)} cannot have {elements} elements");
        }

        return open(key, type.Dtype, elements);
    }

    /// <summary>What the call of a name gives.</summary>
    public object? Call(object? callee, object? arguments)
    {
        if (callee is not PickleGlobal function || arguments is not PickleTuple { Items: object?[] items })
        {
            throw Error("its pickle calls something that is no function");
        }

        return function.Kind switch
        {
            GlobalKind.RebuildTensor => RebuildTensor(items, null),
            GlobalKind.RebuildTypedTensor => RebuildTensor(items, items is [_, _, _, _, _, _, PickleGlobal { Kind: GlobalKind.Dtype } type, ..]
                ? type.Dtype
                : throw Error("a tensor has no element type")),
            GlobalKind.RebuildParameter => items is [PickleTensor tensor, ..] ? tensor : throw Error("a parameter holds no tensor"),
            GlobalKind.RebuildFromType => RebuildFromType(items),
            GlobalKind.Dictionary => CreateDictionary(items),
            GlobalKind.Size => items is [PickleTuple size] ? size : throw Error("a shape is no tuple"),
            GlobalKind.GetAttribute => items is [PickleObject target, string] ? new PickleObject(target.Type) : throw Refuse("builtins", "getattr"),
            GlobalKind.Inert => new PickleObject(function),
            _ => throw Error($"its pickle calls {SafetensorsHeader.Quote(function.Name)}, which is no function"),
        };
    }

    /// <summary>An object of a class.</summary>
    public object Create(object? type) => type switch
    {
        PickleGlobal { Kind: GlobalKind.Inert } known => new PickleObject(known),
        PickleGlobal { Kind: GlobalKind.Dictionary } => new PickleDictionary(),
        PickleGlobal other => throw Error($"its pickle makes an object of {SafetensorsHeader.Quote(other.Name)}"),
        _ => throw Error("its pickle makes an object of something that is no class"),
    };

    /// <summary>Sets the attributes of an object. Those of dictionaries (the versions of modules in a state dictionary) are of no use here.</summary>
    public void Build(object? state, object? target)
    {
        switch (target)
        {
            case PickleObject known:
                known.State = state;
                break;
            case PickleDictionary:
                break;
            default:
                throw Error("its pickle sets attributes of something that has none");
        }
    }

    /// <summary>Appends to a list; what inert objects are given is dropped.</summary>
    public void Append(object?[] items, object? target)
    {
        switch (target)
        {
            case PickleList list:
                list.Items.AddRange(items);
                break;
            case PickleObject:
                break;
            default:
                throw Error("its pickle appends to something that is no list");
        }
    }

    /// <summary>Sets items of a dictionary, given as keys and values in turn.</summary>
    public void Set(object?[] items, object? target)
    {
        if (items.Length % 2 != 0)
        {
            throw Error("its pickle has a key without a value");
        }

        switch (target)
        {
            case PickleDictionary dictionary:
                for (int i = 0; i < items.Length; i += 2)
                {
                    dictionary.Items.Add((items[i], items[i + 1]));
                }

                break;
            case PickleObject:
                break;
            default:
                throw Error("its pickle sets items of something that is no dictionary");
        }
    }

    /// <summary>The refusal of a name that is not on the list.</summary>
    public WeightsFormatException Refuse(string module, string name)
    {
        string full = SafetensorsHeader.Quote($"{module}.{name}");
        string advice = module.EndsWith("Storage", StringComparison.Ordinal) || name.EndsWith("Storage", StringComparison.Ordinal)
            ? "storages of this type are not supported."
            : "a state dictionary needs no such name. If the file holds a whole module, save its state_dict() instead.";
        return new($"{source} refers to {full}; nothing of it was executed, and it is refused: {advice}");
    }

    private static long Integer(object? value) => value switch
    {
        long number => number,
        BigInteger => long.MaxValue,
        _ => long.MinValue,
    };

    private PickleDictionary CreateDictionary(object?[] arguments)
    {
        var dictionary = new PickleDictionary();

        // Python 2 passes an ordered dictionary's items as a list of pairs.
        if (arguments is [PickleList pairs])
        {
            foreach (object? pair in pairs.Items)
            {
                dictionary.Items.Add(pair switch
                {
                    PickleTuple { Items: [var key, var value] } => (key, value),
                    PickleList { Items: [var key, var value] } => (key, value),
                    _ => throw Error("an ordered dictionary is made of something that is no pair"),
                });
            }
        }

        return dictionary;
    }

    private object? RebuildFromType(object?[] items) =>
        items is [PickleGlobal { Kind: GlobalKind.RebuildTensor or GlobalKind.RebuildTypedTensor or GlobalKind.RebuildParameter } function, PickleGlobal, PickleTuple arguments, ..]
            ? Call(function, arguments)
            : throw Error("a tensor is built by something else than PyTorch's functions for it");

    private PickleTensor RebuildTensor(object?[] items, WeightDtype? dtype)
    {
        if (items is not [PickleStorage storage, var first, PickleTuple size, PickleTuple steps, ..])
        {
            throw Error("a tensor is not made of a storage, an offset, a shape and strides");
        }

        long offset = Integer(first);
        long[] shape = Array.ConvertAll(size.Items, Integer), strides = Array.ConvertAll(steps.Items, Integer);
        WeightDtype type = dtype ?? storage.Dtype;
        string what = $"a tensor of shape {SafetensorsShape.Format(shape)}, strides {SafetensorsShape.Format(strides)} and offset {offset}";
        if (shape.Length != strides.Length || shape.Length > SafetensorsHeader.MaxRank)
        {
            throw Error($"{what} needs a stride for each of at most {SafetensorsHeader.MaxRank} dimensions");
        }

        if (offset < 0 || shape.Any(length => length < 0) || strides.Any(step => step < 0))
        {
            throw Error($"{what} has a number that is negative or none");
        }

        // Products of two 63-bit numbers fit into 128 bits; what is too large already does not grow further.
        Int128 elements = 1, last = offset;
        for (int axis = 0; axis < shape.Length; axis++)
        {
            elements = elements > long.MaxValue ? elements : elements * shape[axis];
            last = last > long.MaxValue ? last : last + ((Int128)Math.Max(shape[axis] - 1, 0) * strides[axis]);
        }

        if (elements > long.MaxValue / sizeof(double))
        {
            throw Error($"{what} has more elements than can be counted");
        }

        long there = storage.Bytes / type.Size();
        if (shape.Contains(0))
        {
            return new(storage, type, 0, shape, strides);
        }

        if (last >= there)
        {
            throw Error($"{what} reaches element {last} of the storage {SafetensorsHeader.Quote(storage.Key)}, which has {there}");
        }

        if (elements > there && elements > MostExpanded)
        {
            throw Error($"{what} repeats the {there} elements of its storage until they are {elements}; at most {MostExpanded} are taken");
        }

        return new(storage, type, offset, shape, strides);
    }

    private WeightsFormatException Error(string what) => new($"{source} is malformed: {what}.");
}
