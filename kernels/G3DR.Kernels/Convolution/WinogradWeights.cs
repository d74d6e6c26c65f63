using System.Runtime.CompilerServices;
using G3DR.Compute.Simd;
using G3DR.Kernels.MatMul;

namespace G3DR.Kernels.Convolution;

/// <summary>
/// Transforms weights (outputs, inputs, 3, 3) into panels [position][panel of outputs][input][output of the panel]. A shard makes some inputs of one panel.
/// </summary>
/// <typeparam name="TWeight">The transform.</typeparam>
internal readonly unsafe struct WinogradWeights<TWeight>(in WeightSource source, float* panels) : IVectorKernel
    where TWeight : struct, IWinogradTransform
{
    /// <summary>Inputs of a shard.</summary>
    public const int Depth = 16;

    private readonly WeightSource _source = source;
    private readonly float* _panels = panels;

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        int blocks = Shards.Count(_source.Depth, Depth), panel = shard / blocks, first = shard % blocks * Depth;
        int width = PanelKernel.Width<V>();
        float* to = _panels + ((((long)panel * _source.Depth) + first) * width);
        Pack<V>(_source, panel * width, first, Math.Min(Depth, _source.Depth - first), to, WinogradPlan.PanelStep(width, _source.Depth, _source.Lanes));
    }

    /// <summary>Makes a part of one panel.</summary>
    /// <typeparam name="V">Vector type.</typeparam>
    /// <param name="source">Weights.</param>
    /// <param name="lane">First output.</param>
    /// <param name="first">First input.</param>
    /// <param name="depth">Number of inputs, at most <see cref="Depth"/>.</param>
    /// <param name="to">Where the first input's part of the panel goes.</param>
    /// <param name="positionStep">Elements between positions.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack<V>(in WeightSource source, int lane, int first, int depth, float* to, long positionStep)
        where V : struct, ISimd<V>
    {
        int width = PanelKernel.Width<V>();
        float* taps = stackalloc float[Depth * 9 * width];
        float* scratch = stackalloc float[TWeight.Outputs * TWeight.Inputs * V.Count];
        source.Read(width, lane, first, depth, taps);
        for (int k = 0; k < depth; k++)
        {
            for (int i = 0; i < width; i += V.Count)
            {
                WinogradSquare.Apply<TWeight, V>(
                    taps + (k * 9 * width) + i, 3 * width, width, to + (k * width) + i, TWeight.Outputs * positionStep, positionStep, scratch);
            }
        }
    }
}
