using G3DR.Kernels.Attention;
using G3DR.Kernels.Convolution;
using G3DR.Kernels.Elementwise;
using G3DR.Kernels.Layout;
using G3DR.Kernels.Pooling;
using G3DR.Kernels.Reductions;
using G3DR.Kernels.Rendering;
using G3DR.Kernels.Resampling;

namespace G3DR.Kernels.Catalogue;

/// <summary>
/// All kernels that are tested and timed. Parity tests run every variant on every device against the reference; benchmarks make one row of each.
/// Elementwise operations are found by their interface, so a new one needs no entry here.
/// </summary>
public static class KernelCatalogue
{
    /// <summary>Every workload.</summary>
    public static IReadOnlyList<KernelWorkload> All { get; } =
    [
        .. ElementwiseOps.SelectMany(MakeElementwise),
        new ReduceWorkload<SumReduction>(),
        new ReduceWorkload<MaxReduction>(),
        new ReduceWorkload<MinReduction>(),
        new SoftmaxWorkload(logarithm: false, backward: false),
        new SoftmaxWorkload(logarithm: false, backward: true),
        new SoftmaxWorkload(logarithm: true, backward: false),
        new SoftmaxWorkload(logarithm: true, backward: true),
        new MatMulWorkload(transposeA: false, transposeB: false),
        new MatMulWorkload(transposeA: true, transposeB: false),
        new MatMulWorkload(transposeA: false, transposeB: true),
        new MatMulWorkload(transposeA: true, transposeB: true),
        new ConvolutionWorkload(ConvolutionPass.Forward),
        new ConvolutionWorkload(ConvolutionPass.InputGradient),
        new ConvolutionWorkload(ConvolutionPass.WeightGradient),
        new GroupNormWorkload(backward: false),
        new GroupNormWorkload(backward: true),
        new LayerNormWorkload(backward: false),
        new LayerNormWorkload(backward: true),
        new AttentionWorkload(backward: false),
        new AttentionWorkload(backward: true),
        new LinearAttentionWorkload(backward: false),
        new LinearAttentionWorkload(backward: true),
        new AdamWorkload(),
        new PlaneSamplingWorkload(backward: false),
        new PlaneSamplingWorkload(backward: true),
        new RayWeightWorkload(fromAlpha: true, backward: false),
        new RayWeightWorkload(fromAlpha: true, backward: true),
        new RayWeightWorkload(fromAlpha: false, backward: false),
        new RayWeightWorkload(fromAlpha: false, backward: true),
        new PixelShuffleWorkload(toDeep: true),
        new PixelShuffleWorkload(toDeep: false),
        .. ResizeWorkload.All,
        new MaxPoolingWorkload(backward: false),
        new MaxPoolingWorkload(backward: true),
    ];

    /// <summary>The types of all elementwise operations of this assembly, by name.</summary>
    public static IReadOnlyList<Type> ElementwiseOps =>
    [
        .. typeof(KernelCatalogue).Assembly.GetTypes()
            .Where(type => type is { IsValueType: true, IsGenericType: false } && Interfaces(type).Length > 0)
            .OrderBy(type => type.Name, StringComparer.Ordinal),
    ];

    private static Type[] Interfaces(Type type) =>
        [.. type.GetInterfaces().Where(face => face == typeof(IUnaryOp) || face == typeof(IParametricUnaryOp) || face == typeof(IBinaryOp))];

    private static IEnumerable<KernelWorkload> MakeElementwise(Type type)
    {
        Type face = Interfaces(type)[0];
        if (face == typeof(IBinaryOp))
        {
            return Make(typeof(BinaryWorkload<>).MakeGenericType(type));
        }

        Type op = face == typeof(IUnaryOp) ? typeof(Unparameterized<>).MakeGenericType(type) : type;
        return Make(typeof(UnaryWorkload<>).MakeGenericType(op));
    }

    // One workload for each pass that the operation has.
    private static IEnumerable<KernelWorkload> Make(Type workload) =>
        (IEnumerable<KernelWorkload>)workload.GetMethod("Passes")!.Invoke(null, null)!;
}
