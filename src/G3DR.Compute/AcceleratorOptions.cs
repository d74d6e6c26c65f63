namespace G3DR.Compute;

/// <summary>How an accelerator is set up.</summary>
public sealed record AcceleratorOptions
{
    /// <summary>Threads of the processor back end; 0 means one per processor. Results do not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>Vector width of the processor back end.</summary>
    public InstructionSet InstructionSet { get; init; }

    /// <summary>Most bytes that tensors and scratch memory may take at a time.</summary>
    public long MemoryLimit { get; init; } = long.MaxValue;

    /// <summary>
    /// Runs the plain <see cref="KernelAttribute"/> methods where a vector variant exists too: slow, the readable definition of every operation.
    /// </summary>
    public bool ReferenceKernels { get; init; }

    /// <summary>
    /// Allows variants that add to shared numbers in whatever order threads arrive: faster on some devices, but results differ in rounding from run to run.
    /// Without it the same seed gives the same bits.
    /// </summary>
    public bool Atomics { get; init; }

    /// <summary>
    /// Computes every product from its definition. Without it convolutions may take Winograd's algorithms or Fourier transforms, which are faster and round a little differently.
    /// </summary>
    public bool Exact { get; init; }

    /// <summary>Records device times, which <see cref="Accelerator.Measure"/> needs on devices that are not the processor.</summary>
    public bool Profiling { get; init; }

    /// <summary>Folder of compiled device programs; null for one in the user's local data, empty for none.</summary>
    public string? CacheFolder { get; init; }
}
