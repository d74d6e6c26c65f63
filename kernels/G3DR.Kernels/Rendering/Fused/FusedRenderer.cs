using G3DR.Compute;
using G3DR.Compute.Simd;
using G3DR.Kernels.Rendering.Fused.Device;

namespace G3DR.Kernels.Rendering.Fused;

/// <summary>
/// The whole triplane renderer, forward and backward: pyramid, coarse and fine samples, decoder, merge, marching, depth kernel. Nothing of size
/// points x channels is stored; the backward pass computes features again. On the processor it runs vector code ray by ray, with the same bits for
/// any number of threads; on other devices the kernels of <see cref="FusedDeviceRenderer"/>.
/// </summary>
public static class FusedRenderer
{
    /// <summary>Renders all rays.</summary>
    /// <param name="device">The device that holds all views.</param>
    /// <param name="problem">Sizes, rules and inputs.</param>
    /// <param name="outputs">Where results go.</param>
    /// <param name="cancel">Stops between blocks of rays.</param>
    public static void Forward(Accelerator device, FusedRenderProblem problem, in FusedRenderOutputs outputs, CancellationToken cancel = default)
    {
        problem.Validate();
        outputs.Validate(problem);
        if (Processor(device) is not { } processor)
        {
            FusedDeviceRenderer.Forward(device, problem, outputs, cancel);
            return;
        }

        switch (processor.InstructionSet)
        {
            case InstructionSet.Avx512:
                FusedForward<V512>.Run(processor, problem, outputs, cancel);
                break;
            case InstructionSet.Avx2:
                FusedForward<V256>.Run(processor, problem, outputs, cancel);
                break;
            default:
                FusedForward<V128>.Run(processor, problem, outputs, cancel);
                break;
        }
    }

    /// <summary>Gradients of planes and decoder for given cotangents, at the sample distances of an earlier forward pass.</summary>
    /// <param name="device">The device that holds all views.</param>
    /// <param name="problem">The same problem as in the forward pass.</param>
    /// <param name="cotangents">Cotangents of the outputs, and the sample distances.</param>
    /// <param name="gradients">Where gradients go.</param>
    /// <param name="cancel">Stops between chunks of rays.</param>
    public static void Backward(
        Accelerator device, FusedRenderProblem problem, in FusedRenderCotangents cotangents, in FusedRenderGradients gradients, CancellationToken cancel = default)
    {
        problem.Validate();
        cotangents.Validate(problem);
        gradients.Validate(problem);
        if (Processor(device) is not { } processor)
        {
            FusedDeviceRenderer.Backward(device, problem, cotangents, gradients, cancel);
            return;
        }

        switch (processor.InstructionSet)
        {
            case InstructionSet.Avx512:
                FusedBackward<V512>.Run(processor, problem, cotangents, gradients, cancel);
                break;
            case InstructionSet.Avx2:
                FusedBackward<V256>.Run(processor, problem, cotangents, gradients, cancel);
                break;
            default:
                FusedBackward<V128>.Run(processor, problem, cotangents, gradients, cancel);
                break;
        }
    }
    private static CpuAccelerator? Processor(Accelerator device) =>
        device.State<FusedDeviceSettings>().OnProcessor ? null : device as CpuAccelerator;
}
