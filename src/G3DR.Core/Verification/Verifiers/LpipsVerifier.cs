using System.Text.Json;
using G3DR.Compute.OpenCl;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>
/// lpips_*: distances with hash-made backbones and the authors' heads, which lie in <c>data/lpips</c>: two folders above the file, or in the folder that the environment
/// variable G3DR_TEST_DATA names.
/// </summary>
internal sealed class LpipsVerifier() : PretrainedVerifier(Family)
{
    private const string Family = "lpips_", HeadsFolder = "data/lpips";

    // Norm of the differences that a flipped unit makes, as a part of that of the gradient: far less than what a mistake makes.
    private const double FlippedShare = 0.01;

    public override bool KnowsConfig(JsonElement config) => base.KnowsConfig(config) && BackboneOf(config) is not null;

    protected override bool IsLarge(ReferenceVectors vectors) => BackboneOf(vectors.Config) is { Backbone: PerceptualBackbone.Vgg16 };

    protected override IEnumerable<VectorCheck> Verify(VectorRun run)
    {
        (PerceptualBackbone backbone, string name) = BackboneOf(run.Config)!.Value;
        if (FindHeads(run.FilePath, $"{name}.safetensors") is not { } heads)
        {
            yield return new(run.Path, new("(heads)", double.PositiveInfinity, 0, Ok: false)
            {
                Failure = $"needs the LPIPS heads: {HeadsFolder}/{name}.safetensors, two folders above the file or where G3DR_TEST_DATA points",
            });
            yield break;
        }

        using Lpips lpips = Make(run, backbone, heads);
        (Tensor first, Tensor second) = Inputs(run);
        List<VectorCheck> rows = [];
        Tensor distance = lpips.Distance(first, second, observe: run.Observe(rows));
        rows.Add(run.Check("distance", distance));
        foreach (VectorCheck row in rows)
        {
            yield return row;
        }

        VectorCheck[] gradients = Gradients(run, distance, first, second);
        bool flipped = gradients.Any(row => !row.Result.Ok) && gradients.All(row => row.Result.MaxError < FlippedShare);
        if (flipped && run.Path != VerificationPath.Float64 && run.Device is not OpenClAccelerator { Device.HasFloat64: false })
        {
            // A few units are zero up to rounding, and one of them decided otherwise than in the reference; in double precision none does.
            using VectorRun exact = run.Again(VerificationPath.Float64);
            using Lpips precise = Make(exact, backbone, heads);
            (first, second) = Inputs(exact);
            gradients = Gradients(exact, precise.Distance(first, second), first, second);
        }

        foreach (VectorCheck row in gradients)
        {
            yield return row;
        }
    }

    private static Lpips Make(VectorRun run, PerceptualBackbone backbone, string heads)
    {
        Lpips lpips = run.Fill(new Lpips(Initializer.Empty(run.Device, run.DType), backbone));
        try
        {
            lpips.Load(heads, new() { Strict = false });
            return lpips;
        }
        catch
        {
            lpips.Dispose();
            throw;
        }
    }

    private static (Tensor First, Tensor Second) Inputs(VectorRun run)
    {
        Tensor first = run.MadeImages("input0");
        return (VectorRun.Leaf(first), VectorRun.Leaf(Blend(run, first)));
    }

    private static VectorCheck[] Gradients(VectorRun run, Tensor distance, Tensor first, Tensor second)
    {
        double[] cotangent = [.. Enumerable.Range(1, distance.Shape[0])];
        Tensor[] gradients = Autograd.Gradients([distance], [Tensor.FromArray(run.Device, cotangent, [cotangent.Length], run.DType)], [first, second]);
        return [run.CheckImageGradient("grad_in0", gradients[0]), run.CheckImageGradient("grad_in1", gradients[1])];
    }

    // The recipe of the second input reads the first: the mean of it and of hashed numbers, rounded to single precision.
    private static Tensor Blend(VectorRun run, Tensor first)
    {
        const string name = "input1";
        int[] sizes = [.. run.Config.Entry("inputs").Entry(name).Items("shape").Select(size => size.GetInt32())];
        double[] hashed = run.Made(name, sizes, new(2)).Permute(0, 2, 3, 1).ToDoubles(), other = first.ToDoubles();
        double[] mean = [.. hashed.Zip(other, (a, b) => (double)(float)((0.5 * a) + (0.5 * b)))];
        return Tensor.FromArray(run.Device, mean, first.Shape, run.DType);
    }

    private static (PerceptualBackbone Backbone, string Name)? BackboneOf(JsonElement config)
    {
        string model = config.Text("model");
        return model.Contains("net=vgg ", StringComparison.Ordinal) ? (PerceptualBackbone.Vgg16, "vgg")
            : model.Contains("net=alex ", StringComparison.Ordinal) ? (PerceptualBackbone.AlexNet, "alex")
            : model.Contains("net=squeeze ", StringComparison.Ordinal) ? (PerceptualBackbone.SqueezeNet, "squeeze")
            : null;
    }

    private static string? FindHeads(string file, string name)
    {
        string?[] roots = [Path.Combine(Path.GetDirectoryName(file) ?? string.Empty, "..", ".."), Environment.GetEnvironmentVariable("G3DR_TEST_DATA")];
        return roots.Where(root => !string.IsNullOrEmpty(root)).Select(root => Path.Combine(root!, HeadsFolder, name)).FirstOrDefault(File.Exists);
    }
}
