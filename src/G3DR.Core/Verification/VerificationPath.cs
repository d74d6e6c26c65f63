namespace G3DR.Core.Verification;

/// <summary>The code that computed a tensor which is compared with a reference.</summary>
public enum VerificationPath
{
    /// <summary>Double precision arithmetic outside of the device: cameras, schedules, metrics, pictures. Always run.</summary>
    Host,

    /// <summary>The fused renderer, <see cref="Rendering.TriplaneRenderer"/>, in float32.</summary>
    Fused,

    /// <summary>Tensor operations in float32; the renderer made of them is <see cref="Rendering.ComposedRenderer"/>.</summary>
    Composed,

    /// <summary>The same operations in float64, held to what the rounding of the stored values leaves.</summary>
    Float64,
}
