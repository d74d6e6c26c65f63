using G3DR.Core.Diagnostics.Workloads;
using G3DR.Kernels.Catalogue;

namespace G3DR.Core.Diagnostics;

/// <summary>Everything that is timed: the kernels of <see cref="KernelCatalogue"/>, and the renderer with its steps.</summary>
public static class BenchmarkCatalogue
{
    /// <summary>The renderer and its steps.</summary>
    public static IReadOnlyList<KernelWorkload> Rendering { get; } =
    [
        new PyramidWorkload(backward: false),
        new PyramidWorkload(backward: true),
        new TriplaneWorkload(backward: false),
        new TriplaneWorkload(backward: true),
        new DecoderWorkload(backward: false),
        new DecoderWorkload(backward: true),
        new MarchingWorkload(backward: false),
        new MarchingWorkload(backward: true),
        new ImportanceWorkload(),
        new RenderWorkload(backward: false),
        new RenderWorkload(backward: true),
    ];

    /// <summary>Every workload.</summary>
    public static IReadOnlyList<KernelWorkload> All { get; } = [.. KernelCatalogue.All, .. Rendering];
}
