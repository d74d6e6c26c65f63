using G3DR.Compute;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Rendering.Fused;

/// <summary>
/// The whole triplane renderer for the processor, forward and backward, ray by ray: pyramid, coarse and fine samples, decoder, merge, marching,
/// depth kernel. Nothing of size points x channels is stored; the backward pass computes features again. Results are bit-identical for any
/// number of threads.
/// </summary>
public static class FusedRenderer
{
    /// <summary>Renders all rays.</summary>
    /// <param name="device">The processor.</param>
    /// <param name="problem">Sizes, rules and inputs.</param>
    /// <param name="outputs">Where results go.</param>
    /// <param name="cancel">Stops between blocks of rays.</param>
    public static void Forward(CpuAccelerator device, FusedRenderProblem problem, in FusedRenderOutputs outputs, CancellationToken cancel = default)
    {
        problem.Validate();
        switch (device.InstructionSet)
        {
            case InstructionSet.Avx512:
                FusedForward<V512>.Run(device, problem, outputs, cancel);
                break;
            case InstructionSet.Avx2:
                FusedForward<V256>.Run(device, problem, outputs, cancel);
                break;
            default:
                FusedForward<V128>.Run(device, problem, outputs, cancel);
                break;
        }
    }

    /// <summary>Gradients of planes and decoder for given cotangents, at the sample distances of an earlier forward pass.</summary>
    /// <param name="device">The processor.</param>
    /// <param name="problem">The same problem as in the forward pass.</param>
    /// <param name="cotangents">Cotangents of the outputs, and the sample distances.</param>
    /// <param name="gradients">Where gradients go.</param>
    /// <param name="cancel">Stops between chunks of rays.</param>
    public static void Backward(
        CpuAccelerator device, FusedRenderProblem problem, in FusedRenderCotangents cotangents, in FusedRenderGradients gradients, CancellationToken cancel = default)
    {
        problem.Validate();
        switch (device.InstructionSet)
        {
            case InstructionSet.Avx512:
                FusedBackward<V512>.Run(device, problem, cotangents, gradients, cancel);
                break;
            case InstructionSet.Avx2:
                FusedBackward<V256>.Run(device, problem, cotangents, gradients, cancel);
                break;
            default:
                FusedBackward<V128>.Run(device, problem, cotangents, gradients, cancel);
                break;
        }
    }
}
