namespace G3DR.Core.Weights.PyTorch;

/// <summary>
/// The only names that a checkpoint may refer to. None of them is ever looked up or called: builders of tensors are imitated, everything else becomes an object
/// without behaviour or is refused.
/// </summary>
internal static class PickleGlobals
{
    public const string ScriptNamespace = "__torch__";

    // Classes that training scripts store beside their weights.
    private static readonly string[] s_inertNamespaces = ["torch.optim.", "accelerate.", $"{ScriptNamespace}."];

    private static readonly string[] s_inert =
    [
        "argparse.Namespace", "types.SimpleNamespace", "_codecs.encode", "torch.device", "torch.Tensor", "torch.nn.parameter.Parameter", "collections.Counter",
        "__builtin__.set", "builtins.set", "__builtin__.frozenset", "builtins.frozenset", "__builtin__.bytearray", "builtins.bytearray", "__builtin__.complex", "builtins.complex",
        "numpy.dtype", "numpy.ndarray", "numpy.core.multiarray.scalar", "numpy.core.multiarray._reconstruct", "numpy._core.multiarray.scalar", "numpy._core.multiarray._reconstruct",
    ];

    private static readonly Dictionary<string, PickleGlobal> s_known = CreateKnown();

    /// <summary>The meaning of a name, or null if it is not allowed.</summary>
    public static PickleGlobal? Find(string module, string name)
    {
        string full = $"{module}.{name}";
        if (s_known.TryGetValue(full, out PickleGlobal? known))
        {
            return known;
        }

        return Array.Exists(s_inertNamespaces, start => full.StartsWith(start, StringComparison.Ordinal)) ? new(full, GlobalKind.Inert) : null;
    }

    private static Dictionary<string, PickleGlobal> CreateKnown()
    {
        Dictionary<string, PickleGlobal> known = new(StringComparer.Ordinal);
        void Add(string name, GlobalKind kind, WeightDtype dtype = default) => known.Add(name, new(name, kind, dtype));
        foreach (string name in s_inert)
        {
            Add(name, GlobalKind.Inert);
        }

        foreach (string name in (string[])["collections.OrderedDict", "collections.defaultdict", "__builtin__.dict", "builtins.dict"])
        {
            Add(name, GlobalKind.Dictionary);
        }

        Add("__builtin__.getattr", GlobalKind.GetAttribute);
        Add("builtins.getattr", GlobalKind.GetAttribute);
        Add("torch.Size", GlobalKind.Size);
        Add("torch._utils._rebuild_tensor", GlobalKind.RebuildTensor);
        Add("torch._utils._rebuild_tensor_v2", GlobalKind.RebuildTensor);
        Add("torch._utils._rebuild_tensor_v3", GlobalKind.RebuildTypedTensor);
        Add("torch._utils._rebuild_parameter", GlobalKind.RebuildParameter);
        Add("torch._utils._rebuild_parameter_with_state", GlobalKind.RebuildParameter);
        Add("torch._tensor._rebuild_from_type_v2", GlobalKind.RebuildFromType);
        Add("torch.UntypedStorage", GlobalKind.UntypedStorage, WeightDtype.U8);
        Add("torch.storage.UntypedStorage", GlobalKind.UntypedStorage, WeightDtype.U8);
        foreach ((string storage, WeightDtype dtype) in ((string, WeightDtype)[])
            [("Bool", WeightDtype.Bool), ("Byte", WeightDtype.U8), ("Char", WeightDtype.I8), ("Short", WeightDtype.I16), ("Int", WeightDtype.I32), ("Long", WeightDtype.I64),
                ("Half", WeightDtype.F16), ("BFloat16", WeightDtype.BF16), ("Float", WeightDtype.F32), ("Double", WeightDtype.F64)])
        {
            Add($"torch.{storage}Storage", GlobalKind.Storage, dtype);
        }

        foreach ((string name, WeightDtype dtype) in ((string, WeightDtype)[])
            [("bool", WeightDtype.Bool), ("uint8", WeightDtype.U8), ("int8", WeightDtype.I8), ("int16", WeightDtype.I16), ("uint16", WeightDtype.U16), ("int32", WeightDtype.I32),
                ("uint32", WeightDtype.U32), ("int64", WeightDtype.I64), ("uint64", WeightDtype.U64), ("float16", WeightDtype.F16), ("bfloat16", WeightDtype.BF16),
                ("float32", WeightDtype.F32), ("float64", WeightDtype.F64), ("float8_e4m3fn", WeightDtype.F8E4M3), ("float8_e5m2", WeightDtype.F8E5M2)])
        {
            Add($"torch.{name}", GlobalKind.Dtype, dtype);
        }

        return known;
    }
}
