namespace G3DR.Kernels.Rendering.Fused.Device;

/// <summary>
/// Scratch of a chunk of rays, [row][sample][ray]: neighbouring items work on neighbouring rays, so they read neighbouring numbers.
/// </summary>
/// <param name="Rays">Rays of the chunk.</param>
/// <param name="Samples">Samples per ray T.</param>
internal readonly record struct RayRows(int Rays, int Samples)
{
    /// <summary>Rows of a chunk's samples: distance, raw density, raw red, green and blue.</summary>
    public const int SampleRows = 5;

    /// <summary>Rows of a chunk's gradients: those of the four raw outputs, then survival, transmittance and slope of the marching.</summary>
    public const int GradientRows = 7;

    /// <summary>Numbers in a row.</summary>
    public int Points => Rays * Samples;

    /// <summary>Place of one number.</summary>
    public long At(int row, int sample, int ray) => ((((long)row * Samples) + sample) * Rays) + ray;
}
