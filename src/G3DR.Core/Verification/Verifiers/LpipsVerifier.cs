using System.Text.Json;
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

    public override bool KnowsConfig(JsonElement config) => base.KnowsConfig(config) && BackboneOf(config) is not null;

    protected override bool IsLarge(ReferenceVectors vectors) => BackboneOf(vectors.Config) is (PerceptualBackbone.Vgg16, _);

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

        using Lpips lpips = run.Fill(new Lpips(Initializer.Empty(run.Device, run.DType), backbone));
        lpips.Load(heads, new() { Strict = false });
        Tensor first = VectorRun.Leaf(run.MadeImages("input0")), second = VectorRun.Leaf(Blend(run, first));
        List<VectorCheck> rows = [];
        Tensor distance = lpips.Distance(first, second, observe: run.Observe(rows));
        foreach (VectorCheck row in rows)
        {
            yield return row;
        }

        yield return run.Check("distance", distance);
        double[] cotangent = [.. Enumerable.Range(1, distance.Shape[0])];
        Tensor[] gradients = Autograd.Gradients([distance], [Tensor.FromArray(run.Device, cotangent, [cotangent.Length], run.DType)], [first, second]);
        yield return run.CheckImageGradient("grad_in0", gradients[0]);
        yield return run.CheckImageGradient("grad_in1", gradients[1]);
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
