namespace G3DR.Kernels.Rendering.Fused.Device;

/// <summary>How one device runs the fused renderer; kept by <see cref="G3DR.Compute.Accelerator.State{TState}"/>.</summary>
internal sealed class FusedDeviceSettings
{
    /// <summary>Whether a processor, too, runs the kernels of other devices (slowly): for tests of these kernels.</summary>
    public bool OnProcessor { get; set; }

    /// <summary>Rays that are rendered at a time; 0 for as many as the scratch memory is meant for. The forward pass does not depend on it by a bit.</summary>
    public int RaysPerChunk { get; set; }
}
