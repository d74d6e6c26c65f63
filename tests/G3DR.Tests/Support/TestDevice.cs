using G3DR.Compute;

namespace G3DR.Tests.Support;

/// <summary>
/// A device for one test: <c>using var device = new TestDevice();</c>. Disposing it fails the test if anything that was allocated is still in use.
/// </summary>
public sealed class TestDevice : IDisposable
{
    public TestDevice(AcceleratorOptions? options = null) =>
        Accelerator = new(options ?? new() { Threads = 2 });

    public CpuAccelerator Accelerator { get; }

    /// <summary>The plain kernels, and the vector variants on every instruction set of this machine.</summary>
    public static IReadOnlyList<string> ConfigurationNames => ["plain", .. InstructionSets.Supported.Select(set => set.ToString())];

    /// <summary><see cref="ConfigurationNames"/> as theory data.</summary>
    public static TheoryData<string> Configurations => [.. ConfigurationNames];

    public static implicit operator Accelerator(TestDevice device) => device.Accelerator;

    /// <summary>A device by the name of a configuration.</summary>
    public static TestDevice Create(string configuration, int threads = 2) => new(configuration == "plain"
        ? new() { Threads = threads, ReferenceKernels = true }
        : new() { Threads = threads, InstructionSet = Enum.Parse<InstructionSet>(configuration) });

    public void Dispose()
    {
        long bytes = Accelerator.Memory.BytesInUse;
        int buffers = Accelerator.Memory.BuffersInUse;
        Accelerator.Dispose();
        Assert.True(bytes == 0, $"{buffers} buffers with {bytes} bytes were not disposed.");
    }
}
