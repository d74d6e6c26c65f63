namespace G3DR.Core.Tensors;

/// <summary>Type of a tensor's elements.</summary>
public enum DType
{
    /// <summary>32-bit floating point: what everything is computed in.</summary>
    Float32,

    /// <summary>64-bit floating point: the reference precision, with plain loops only.</summary>
    Float64,
}

/// <summary>Facts about element types.</summary>
public static class DTypes
{
    /// <summary>Bytes of an element.</summary>
    public static int Size(this DType dtype) => dtype == DType.Float32 ? sizeof(float) : sizeof(double);
}
