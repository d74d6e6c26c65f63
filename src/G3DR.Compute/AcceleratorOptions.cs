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
}
