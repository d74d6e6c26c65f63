using G3DR.Compute;
using G3DR.Compute.OpenCl;

namespace G3DR.Tests.Support;

/// <summary>
/// A device for one test: <c>using var device = new TestDevice();</c>. Disposing it fails the test if anything that was allocated is still in use.
/// </summary>
public sealed class TestDevice : IDisposable
{
    /// <summary>The configuration whose group kernels the processor emulates.</summary>
    public const string Emulator = "emulator";

    /// <summary>The configuration that is the first OpenCL device; tests of it are skipped where there is none.</summary>
    public const string OpenCl = "opencl";

    public TestDevice(AcceleratorOptions? options = null)
        : this(new CpuAccelerator(options ?? new() { Threads = 2 }))
    {
    }

    private TestDevice(Accelerator accelerator) => Accelerator = accelerator;

    public Accelerator Accelerator { get; }

    /// <summary>The plain kernels, and the vector variants on every instruction set of this machine.</summary>
    public static IReadOnlyList<string> ProcessorConfigurations => ["plain", .. InstructionSets.Supported.Select(set => set.ToString())];

    /// <summary>Names of the devices besides the processor that kernels are tested on.</summary>
    public static IReadOnlyList<string> OtherDevices => [OpenCl];

    /// <summary>All of these: for theories that are <see cref="SkippableTheoryAttribute"/>.</summary>
    public static IReadOnlyList<string> ConfigurationNames => [.. ProcessorConfigurations, .. OtherDevices];

    /// <summary><see cref="ConfigurationNames"/> as theory data.</summary>
    public static TheoryData<string> Configurations => [.. ConfigurationNames];

    /// <summary>Each of these values with each of <see cref="ConfigurationNames"/>, as theory data.</summary>
    public static TheoryData<T, string> OnConfigurations<T>(IEnumerable<T> values)
    {
        var data = new TheoryData<T, string>();
        foreach (T value in values)
        {
            foreach (string configuration in ConfigurationNames)
            {
                data.Add(value, configuration);
            }
        }

        return data;
    }

    /// <summary>Whether it computes in double precision: the processor does, another device may lack it.</summary>
    public bool HasFloat64 => Accelerator is not OpenClAccelerator { Device.HasFloat64: false };

    /// <summary>Whether single precision has the processor's bits, because division and square root are rounded correctly.</summary>
    public bool RoundsCorrectly => Accelerator is not OpenClAccelerator { Device.HasCorrectlyRoundedDivision: false };

    public static implicit operator Accelerator(TestDevice device) => device.Accelerator;

    /// <summary>A device by the name of a configuration; skips the test, saying why, where that device is not present.</summary>
    /// <param name="configuration">A name of <see cref="ConfigurationNames"/>, or the emulator.</param>
    /// <param name="threads">Threads of the processor.</param>
    public static TestDevice Create(string configuration, int threads = 2) => configuration switch
    {
        OpenCl => CreateOpenCl(),
        "plain" or Emulator => new(new AcceleratorOptions { Threads = threads, ReferenceKernels = true }),
        _ => new(new AcceleratorOptions { Threads = threads, InstructionSet = Enum.Parse<InstructionSet>(configuration) }),
    };

    /// <summary>The first OpenCL device; skips the test, saying why, where there is none.</summary>
    /// <param name="atomics">Whether it may use sums without a fixed order.</param>
    public static TestDevice CreateOpenCl(bool atomics = false) => new(OpenClPool.Rent(atomics));

    /// <summary>Skips the test where the device has no double precision.</summary>
    public void RequireFloat64() => Skip.IfNot(HasFloat64, $"{Accelerator.Name} has no float64.");

    public void Dispose()
    {
        long bytes = Accelerator.Memory.BytesInUse;
        int buffers = Accelerator.Memory.BuffersInUse;
        if (Accelerator is OpenClAccelerator device && bytes == 0)
        {
            // A launch that failed shows here at the latest; such a device is not used again.
            device.Synchronize();
            OpenClPool.Return(device);
            return;
        }

        Accelerator.Dispose();
        Assert.True(bytes == 0, $"{buffers} buffers with {bytes} bytes were not disposed.");
    }
}
