using G3DR.Compute;

namespace G3DR.Kernels.Rendering.Fused;

/// <summary>Everything the fused renderer needs to know of one call: sizes, rules and where the data lies (dense, row-major float32).</summary>
/// <remarks>B scenes, R rays each, planes of H x W texels with C channels, S coarse and K fine samples, T = S + K.</remarks>
public sealed class FusedRenderProblem
{
    /// <summary>Number of scenes B.</summary>
    public required int Batch { get; init; }

    /// <summary>Rays per scene R.</summary>
    public required int Rays { get; init; }

    /// <summary>Plane height H.</summary>
    public required int Height { get; init; }

    /// <summary>Plane width W.</summary>
    public required int Width { get; init; }

    /// <summary>Plane channels C.</summary>
    public required int Channels { get; init; }

    /// <summary>Hidden units of the decoder.</summary>
    public required int Hidden { get; init; }

    /// <summary>Whether the decoder also reads the ray direction (three more inputs after the features).</summary>
    public bool UsesDirections { get; init; }

    /// <summary>Coarse samples S.</summary>
    public required int Coarse { get; init; }

    /// <summary>Fine samples K.</summary>
    public int Fine { get; init; }

    /// <summary>Pyramid levels in all, the finest included.</summary>
    public required int Levels { get; init; }

    /// <summary>First level that is sampled: 0 for all, Levels - 1 for the coarsest only.</summary>
    public int FinestLevel { get; init; }

    /// <summary>How the levels come about.</summary>
    public required PyramidKind Pyramid { get; init; }

    /// <summary>What the planes read.</summary>
    public required PlaneAxes Axes { get; init; }

    /// <summary>How samples become a colour.</summary>
    public required MarchingRule Marching { get; init; }

    /// <summary>Where the coarse samples lie.</summary>
    public required CoarseSampling CoarseSampling { get; init; }

    /// <summary>Where the fine samples lie.</summary>
    public FineSampling FineSampling { get; init; }

    /// <summary>Side of the cube that the planes span.</summary>
    public required float BoxSize { get; init; }

    /// <summary>Whether the background is white instead of black.</summary>
    public bool WhiteBackground { get; init; }

    /// <summary>Gradient scaling; applied when <see cref="SurfaceDepth"/> is given.</summary>
    public DepthKernelParameters Kernel { get; init; } = DepthKernelParameters.None;

    /// <summary>Factor between stored and used first-layer weights (equalised learning rate).</summary>
    public required float FirstGain { get; init; }

    /// <summary>Factor between stored and used second-layer weights.</summary>
    public required float SecondGain { get; init; }

    /// <summary>Factor between stored and used biases.</summary>
    public float BiasGain { get; init; } = 1;

    /// <summary>Seed of the random numbers that are not given.</summary>
    public ulong Seed { get; init; }

    /// <summary>Number of the first ray in the random streams, so that chunks of a picture draw what the whole picture draws.</summary>
    public long FirstRay { get; init; }

    /// <summary>Planes (B, 3, H, W, C).</summary>
    public required ArrayView<float> Planes { get; init; }

    /// <summary>Decoder weights (Hidden, C or C + 3), biases (Hidden), (4, Hidden), (4), as stored.</summary>
    public required ArrayView<float> Weight0 { get; init; }

    /// <inheritdoc cref="Weight0"/>
    public required ArrayView<float> Bias0 { get; init; }

    /// <inheritdoc cref="Weight0"/>
    public required ArrayView<float> Weight2 { get; init; }

    /// <inheritdoc cref="Weight0"/>
    public required ArrayView<float> Bias2 { get; init; }

    /// <summary>Ray origins (B, R, 3).</summary>
    public required ArrayView<float> Origins { get; init; }

    /// <summary>Unit ray directions (B, R, 3).</summary>
    public required ArrayView<float> Directions { get; init; }

    /// <summary>Nearest distance of each ray (B, R).</summary>
    public ArrayView<float> Near { get; init; }

    /// <summary>Farthest distance of each ray (B, R).</summary>
    public ArrayView<float> Far { get; init; }

