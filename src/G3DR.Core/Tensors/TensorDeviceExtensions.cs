using G3DR.Compute;

namespace G3DR.Core.Tensors;

/// <summary>What tensors add to a device.</summary>
public static class TensorDeviceExtensions
{
    /// <summary>Stops recording for gradients until the result is disposed, in this flow of control.</summary>
    /// <param name="device">Device whose tensors are meant.</param>
    public static IDisposable NoGrad(this Accelerator device)
    {
        TensorContext context = TensorContext.Of(device);
        return context.Enter(context.Current with { RecordsGradients = false });
    }

    /// <summary>Whether operations on this device are recorded in this flow of control.</summary>
    public static bool RecordsGradients(this Accelerator device) => TensorContext.Of(device).Current.RecordsGradients;
}
