using G3DR.Compute;

namespace G3DR.Kernels.Rendering.Fused.Device;

/// <summary>
/// The fused renderer in kernels that every device can run, with the semantics of <see cref="FusedForward{V}"/> and <see cref="FusedBackward{V}"/>. What it is made of:
/// docs/architecture.md, "The fused renderer on devices".
/// </summary>
internal static class FusedDeviceRenderer
{
    /// <summary>Renders all rays.</summary>
    /// <param name="device">Any device.</param>
    /// <param name="problem">Sizes, rules and inputs, checked.</param>
    /// <param name="outputs">Where results go.</param>
    /// <param name="cancel">Stops between chunks of rays.</param>
    public static void Forward(Accelerator device, FusedRenderProblem problem, in FusedRenderOutputs outputs, CancellationToken cancel) =>
        DeviceForward.Run(device, problem, outputs, cancel);

    /// <summary>Gradients of planes and decoder at the distances of an earlier forward pass.</summary>
    /// <param name="device">Any device.</param>
    /// <param name="problem">The problem of the forward pass, checked.</param>
    /// <param name="cotangents">Cotangents of the outputs, and the sample distances.</param>
    /// <param name="gradients">Where gradients go.</param>
    /// <param name="cancel">Stops between chunks of rays.</param>
    public static void Backward(
        Accelerator device, FusedRenderProblem problem, in FusedRenderCotangents cotangents, in FusedRenderGradients gradients, CancellationToken cancel) =>
        DeviceBackward.Run(device, problem, cotangents, gradients, cancel);
}
