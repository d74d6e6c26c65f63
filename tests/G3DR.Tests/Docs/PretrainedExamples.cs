using G3DR.Compute;
using G3DR.Core.Depth;
using G3DR.Core.Imaging;
using G3DR.Core.Networks;
using G3DR.Tests.Support;

namespace G3DR.Tests.Docs;

/// <summary>The examples of docs/pretrained.md.</summary>
public class PretrainedExamples
{
    [Fact]
    public void A_photo_gets_a_depth_map()
    {
        using var folder = new TemporaryFolder();
        string weights = folder.PathOf("depth.safetensors"), file = folder.PathOf("depth.png");
        using (var device = new TestDevice())
        {
            UntrainedWeights.Save(weights, device, new() { Network = DepthAnything.Kind, Size = "tiny" });
        }

        float[] distances = Estimate(weights, Path.Combine(Documents.Root, "samples", "toys.png"), file);
        Image map = Image.Load(file);
        Assert.Equal((map.Width * map.Height, 16), (distances.Length, map.BitDepth));
        Assert.All(distances, distance => Assert.InRange(distance, 4f, 6f));
    }

    private static float[] Estimate(string weights, string photo, string file)
    {
        using Accelerator device = Accelerator.CreateDefault();
        using DepthEstimator depth = DepthEstimator.Load(weights, device);
        DepthMap map = depth.Estimate(Image.Load(photo), new Progress<DepthProgress>(p => Console.Write($"\r{p.Done}/{p.Total} {p.Part} ")));
        map.ToImage().SavePng(file);                    // 16 bits, 0 near to 65535 far
        float[] distances = map.ToDistances();          // along rays, 4 near to 6 far
        return distances;
    }
}
