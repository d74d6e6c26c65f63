namespace G3DR.Compute.OpenCl;

/// <summary>Device text of the kernels of one assembly; the source generator writes the class that implements it.</summary>
public interface IKernelModule
{
    /// <summary>The program of a kernel, or null if the assembly has none of that key.</summary>
    /// <param name="key">Key of the kernel: declaring type, name, type arguments and parameter types.</param>
    KernelProgram? Find(string key);
}

/// <summary>A kernel as OpenCL C 1.2.</summary>
/// <param name="Source">Complete text: the kernel and everything it calls.</param>
/// <param name="EntryPoint">Name of the <c>__kernel</c> function.</param>
/// <param name="UsesDouble">Whether the device needs float64.</param>
public sealed record KernelProgram(string Source, string EntryPoint, bool UsesDouble);

/// <summary>Says where the device text of an assembly's kernels is.</summary>
/// <param name="module">Type that implements <see cref="IKernelModule"/> and has a parameterless constructor.</param>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class KernelModuleAttribute(Type module) : Attribute
{
    /// <summary>Type that implements <see cref="IKernelModule"/>.</summary>
    public Type Module => module;
}
