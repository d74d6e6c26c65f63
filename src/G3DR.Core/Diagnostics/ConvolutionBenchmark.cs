using G3DR.Compute;
using G3DR.Kernels.Catalogue;

namespace G3DR.Core.Diagnostics;

/// <summary>
/// A pass of a 3 x 3 convolution that keeps the size of its picture, by a named variant: the work of <c>conv</c> and <c>wgrad</c> in <c>bench/peers/server.py</c>, with a bias
/// and standardised weights besides.
/// </summary>
public sealed class ConvolutionBenchmark : IBenchmark
{
    // Sides of the picture where the double precision reference is affordable.
    private const int CheckedSide = 8;

    private readonly KernelWorkload _workload;
    private readonly KernelVariant _variant;
    private readonly WorkloadSize _checked;
    private readonly KernelCase _case;

    /// <summary>Prepares inputs.</summary>
    /// <param name="device">Device.</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="side">Rows and columns of the picture.</param>
    /// <param name="op">The pass, by its name in the catalogue.</param>
    /// <param name="variant">The variant, by its name in the catalogue.</param>
    /// <exception cref="ArgumentException">A size is below 1 or too large, or there is no such variant for the device.</exception>
    public ConvolutionBenchmark(Accelerator device, int inputs, int outputs, int side, string op, string variant)
    {
        if (inputs < 1 || outputs < 1 || side < 1 || (long)Math.Max(inputs, outputs) * side * side > int.MaxValue || 9L * inputs * outputs > int.MaxValue)
        {
            throw new ArgumentException($"A convolution needs sizes of at least 1 and tensors of at most {int.MaxValue} elements; got {inputs} -> {outputs} at {side} x {side}.");
        }

        Device = device;
        _workload = KernelCatalogue.All.Single(workload => workload.Op == op);
        string[] names = [.. _workload.Variants.Where(candidate => candidate.IsSupported(device)).Select(candidate => candidate.Name)];
        _variant = _workload.Variants.FirstOrDefault(candidate => candidate.Name == variant && names.Contains(variant))
            ?? throw new ArgumentException($"'{op}' on {DeviceDescription.Of(device)} has the variants {string.Join(", ", names)}; got '{variant}'.", nameof(variant));
        var size = new WorkloadSize(1, side, side, inputs, outputs, 3, 3);
        _checked = new(1, CheckedSide, CheckedSide, inputs, outputs, 3, 3);
        _case = _workload.Prepare(device, size, seed: 0);
        Flops = _workload.Flops(size);
        Name = $"{op} {inputs} -> {outputs} at {side}x{side} ({variant})";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public Accelerator Device { get; }

    /// <inheritdoc/>
    public double Flops { get; }

    /// <inheritdoc/>
    public void Run()
    {
        _variant.Run(_case);
        Device.Synchronize();
    }

    /// <inheritdoc/>
    public void Check() => KernelAccuracy.Check(_workload, _variant, Device, _checked);

    /// <inheritdoc/>
    public void Dispose() => _case.Dispose();
}
