namespace G3DR.Kernels.Rendering;

/// <summary>Streams of the seed that the random numbers of samples come from; every renderer draws the same.</summary>
public static class SampleStreams
{
    /// <summary>Coarse samples: number (ray x S + sample).</summary>
    public const uint Coarse = 0;

    /// <summary>Fine samples: number (ray x K + sample).</summary>
    public const uint Fine = 1;
}
