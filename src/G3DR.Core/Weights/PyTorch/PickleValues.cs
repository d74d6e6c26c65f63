namespace G3DR.Core.Weights.PyTorch;

/// <summary>What a name of a Python module means to <see cref="PickleMachine"/>.</summary>
internal enum GlobalKind
{
    /// <summary>A class whose objects are kept without behaviour.</summary>
    Inert,

    /// <summary>A plain or default dictionary.</summary>
    Dictionary,

    /// <summary>A shape.</summary>
    Size,

    /// <summary>Takes an attribute; allowed on objects without behaviour, whose attributes have none either.</summary>
    GetAttribute,

    /// <summary>A typed storage.</summary>
    Storage,

    /// <summary>A storage of bytes.</summary>
    UntypedStorage,

    /// <summary>An element type.</summary>
    Dtype,

    /// <summary>Builds a tensor over a typed storage.</summary>
    RebuildTensor,

    /// <summary>Builds a tensor of a stated type over bytes.</summary>
    RebuildTypedTensor,

    /// <summary>Wraps a tensor.</summary>
    RebuildParameter,

    /// <summary>Builds a tensor by one of the others.</summary>
    RebuildFromType,
}

/// <summary>A name of a module that the allow-list knows.</summary>
internal sealed record PickleGlobal(string Name, GlobalKind Kind, WeightDtype Dtype = default)
{
    /// <summary>Whether it is a class that TorchScript compiled: a module, whose attributes are weights and modules.</summary>
    public bool IsScriptModule => Kind == GlobalKind.Inert && Name.StartsWith(PickleGlobals.ScriptNamespace, StringComparison.Ordinal);
}

/// <summary>An object of a class without behaviour.</summary>
internal sealed class PickleObject(PickleGlobal type)
{
    public PickleGlobal Type { get; } = type;

    /// <summary>Its attributes, if they were set.</summary>
    public object? State { get; set; }
}

/// <summary>A tuple.</summary>
internal sealed class PickleTuple(object?[] items)
{
    public object?[] Items { get; } = items;
}

/// <summary>A list.</summary>
internal sealed class PickleList
{
    public List<object?> Items { get; } = [];
}

/// <summary>A dictionary, in the order of insertion.</summary>
internal sealed class PickleDictionary
{
    public List<(object? Key, object? Value)> Items { get; } = [];

    /// <summary>The value of a text key that was set last.</summary>
    public object? this[string key] => Items.LastOrDefault(item => item.Key is string text && text == key).Value;
}

/// <summary>Memory of one or several tensors. Where it is in the file is known later than that it exists in the older format.</summary>
internal sealed class PickleStorage(string key, WeightDtype dtype, long elements)
{
    public string Key { get; } = key;

    public WeightDtype Dtype { get; } = dtype;

    /// <summary>Number of elements.</summary>
    public long Elements { get; } = elements;

    /// <summary>Bytes that it takes.</summary>
    public long Bytes => checked(Elements * Dtype.Size());

    public ByteRegion? Region { get; set; }

    /// <summary>First byte in the region.</summary>
    public long Start { get; set; }
}

/// <summary>A tensor over a storage; everything is checked against the storage's size.</summary>
internal sealed record PickleTensor(PickleStorage Storage, WeightDtype Dtype, long Offset, long[] Shape, long[] Strides);
