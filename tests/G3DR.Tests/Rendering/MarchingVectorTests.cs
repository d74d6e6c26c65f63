using System.Text.Json;
using G3DR.Core.Rendering;
using G3DR.Core.Tensors;

namespace G3DR.Tests.Rendering;

public class MarchingVectorTests
{
    public static TheoryData<string> Configurations => VectorCase.Configurations;

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Mid_point_marching_matches_the_released_code(string configuration)
    {
        using var vectors = new VectorCase("render/marcher.safetensors", configuration);
        int index = 0;
        foreach (JsonElement config in vectors.Config.GetProperty("cases").EnumerateArray())
        {
            string prefix = $"m{index++}.";
            bool white = config.TryGetProperty("white", out JsonElement flag) && flag.GetBoolean();
            Tensor colors = vectors.Leaf(vectors.Get(prefix + "colors")), densities = vectors.Leaf(vectors.GetSamples(prefix + "densities"));
            Tensor depths = vectors.GetSamples(prefix + "depths"), surface = Surface(vectors, prefix);
            Tensor[] cotangents =
            [
                vectors.Get(prefix + "cot_rgb"),
                vectors.GetSamples(prefix + "cot_depth"),
                vectors.GetSamples(prefix + "cot_weights"),
                vectors.GetSamples(prefix + "cot_weight_total"),
            ];
            foreach ((string suffix, DepthKernel? kernel) in new[] { (string.Empty, null), ("_scaled", DepthKernel.Official) })
            {
                MarchingResult marched = VolumeMarching.MidPoint(colors, densities, depths, white, kernel, kernel is null ? null : surface);
                vectors.Check(prefix + "rgb", marched.Color);
                vectors.Check(prefix + "depth", marched.Depth);
                vectors.Check(prefix + "weights", marched.Weights);
                vectors.Check(prefix + "weight_total", marched.Opacity);
                vectors.Check(prefix + "kernel", DepthKernel.Official.Values(marched.Centers, surface));
                Tensor[] gradients = Autograd.Gradients(
                    [marched.Color, marched.Depth, marched.Weights, marched.Opacity], cotangents, [colors, densities]);
                vectors.Check($"{prefix}grad_colors{suffix}", gradients[0]);
                vectors.Check($"{prefix}grad_densities{suffix}", gradients[1]);
            }
        }

        vectors.CheckNothingForgotten();
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Equation_1_and_the_kernel_match_the_paper(string configuration)
    {
        using var vectors = new VectorCase("render/paper_eq1.safetensors", configuration);
        DepthKernel?[] kernels = [null, .. vectors.Config.GetProperty("kernels").EnumerateArray().Select(Kernel)];
        for (int i = 0; i < vectors.Config.GetProperty("cases").GetArrayLength(); i++)
        {
            string prefix = $"e{i}.";
            Tensor colors = vectors.Leaf(vectors.Get(prefix + "colors")), sigma = vectors.Leaf(vectors.GetSamples(prefix + "sigma"));
            Tensor t = vectors.GetSamples(prefix + "t"), delta = vectors.GetSamples(prefix + "delta"), surface = Surface(vectors, prefix);
            for (int j = 0; j < kernels.Length; j++)
            {
                string suffix = j == 0 ? string.Empty : $"_k{j - 1}";
                (Tensor scaledSigma, Tensor scaledColors) = (sigma, colors);
                if (kernels[j] is { } kernel)
                {
                    vectors.Check($"{prefix}k{j - 1}", kernel.Values(t, surface));
                    (scaledSigma, scaledColors) = kernel.ScaleGradients(sigma, colors, t, surface);
                }

                MarchingResult marched = VolumeMarching.Composite(VolumeMarching.Weights(scaledSigma, delta), scaledColors, t);
                Tensor depth = (marched.Weights * t).Sum([-1]);
                vectors.Check(prefix + "rgb", marched.Color);
                vectors.Check(prefix + "depth", depth);
                vectors.Check(prefix + "depth_normalised", marched.Depth);
                vectors.Check(prefix + "weights", marched.Weights);
                vectors.Check(prefix + "weight_total", marched.Opacity);
                Tensor[] gradients = Autograd.Gradients(
                    [marched.Color, depth, marched.Weights, marched.Opacity],
                    [
                        vectors.Get(prefix + "cot_rgb"),
                        vectors.GetSamples(prefix + "cot_depth"),
                        vectors.GetSamples(prefix + "cot_weights"),
                        vectors.GetSamples(prefix + "cot_weight_total"),
                    ],
                    [sigma, colors]);
                vectors.Check($"{prefix}grad_sigma{suffix}", gradients[0]);
                vectors.Check($"{prefix}grad_colors{suffix}", gradients[1]);
            }
        }

        vectors.CheckNothingForgotten();
    }

    internal static DepthKernel Kernel(JsonElement config)
    {
        double s1 = config.GetProperty("s1").GetDouble(), min = config.GetProperty("cmin").GetDouble(), max = config.GetProperty("cmax").GetDouble();
        double s2 = config.GetProperty("s2").GetDouble();
        return min == 0 ? DepthKernel.WithoutFloor(s1, s2, max) : DepthKernel.Paper(s1, s2, min, max);
    }

    // The file has the surface as (N, R, 1, 1).
    private static Tensor Surface(VectorCase vectors, string prefix)
    {
        long[] shape = vectors.File.Shape(prefix + "target_depth");
        return vectors.Get(prefix + "target_depth", (int)shape[0], (int)shape[1]);
    }
}
