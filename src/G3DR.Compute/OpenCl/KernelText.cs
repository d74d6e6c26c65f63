namespace G3DR.Compute.OpenCl;

/// <summary>The generated text of kernels, to be read or given to other tools; no device is needed.</summary>
public static class KernelText
{
    /// <summary>What a kernel became.</summary>
    /// <param name="kernel">The static method, as it is given to a launch.</param>
    /// <exception cref="NotSupportedException">It was not translated; the message says why.</exception>
    public static KernelProgram Of(Delegate kernel) => new KernelPrograms(first: null).Find(kernel, "an OpenCL device");
}
