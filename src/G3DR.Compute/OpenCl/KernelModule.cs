namespace G3DR.Compute.OpenCl;

/// <summary>The OpenCL C programs of one assembly's kernels, written by the source generator.</summary>
public interface IKernelModule
{
    /// <summary>The program of one kernel; null where this assembly has none under that key.</summary>
    /// <param name="key">
    /// Declaring type, <c>::</c>, method name, type arguments in brackets and parameter types in parentheses, types by <see cref="Type.FullName"/>:
    /// <c>Ops.Scale::Run[System.Single](G3DR.Compute.Index1D,G3DR.Compute.ArrayView`1[System.Single])</c>.
    /// </param>
    KernelProgram? Find(string key);
}

/// <summary>One kernel with everything that it needs.</summary>
/// <param name="Source">Complete OpenCL C 1.2 text.</param>
/// <param name="EntryPoint">Name of the kernel function.</param>
/// <param name="UsesDouble">Whether the device has to support double precision.</param>
public sealed record KernelProgram(string Source, string EntryPoint, bool UsesDouble);

/// <summary>Names the class that holds the kernels of an assembly.</summary>
/// <param name="module">A class with a constructor without parameters that implements <see cref="IKernelModule"/>.</param>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class KernelModuleAttribute(Type module) : Attribute
{
    /// <summary>The class that holds the kernels.</summary>
    public Type Module => module;
}
