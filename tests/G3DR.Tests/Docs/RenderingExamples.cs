using G3DR.Compute;
using G3DR.Core.Rendering;
using G3DR.Core.Tensors;
using G3DR.Kernels.Rendering;
using G3DR.Tests.Support;

namespace G3DR.Tests.Docs;

/// <summary>The examples of docs/rendering.md.</summary>
public class RenderingExamples
{
    [Fact]
    public void A_rendering_has_gradients_for_planes_and_decoder()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor planes = Tensor.Normal(device, [1, 3, 16, 16, 8], seed: 1);
        using TriplaneDecoder decoder = TriplaneDecoder.Create(device, channels: 8, seed: 2);
        Tensor gradient = PlaneGradient(device, planes, decoder);
        Assert.Equal(planes.Shape, gradient.Shape);
        Assert.True(gradient.Abs().Max().Item() > 0);
    }

    private static Tensor PlaneGradient(Accelerator device, Tensor planes, TriplaneDecoder decoder)
    {
        RenderSettings settings = RenderSettings.Paper with
        {
            CoarseSamples = 16,
            FineSampling = FineSampling.Importance,
            FineSamples = 16,
            Kernel = DepthKernel.Paper(s1: 1.25, s2: DepthKernel.HalfSampleDistance(4, 6, 16), min: 0.05, max: 1),
        };
        planes.RequiresGrad = true;
        RayBatch rays = RayBatch.FromBundle(device, Camera.Canonical.Rays(24, 24));
        Tensor surface = Tensor.Full(device, [1, 24 * 24], 5);                                      // the depth of every pixel
        RenderResult view = TriplaneRenderer.Render(planes, decoder, rays, settings, surface, new RenderRandomness { Seed = 1 });
        view.Color.Square().Mean().Backward();
        return planes.Grad!;
    }
}
