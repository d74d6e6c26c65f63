using G3DR.Compute;
using G3DR.Kernels.Catalogue;

namespace G3DR.Core.Diagnostics;

/// <summary>Holds a variant of a workload against the reference in double precision; nothing is timed that was not checked.</summary>
public static class KernelAccuracy
{
    // The expected value itself is rounded to single precision.
    private const double HalfUnit = 6e-8;

    /// <summary>Runs a variant once and compares all its outputs.</summary>
    /// <param name="workload">Operation.</param>
    /// <param name="variant">One of its variants, which the device of the case supports.</param>
    /// <param name="prepared">Inputs and outputs.</param>
    /// <param name="expected">The reference of the case.</param>
    /// <returns>Largest |error| as a fraction of what is allowed.</returns>
    /// <exception cref="KernelAccuracyException">An element is off by more than the workload's tolerance.</exception>
    public static double Check(KernelWorkload workload, KernelVariant variant, KernelCase prepared, IReadOnlyList<double[]> expected)
    {
        variant.Run(prepared);
        double tolerance = variant.ErrorFactor * workload.Tolerance(prepared.Size), worst = 0;
        for (int output = 0; output < prepared.OutputCount; output++)
        {
            float[] actual = prepared.ReadOutput(output);
            double[] wanted = expected[output];
            for (int i = 0; i < wanted.Length; i++)
            {
                double allowed = (tolerance * Math.Max(1, Math.Abs(wanted[i]))) + (Math.Abs(wanted[i]) * HalfUnit);
                double error = Math.Abs(actual[i] - wanted[i]);

                // Also true for results that are not numbers.
                if (!(error <= allowed))
                {
                    throw new KernelAccuracyException(
                        $"{workload.Op} {prepared.Size} ({variant.Name}), output {output}: element {i} is {actual[i]:G9}, expected {wanted[i]:G9} within {allowed:G3}.");
                }

                worst = Math.Max(worst, error / allowed);
            }
        }

        return worst;
    }

    /// <summary>Prepares a case, runs a variant and compares.</summary>
    /// <inheritdoc cref="Check(KernelWorkload, KernelVariant, KernelCase, IReadOnlyList{double[]})"/>
    /// <param name="workload">Operation.</param>
    /// <param name="variant">One of its variants.</param>
    /// <param name="device">Device that supports the variant.</param>
    /// <param name="size">Size of the case.</param>
    public static double Check(KernelWorkload workload, KernelVariant variant, Accelerator device, WorkloadSize size)
    {
        using KernelCase prepared = workload.Prepare(device, size, seed: 1);
        return Check(workload, variant, prepared, workload.Reference(prepared));
    }
}

/// <summary>A kernel's result is off by more than its tolerance.</summary>
/// <param name="message">Which element of which output, and by how much.</param>
public sealed class KernelAccuracyException(string message) : Exception(message);
