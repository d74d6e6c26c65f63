using System.Text.Json;
using G3DR.Core.Tensors;
using G3DR.Core.Verification;
using G3DR.Tests.Support;

namespace G3DR.Tests.Rendering;

/// <summary>
/// One file of reference vectors on one device in one precision. In float32 results must be within the file's tolerance; in float64 within 1e-7 of the largest
/// expected value, which is what the rounding of the stored values leaves.
/// </summary>
internal sealed class VectorCase : IDisposable
{
    private readonly TestDevice _device;
    private readonly ReferenceVectors _vectors;
    private readonly TensorScope _scope;
    private readonly HashSet<string> _checked = [];

    public VectorCase(string file, string configuration)
    {
        DType = configuration == Double ? DType.Float64 : DType.Float32;
        _device = configuration == Double ? new() : TestDevice.Create(configuration);
        _vectors = Vectors.Open(file);
        _scope = TensorScope.Begin(_device);
    }

    public const string Double = "float64";

    public static TheoryData<string> Configurations
    {
        get
        {
            TheoryData<string> data = TestDevice.Configurations;
            data.Add(Double);
            return data;
        }
    }

    public DType DType { get; }

    public G3DR.Compute.Accelerator Device => _device;

    public JsonElement Config => _vectors.Config;

    public ReferenceVectors File => _vectors;

    /// <summary>A tensor of the file, under its own shape or, with the same elements, another.</summary>
    public Tensor Get(string name, params int[] shape)
    {
        int[] sizes = shape.Length > 0 ? shape : [.. _vectors.Shape(name).Select(n => (int)n)];
        if (sizes.Contains(-1))
        {
            int others = sizes.Where(n => n >= 0).Aggregate(1, (a, b) => a * b);
            sizes[Array.IndexOf(sizes, -1)] = _vectors.Singles(name).Length / others;
        }

        return DType == DType.Float32
            ? Tensor.FromArray(Device, _vectors.Singles(name), sizes)
            : Tensor.FromArray(Device, _vectors.Doubles(name), sizes);
    }

    /// <summary>A tensor of the file without its last axis of length 1.</summary>
    public Tensor GetSamples(string name) => Get(name, [.. _vectors.Shape(name)[..^1].Select(n => (int)n)]);

    /// <summary>A tensor (..., C, H, W) of the file as (..., H, W, C).</summary>
    public Tensor GetImages(string name)
    {
        int[] sizes = [.. _vectors.Shape(name).Select(n => (int)n)];
        int channels = sizes[^3], texels = sizes[^2] * sizes[^1];
        int[] shape = [.. sizes[..^3], sizes[^2], sizes[^1], channels];
        double[] values = Transpose(_vectors.Doubles(name), channels, texels);
        return DType == DType.Float32
            ? Tensor.FromArray(Device, Array.ConvertAll(values, v => (float)v), shape)
            : Tensor.FromArray(Device, values, shape);
    }

    public Tensor Leaf(Tensor tensor)
    {
        tensor.RequiresGrad = true;
        return tensor;
    }

    public void Check(string name, Tensor actual) => Check(name, actual.ToDoubles());

    /// <summary>Compares a tensor (..., H, W, C) with one of the file (..., C, H, W).</summary>
    public void CheckImages(string name, Tensor actual)
    {
        int channels = actual.Shape[^1], texels = actual.Shape[^3] * actual.Shape[^2];
        Check(name, Transpose(actual.ToDoubles(), texels, channels));
    }

    /// <summary>Fails if an output of the file was not checked.</summary>
    public void CheckNothingForgotten(Func<string, bool>? concerns = null)
    {
        string[] forgotten = [.. _vectors.NamesOf(TensorRole.Output).Where(name => !_checked.Contains(name) && (concerns?.Invoke(name) ?? true))];
        Assert.True(forgotten.Length == 0, $"not checked: {string.Join(", ", forgotten)}");
    }

    public void Dispose()
    {
        _scope.Dispose();
        _vectors.Dispose();
        _device.Dispose();
    }

    public void Check(string name, double[] actual)
    {
        _checked.Add(name);
        VectorResult result = _vectors.Compare(name, actual);
        Vectors.AssertOk(result);
        if (DType == DType.Float64)
        {
            double[] expected = _vectors.Doubles(name);
            double tolerance = 1e-7 * expected.Max(Math.Abs);
            Assert.True(result.MaxError <= tolerance, $"{name}: float64 error {result.MaxError:g3}, tolerance {tolerance:g3}");
        }
    }

    // Each block of rows x columns becomes columns x rows.
    private static double[] Transpose(double[] values, int rows, int columns)
    {
        double[] result = new double[values.Length];
        int block = rows * columns;
        for (int i = 0; i < values.Length; i++)
        {
            int within = i % block;
            result[i - within + (within % columns * rows) + (within / columns)] = values[i];
        }

        return result;
    }
}
