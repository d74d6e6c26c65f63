namespace G3DR.Compute;

/// <summary>
/// Marks a static method as a compute kernel in ILGPU's programming model: its first parameter is an index
/// (<see cref="Index1D"/>, <see cref="Index2D"/> or <see cref="Index3D"/>), the others are views, scalars and unmanaged structs.
/// The method runs as ordinary C# on the processor; an analyzer keeps it inside the subset that can be translated for GPUs.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class KernelAttribute : Attribute;

/// <summary>Marks a static helper in another assembly as callable from a <see cref="KernelAttribute"/> method.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Struct | AttributeTargets.Class)]
public sealed class DeviceFunctionAttribute : Attribute;