    /// <summary>Coarse distances (B, R, S) for <see cref="CoarseSampling.Given"/>.</summary>
    public ArrayView<float> CoarseDistances { get; init; }

    /// <summary>Uniform numbers (B, R, S) of the coarse samples, or empty to draw them.</summary>
    public ArrayView<float> CoarseNoise { get; init; }

    /// <summary>Uniform numbers (B, R, K) of the fine samples, or empty to draw them.</summary>
    public ArrayView<float> FineNoise { get; init; }

    /// <summary>Distance of the surface along each ray (B, R), or empty.</summary>
    public ArrayView<float> SurfaceDepth { get; init; }

    /// <summary>Samples per ray T.</summary>
    public int Samples => Coarse + (FineSampling == FineSampling.None ? 0 : Fine);

    /// <summary>Weights per ray: one per interval or one per sample.</summary>
    public int WeightsPerRay => Marching == MarchingRule.MidPoint ? Samples - 1 : Samples;

    /// <summary>Refuses sizes that the kernels cannot take.</summary>
    /// <exception cref="ArgumentException">A size or rule does not fit; the message says which.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Batch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Rays, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Hidden, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Coarse, Marching == MarchingRule.MidPoint ? 2 : 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Levels, 1);
        if (FinestLevel < 0 || FinestLevel >= Levels)
        {
            throw new ArgumentException($"The finest level to sample is {FinestLevel}, but there are {Levels} levels (0 is the finest).");
        }

        // A shift by 32 or more would start again from 0.
        if (Levels > 31 || Math.Min(Height, Width) >> (Levels - 1) < 1)
        {
            throw new ArgumentException($"Planes of {Height} x {Width} texels have no {Levels} pyramid levels.");
        }

        if (FineSampling == FineSampling.Importance && (Coarse < 4 || Fine < 1))
        {
            throw new ArgumentException($"Importance sampling needs at least 4 coarse samples and 1 fine sample; got {Coarse} and {Fine}.");
        }

        if (FineSampling == FineSampling.SurfaceGuided && (SurfaceDepth.Length == 0 || Fine < 1))
        {
            throw new ArgumentException("Surface-guided samples need the surface depth of each ray and at least 1 fine sample.");
        }

        long texels = ((long)Width + 2) * (Height + 2);
        if (texels >= 1 << 24 || (texels + 1) * HiddenPlanes.PadHidden(Hidden) > int.MaxValue)
        {
            throw new ArgumentException($"Planes of {Height} x {Width} texels with {Hidden} hidden units are too large for the fused renderer.");
        }

        RequireLengths();
    }

    /// <summary>Refuses a view whose length is not what its shape needs: on a device nobody notices an access outside of it.</summary>
    internal static void Require(ArrayView<float> view, long needed, string name, bool optional = true)
    {
        if (view.Length != needed && !(optional && view.Length == 0))
        {
            throw new ArgumentException($"{name} must have {needed} elements; got {view.Length}.");
        }
    }

    private void RequireLengths()
    {
        long rays = (long)Batch * Rays, inputs = Channels + (UsesDirections ? 3 : 0);
        bool coarseGiven = CoarseSampling == CoarseSampling.Given;
        Require(Planes, (long)Batch * 3 * Height * Width * Channels, nameof(Planes), optional: false);
        Require(Weight0, Hidden * inputs, nameof(Weight0), optional: false);
        Require(Bias0, Hidden, nameof(Bias0), optional: false);
        Require(Weight2, 4L * Hidden, nameof(Weight2), optional: false);
        Require(Bias2, 4, nameof(Bias2), optional: false);
        Require(Origins, 3 * rays, nameof(Origins), optional: false);
        Require(Directions, 3 * rays, nameof(Directions), optional: false);
        Require(Near, rays, nameof(Near), optional: coarseGiven);
        Require(Far, rays, nameof(Far), optional: coarseGiven);
        Require(CoarseDistances, rays * Coarse, nameof(CoarseDistances), optional: !coarseGiven);
        Require(CoarseNoise, rays * Coarse, nameof(CoarseNoise));
        Require(FineNoise, rays * Fine, nameof(FineNoise));
        Require(SurfaceDepth, rays, nameof(SurfaceDepth));
    }
}
