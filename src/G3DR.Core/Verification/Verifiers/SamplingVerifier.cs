using G3DR.Core.Rendering;
using G3DR.Core.Tensors;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>render/sampling: limits of rays, stratified and importance samples, their union.</summary>
internal sealed class SamplingVerifier() : TensorVerifier("sampling", "box", "box2", "lo", "hi")
{
    protected override IEnumerable<VectorCheck> Verify(VectorRun run) =>
        Limits(run, "box", string.Empty).Concat(Limits(run, "box2", "2")).Concat(Spread(run)).Concat(Distribution(run)).Concat(Union(run));

    private static IEnumerable<VectorCheck> Limits(VectorRun run, string box, string suffix)
    {
        (Tensor near, Tensor far) = RaySampler.BoxLimits(run.Get("rays_o"), run.Get("rays_d"), run.Config.Number(box));
        yield return run.Check($"near_raw{suffix}", near);
        yield return run.Check($"far_raw{suffix}", far);
        (near, far) = RaySampler.RepairMisses(near, far);
        yield return run.Check($"near{suffix}", near);
        yield return run.Check($"far{suffix}", far);
    }

    private static IEnumerable<VectorCheck> Spread(VectorRun run)
    {
        (Tensor near, Tensor far) = RaySampler.BoxLimits(run.Get("rays_o"), run.Get("rays_d"), run.Config.Number("box"));
        (near, far) = RaySampler.RepairMisses(near, far);
        Tensor noise = run.GetSamples("noise");
        Tensor low = Tensor.Full(run.Device, near.Shape, run.Config.Number("lo"), run.DType);
        Tensor high = Tensor.Full(run.Device, near.Shape, run.Config.Number("hi"), run.DType);
        Tensor scalar = RaySampler.Stratified(low, high, noise);
        yield return run.Check("strat.auto", RaySampler.Stratified(near, far, noise));
        yield return run.Check("strat.scalar", scalar);
        yield return run.Check("strat.disparity", RaySampler.Disparity(low, high, noise));

        // One row of numbers per ray of all scenes.
        int draws = run.Shape("u")[^1];
        yield return run.Check("imp.depths", RaySampler.Importance(scalar, run.GetSamples("imp.weights"), run.Get("u", [.. near.Shape.AsSpan(), draws])));
    }

    private static IEnumerable<VectorCheck> Distribution(VectorRun run)
    {
        Tensor bins = run.Get("pdf.bins"), weights = run.Get("pdf.weights"), uniforms = run.Get("pdf.u");
        yield return run.Check("pdf.rand", RaySampler.FromDistribution(bins, weights, uniforms));
        yield return run.Check("pdf.det", RaySampler.FromDistribution(bins, weights, RaySampler.EvenNumbers(run.Device, uniforms.Shape, run.DType)));
    }

    private static IEnumerable<VectorCheck> Union(VectorRun run)
    {
        (Tensor distances, Tensor densities, Tensor colors) = RaySampler.SortByDepth(
            Tensor.Concat([run.GetSamples("uni.depths0"), run.GetSamples("uni.depths1")], axis: -1),
            Tensor.Concat([run.GetSamples("uni.sigma0"), run.GetSamples("uni.sigma1")], axis: -1),
            Tensor.Concat([run.Get("uni.colors0"), run.Get("uni.colors1")], axis: -2));
        yield return run.Check("uni.depths", distances);
        yield return run.Check("uni.sigma", densities);
        yield return run.Check("uni.colors", colors);
    }
}
