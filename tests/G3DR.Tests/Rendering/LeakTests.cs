using G3DR.Core.Losses;
using G3DR.Core.Rendering;
using G3DR.Core.Tensors;
using G3DR.Kernels.Rendering;
using G3DR.Tests.Support;

namespace G3DR.Tests.Rendering;

/// <summary>Every public function, called without a scope: what it gives back is all that is left.</summary>
public class LeakTests
{
    [Fact]
    public void Functions_leave_nothing_but_their_results()
    {
        using var device = new TestDevice();
        using Tensor planes = Tensor.Normal(device, [2, 3, 8, 9, 4], seed: 1), points = Tensor.Uniform(device, [2, 7, 3], seed: 2);
        using Tensor samples = Tensor.Uniform(device, [3, 6], seed: 3), colors = Tensor.Uniform(device, [3, 6, 3], seed: 4);
        using Tensor perRay = Tensor.Full(device, [3], 4), end = Tensor.Full(device, [3], 6), directions = Tensor.Ones(device, [3, 3]);
        using Tensor images = Tensor.Uniform(device, [2, 5, 6, 3], seed: 5), raw = Tensor.Normal(device, [3, 6], seed: 6);
        using TriplaneDecoder decoder = TriplaneDecoder.Create(device, channels: 4, hidden: 5, learningRateMultiplier: 0.5);
        long before = device.Accelerator.Memory.BytesInUse;

        void Leaves(string what, Action call)
        {
            call();
            Assert.True(before == device.Accelerator.Memory.BytesInUse, $"{what} leaves {device.Accelerator.Memory.BytesInUse - before} bytes behind.");
        }

        static void Dispose(params IEnumerable<Tensor> tensors)
        {
            foreach (Tensor tensor in tensors)
            {
                tensor.Dispose();
            }
        }

        Leaves("pyramid", () => Dispose(FeaturePyramid.Build(planes, PyramidKind.Cascade, 4).Skip(1)));
        Leaves("sampling", () => Dispose(Triplane.Sample([planes, planes], points, PlaneAxes.Official)));
        Leaves("decoder", () =>
        {
            using Tensor features = Tensor.Zeros(device, [7, 4]);
            (Tensor density, Tensor color) = decoder.Decode(features);
            Dispose(density, color);
        });
        Leaves("limits", () =>
        {
            (Tensor near, Tensor far) = RaySampler.BoxLimits(directions, directions);
            (Tensor repairedNear, Tensor repairedFar) = RaySampler.RepairMisses(near, far);
            Dispose(near, far, repairedNear, repairedFar);
        });
        Leaves("distances", () => Dispose(
            RaySampler.Stratified(perRay, end, samples), RaySampler.Disparity(perRay, end, samples), RaySampler.Bins(perRay, end, samples), RaySampler.AroundSurface(perRay, 3)));
        Leaves("importance", () =>
        {
            using Tensor weights = Tensor.Ones(device, [3, 5]), even = RaySampler.EvenNumbers(device, [3, 4]);
            Dispose(RaySampler.Importance(samples, weights, even), RaySampler.FromDistribution(samples, weights, even));
        });
        Leaves("sorting", () =>
        {
            (Tensor t, Tensor density, Tensor color) = RaySampler.SortByDepth(samples, samples, colors);
            Dispose(t, density, color);
        });
        Leaves("marching", () =>
        {
            VolumeMarching.MidPoint(colors, raw, samples, whiteBackground: true, DepthKernel.Official, perRay).Dispose();
            VolumeMarching.PerSample(colors, raw, samples, end, whiteBackground: true, DepthKernel.Official, perRay).Dispose();
        });
        Leaves("kernel", () =>
        {
            (Tensor density, Tensor color) = DepthKernel.Official.ScaleGradients(raw, colors, samples, perRay);
            Dispose(density, color, DepthKernel.Official.Values(samples, perRay));
        });
        Leaves("losses", () =>
        {
            using Tensor distances = SigmaLoss.Distances(perRay, end, 6, samples);
            Dispose(
                PictureLosses.L1(images, images),
                PictureLosses.L2(images, images),
                PictureLosses.TotalVariation(images),
                RayLosses.Transparency(samples),
                RayLosses.KlDepth(samples, samples, samples, perRay, 0.1),
                SigmaLoss.PerRay(raw, directions, distances, perRay, 0.1),
                ImageResize.Bilinear(images, 9, 4));
        });
    }
}
