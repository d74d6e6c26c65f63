using G3DR.Core.Rendering;
using G3DR.Core.Tensors;

namespace G3DR.Tests.Rendering;

public class SamplingVectorTests
{
    private const string File = "render/sampling.safetensors";

    public static TheoryData<string> Configurations => VectorCase.Configurations;

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Limits_distances_and_order_match_the_released_code(string configuration)
    {
        using var vectors = new VectorCase(File, configuration);
        (Tensor near, Tensor far) = CheckLimits(vectors, "box", string.Empty);
        CheckLimits(vectors, "box2", "2");

        Tensor noise = vectors.GetSamples("noise");
        Tensor low = Tensor.Full(vectors.Device, near.Shape, vectors.Config.GetProperty("lo").GetDouble(), vectors.DType);
        Tensor high = Tensor.Full(vectors.Device, near.Shape, vectors.Config.GetProperty("hi").GetDouble(), vectors.DType);
        Tensor scalar = RaySampler.Stratified(low, high, noise);
        vectors.Check("strat.auto", RaySampler.Stratified(near, far, noise));
        vectors.Check("strat.scalar", scalar);
        vectors.Check("strat.disparity", RaySampler.Disparity(low, high, noise));

        int draws = vectors.Config.GetProperty("K").GetInt32();
        Tensor u = vectors.Get("u", [.. near.Shape.AsSpan(), draws]);
        vectors.Check("imp.depths", RaySampler.Importance(scalar, vectors.GetSamples("imp.weights"), u));
        Tensor bins = vectors.Get("pdf.bins"), weights = vectors.Get("pdf.weights");
        vectors.Check("pdf.rand", RaySampler.FromDistribution(bins, weights, vectors.Get("pdf.u")));
        vectors.Check("pdf.det", RaySampler.FromDistribution(bins, weights, RaySampler.EvenNumbers(bins.Accelerator, [bins.Shape[0], draws], vectors.DType)));

        (Tensor distances, Tensor densities, Tensor colors) = RaySampler.SortByDepth(
            Tensor.Concat([vectors.GetSamples("uni.depths0"), vectors.GetSamples("uni.depths1")], axis: -1),
            Tensor.Concat([vectors.GetSamples("uni.sigma0"), vectors.GetSamples("uni.sigma1")], axis: -1),
            Tensor.Concat([vectors.Get("uni.colors0"), vectors.Get("uni.colors1")], axis: -2));
        vectors.Check("uni.depths", distances);
        vectors.Check("uni.sigma", densities);
        vectors.Check("uni.colors", colors);
        vectors.CheckNothingForgotten();
    }

    private static (Tensor Near, Tensor Far) CheckLimits(VectorCase vectors, string box, string suffix)
    {
        (Tensor near, Tensor far) = RaySampler.BoxLimits(
            vectors.Get("rays_o"), vectors.Get("rays_d"), vectors.Config.GetProperty(box).GetDouble());
        vectors.Check($"near_raw{suffix}", near);
        vectors.Check($"far_raw{suffix}", far);
        (near, far) = RaySampler.RepairMisses(near, far);
        vectors.Check($"near{suffix}", near);
        vectors.Check($"far{suffix}", far);
        return (near, far);
    }
}
