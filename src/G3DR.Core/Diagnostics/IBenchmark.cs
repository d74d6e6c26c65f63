using G3DR.Compute;

namespace G3DR.Core.Diagnostics;

/// <summary>Work that <c>g3dr bench</c> times, prepared on a device.</summary>
public interface IBenchmark : IDisposable
{
    /// <summary>Name in messages and tables.</summary>
    string Name { get; }

    /// <summary>Device that does the work.</summary>
    Accelerator Device { get; }

    /// <summary>Floating-point operations of one run, by the definition of the work and not by how it is done.</summary>
    double Flops { get; }

    /// <summary>Does the work once and returns when the device is done.</summary>
    void Run();

    /// <summary>Checks the results against double precision. Called after the timed runs, so that its memory does not count.</summary>
    /// <exception cref="KernelAccuracyException">A result is wrong.</exception>
    void Check();
}
