using System.Text.Json;
using G3DR.Core.Rendering;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>Depth kernels as configurations of reference files state them.</summary>
internal static class DepthKernelConfig
{
    /// <summary>The kernel of an entry.</summary>
    /// <param name="config">s1, s2, cmin, cmax.</param>
    /// <param name="defaultS2">What an s2 of null stands for.</param>
    public static DepthKernel Read(JsonElement config, double? defaultS2 = null)
    {
        double s1 = config.Number("s1"), min = config.Number("cmin"), max = config.Number("cmax");
        double s2 = config.OptionalNumber("s2") ?? defaultS2 ?? throw new FormatException("A kernel of the configuration has no s2.");

        // References also cover kernels without a floor, which training refuses unless they are asked for by name.
        return min == 0 ? DepthKernel.WithoutFloor(s1, s2, max) : DepthKernel.Paper(s1, s2, min, max);
    }
}
