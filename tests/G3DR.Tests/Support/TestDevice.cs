using G3DR.Compute;

namespace G3DR.Tests.Support;

/// <summary>
/// A device for one test: <c>using var device = new TestDevice();</c>. Disposing it fails the test if anything that was allocated is still in use.
/// </summary>
public sealed class TestDevice : IDisposable
{
    /// <summary>The configuration whose group kernels the processor emulates.</summary>
    public const string Emulator = "emulator";

    public TestDevice(AcceleratorOptions? options = null)
        : this(new CpuAccelerator(options ?? new() { Threads = 2 }))
    {
    }

    private TestDevice(Accelerator accelerator) => Accelerator = accelerator;

    public Accelerator Accelerator { get; }

    /// <summary>The plain kernels, and the vector variants on every instruction set of this machine.</summary>
    public static IReadOnlyList<string> ConfigurationNames => ["plain", .. InstructionSets.Supported.Select(set => set.ToString())];

    /// <summary>Names of the devices besides the processor that kernels are tested on, as <see cref="Accelerator.Create"/> knows them.</summary>
    public static IReadOnlyList<string> OtherDevices => [];

    /// <summary><see cref="ConfigurationNames"/> as theory data.</summary>
    public static TheoryData<string> Configurations => [.. ConfigurationNames];

    public static implicit operator Accelerator(TestDevice device) => device.Accelerator;

    /// <summary>A device by the name of a configuration.</summary>
    public static TestDevice Create(string configuration, int threads = 2) => configuration switch
    {
        "plain" or Emulator => new(new AcceleratorOptions { Threads = threads, ReferenceKernels = true }),
        _ when Enum.TryParse(configuration, out InstructionSet set) => new(new AcceleratorOptions { Threads = threads, InstructionSet = set }),
        _ => new(Accelerator.Create(configuration)),
    };

    public void Dispose()
    {
        long bytes = Accelerator.Memory.BytesInUse;
        int buffers = Accelerator.Memory.BuffersInUse;
        Accelerator.Dispose();
        Assert.True(bytes == 0, $"{buffers} buffers with {bytes} bytes were not disposed.");
    }
}
