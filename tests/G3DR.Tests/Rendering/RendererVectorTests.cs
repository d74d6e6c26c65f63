using System.Text.Json;
using G3DR.Core.Rendering;
using G3DR.Core.Tensors;
using G3DR.Kernels.Rendering;

namespace G3DR.Tests.Rendering;

public class RendererVectorTests
{
    private static readonly string[] s_official = ["plain", "depth_pdf", "depth_guided", "single_level", "white_fixed_range"];
    private static readonly string[] s_paper = ["levels3", "directions"];

    public static TheoryData<string, string> Official => Cross(s_official);

    public static TheoryData<string, string> Paper => Cross(s_paper);

    [Theory]
    [MemberData(nameof(Official))]
    public void Official_renderer_matches_the_released_code(string variant, string configuration)
    {
        using var vectors = new VectorCase($"render/renderer_{variant}.safetensors", configuration);
        JsonElement config = vectors.Config;
        Tensor planes = vectors.Leaf(vectors.GetImages("planes"));
        using TriplaneDecoder decoder = DecoderVectorTests.Load(vectors, "decoder.");
        var rays = new RayBatch(vectors.Get("rays_o"), vectors.Get("rays_d"));
        int scenes = rays.Origins.Shape[0], count = rays.Origins.Shape[1];
        int fine = config.GetProperty("K").GetInt32();
        bool guided = config.TryGetProperty("random", out JsonElement draw) && draw.GetDouble() > 0.6;
        RenderSettings settings = RenderSettings.Official with
        {
            Levels = config.TryGetProperty("style", out _) ? 1 : 3,
            CoarseSamples = config.GetProperty("S").GetInt32(),
            FineSamples = fine,
            FineSampling = guided ? FineSampling.SurfaceGuided : FineSampling.Importance,
            BoxSize = config.GetProperty("box_warp").GetDouble(),
            WhiteBackground = config.TryGetProperty("white", out JsonElement white) && white.GetBoolean(),
            Near = config.TryGetProperty("start", out JsonElement start) ? start.GetDouble() : null,
            Far = config.TryGetProperty("end", out JsonElement end) ? end.GetDouble() : null,
            KeepIntermediates = true,
        };
        Tensor? surface = vectors.File.Contains("importance_depth") ? vectors.Get("importance_depth", scenes, count) : null;
        using RenderResult result = ComposedRenderer.Render(planes, decoder, rays, settings, surface, new()
        {
            CoarseNoise = vectors.GetSamples("noise"),
            FineNoise = vectors.File.Contains("u") ? vectors.Get("u", scenes, count, fine) : null,
        });

        vectors.Check("rgb", result.Color);
        vectors.Check("depth", result.Depth);
        vectors.Check("weight_total", result.Opacity);
        vectors.Check("depths_mid", result.Intermediates!.Centers);
        vectors.Check("depths_coarse", result.Intermediates.CoarseDistances);
        vectors.Check("depths_fine", result.Intermediates.FineDistances!);
        vectors.Check("all_depths", result.Distances);
        vectors.Check("all_sigma", result.Intermediates.Densities);
        CheckGradients(vectors, result, planes, decoder, string.Empty);
        vectors.CheckNothingForgotten();
    }

    [Theory]
    [MemberData(nameof(Paper))]
    public void Paper_renderer_matches_the_text(string variant, string configuration)
    {
        using var vectors = new VectorCase($"render/paper_{variant}.safetensors", configuration);
        JsonElement config = vectors.Config;
        Tensor planes = vectors.Leaf(vectors.GetImages("planes"));
        using TriplaneDecoder decoder = DecoderVectorTests.Load(vectors, "decoder.", usesDirections: config.GetProperty("dirs").GetBoolean());
        Tensor origins = vectors.Get("rays_o"), distances = vectors.GetSamples("t");
        int scenes = origins.Shape[0], count = origins.Shape[1];
        Tensor far = vectors.Get("far", scenes, count);
        var rays = new RayBatch(origins, vectors.Get("rays_d")) { Near = Tensor.Zeros(vectors.Device, far.Shape, vectors.DType), Far = far };
        double near = config.GetProperty("near").GetDouble(), end = config.GetProperty("far").GetDouble();
        Assert.Equal(config.GetProperty("s2_rule").GetDouble(), DepthKernel.HalfSampleDistance(near, end, distances.Shape[^1]), 1e-15);
        Tensor surface = vectors.Get("target_depth", scenes, count);
        RenderSettings settings = RenderSettings.Paper with
        {
            Levels = config.GetProperty("levels").GetInt32(),
            BoxSize = config.GetProperty("box_warp").GetDouble(),
            CoarseSampling = CoarseSampling.Given,
            CoarseSamples = distances.Shape[^1],
            KeepIntermediates = true,
        };
        DepthKernel?[] kernels = [null, .. config.GetProperty("kernels").EnumerateArray().Select(kernel => Kernel(kernel, config))];
        for (int j = 0; j < kernels.Length; j++)
        {
            using RenderResult result = ComposedRenderer.Render(
                planes,
                decoder,
                rays,
                settings with { Kernel = kernels[j] },
                kernels[j] is null ? null : surface,
                new() { CoarseDistances = distances });
            vectors.Check("rgb", result.Color);
            vectors.Check("depth", result.Depth);
            vectors.Check("weight_total", result.Opacity);
            vectors.Check("weights", result.Weights);
            vectors.Check("sigma", VolumeMarching.Density(result.Intermediates!.Densities));
            vectors.Check("colors", result.Intermediates.Colors);
            CheckGradients(vectors, result, planes, decoder, j == 0 ? string.Empty : $"_k{j - 1}");
        }

        vectors.CheckNothingForgotten();
    }

    private static void CheckGradients(VectorCase vectors, RenderResult result, Tensor planes, TriplaneDecoder decoder, string suffix)
    {
        string[] names = [.. decoder.Parameters.Keys];
        Tensor[] gradients = Autograd.Gradients(
            [result.Color, result.Depth, result.Opacity],
            [vectors.Get("cot_rgb"), vectors.GetSamples("cot_depth"), vectors.GetSamples("cot_weight_total")],
            [planes, .. decoder.Parameters.Values]);
        vectors.CheckImages($"grad_planes{suffix}", gradients[0]);
        for (int i = 0; i < names.Length; i++)
        {
            vectors.Check($"grad_decoder.{names[i]}{suffix}", gradients[i + 1]);
        }
    }

    private static DepthKernel Kernel(JsonElement kernel, JsonElement config)
    {
        JsonElement s2 = kernel.GetProperty("s2");
        return DepthKernel.Paper(
            kernel.GetProperty("s1").GetDouble(),
            s2.ValueKind == JsonValueKind.Null ? config.GetProperty("s2_rule").GetDouble() : s2.GetDouble(),
            kernel.GetProperty("cmin").GetDouble(),
            kernel.GetProperty("cmax").GetDouble());
    }

    private static TheoryData<string, string> Cross(string[] variants)
    {
        var data = new TheoryData<string, string>();
        foreach (string variant in variants)
        {
            foreach (string configuration in VectorCase.Configurations)
            {
                data.Add(variant, configuration);
            }
        }

        return data;
    }
}
