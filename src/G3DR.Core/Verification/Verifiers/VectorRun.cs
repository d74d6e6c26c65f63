using System.Text.Json;
using G3DR.Compute;
using G3DR.Core.Tensors;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>One pass over a file of reference vectors on one path: reads its tensors to the device and compares results with it.</summary>
internal sealed class VectorRun : IDisposable
{
    // Expected values were computed in float64 and rounded to float32 (2^-24 = 6e-8 of the value): what a float64 computation may differ from them by.
    private const double Float64Tolerance = 1e-7;

    // Below this, of values of any size, float64 rounding may show.
    private const double Float64Floor = 1e-12;

    private readonly ReferenceVectors _file;
    private readonly TensorScope _scope;

    public VectorRun(ReferenceVectors file, Accelerator device, VerificationPath path)
    {
        (_file, Device, Path) = (file, device, path);
        _scope = TensorScope.Begin(device);
    }

    public Accelerator Device { get; }

    public VerificationPath Path { get; }

    /// <summary>Full path of the file, where other data may lie beside it.</summary>
    public string FilePath { get; init; } = string.Empty;

    public DType DType => Path == VerificationPath.Float64 ? DType.Float64 : DType.Float32;

    public JsonElement Config => _file.Config;

    /// <summary>Whether the reference computed a step in single precision even in its float64 run: float64 is then held to no more than single precision.</summary>
    public bool ReferenceIsSingle { get; set; }

    /// <summary>Another pass over the same file.</summary>
    public VectorRun Again(VerificationPath path) => new(_file, Device, path) { FilePath = FilePath };

    public bool Contains(string name) => _file.Contains(name);

    /// <summary>A tensor of integers of the file.</summary>
    public long[] Integers(string name) => _file.Integers(name);

    /// <summary>Shape of a tensor of the file.</summary>
    public int[] Shape(string name) => [.. _file.Shape(name).Select(size => checked((int)size))];

    /// <summary>A tensor of the file under its own shape.</summary>
    public Tensor Get(string name) => Get(name, Shape(name));

    /// <summary>A tensor of the file under another shape with the same elements.</summary>
    public Tensor Get(string name, params int[] shape) => DType == DType.Float32
        ? Tensor.FromArray(Device, _file.Singles(name), shape)
        : Tensor.FromArray(Device, _file.Doubles(name), shape);

    /// <summary>A tensor of the file without its last axis, which has length 1.</summary>
    public Tensor GetSamples(string name) => Get(name, Shape(name)[..^1]);

    /// <summary>A tensor of the file with one number per ray, (N, R) in the file's order of pixels whatever axes follow.</summary>
    public Tensor GetPerRay(string name, Tensor rays) => Get(name, rays.Shape[0], rays.Shape[1]);

    /// <summary>A tensor (..., C, H, W) of the file as (..., H, W, C).</summary>
    public Tensor GetImages(string name)
    {
        int[] sizes = Shape(name);
        if (sizes.Length < 3)
        {
            throw new FormatException($"'{name}' must have shape (..., C, H, W); the file has {new Shape(sizes)}.");
        }

        double[] values = Transpose(_file.Doubles(name), sizes[^3], sizes[^2] * sizes[^1]);
        int[] shape = [.. sizes[..^3], sizes[^2], sizes[^1], sizes[^3]];
        return Tensor.FromArray(Device, values, shape, DType);
    }

    /// <summary>The same tensor, as a leaf whose gradient will be asked for.</summary>
    public static Tensor Leaf(Tensor tensor)
    {
        tensor.RequiresGrad = true;
        return tensor;
    }

    /// <summary>Compares a computed tensor with an output of the file.</summary>
    public VectorCheck Check(string name, Tensor actual) => Check(name, actual.ToDoubles());

    /// <summary>Compares a computed tensor (..., H, W, C) with an output (..., C, H, W) of the file.</summary>
    public VectorCheck CheckImages(string name, Tensor actual) =>
        Check(name, Transpose(actual.ToDoubles(), actual.Shape[^3] * actual.Shape[^2], actual.Shape[^1]));

    /// <summary>Compares computed values with an output of the file.</summary>
    public VectorCheck Check(string name, double[] actual)
    {
        VectorResult result = _file.Compare(name, actual);
        return new(Path, Path == VerificationPath.Float64 && !ReferenceIsSingle ? Tighten(result) : result);
    }

    /// <summary>Compares computed values with a tensor of the file whose tolerance the file states in words only.</summary>
    public VectorCheck CheckWithin(string name, double[] actual, double tolerance) => CheckWithin(name, actual, new VectorTolerance(tolerance));

    /// <inheritdoc cref="CheckWithin(string, double[], double)"/>
    public VectorCheck CheckWithin(string name, double[] actual, VectorTolerance tolerance) => new(Path, _file.Compare(name, actual, tolerance));

    /// <summary>Compares computed values with numbers of the file that are no tensor.</summary>
    public VectorCheck CheckWithin(string name, double[] expected, double[] actual, double tolerance) =>
        new(Path, VectorComparison.Compare(name, expected, actual, new VectorTolerance(tolerance)));

    /// <summary>Compares a gradient through ReLU or max-pooling; in double precision nothing flips, so that the plain rule holds.</summary>
    public VectorCheck CheckGradient(string name, Tensor actual) => CheckGradient(name, actual.ToDoubles());

    /// <inheritdoc cref="CheckGradient(string, Tensor)"/>
    public VectorCheck CheckImageGradient(string name, Tensor actual) =>
        CheckGradient(name, Transpose(actual.ToDoubles(), actual.Shape[^3] * actual.Shape[^2], actual.Shape[^1]));

    /// <summary>
    /// Compares each activation that a network tells of and the file has: pictures (N, H, W, C) with (N, C, H, W), others as they are. The rows come when the network is done.
    /// </summary>
    public Action<string, Tensor> Observe(ICollection<VectorCheck> rows) => (name, activation) =>
    {
        if (Contains(name))
        {
            rows.Add(activation.Rank == 4 ? CheckImages(name, activation) : Check(name, activation));
        }
    };

    public void Dispose() => _scope.Dispose();

    private VectorCheck CheckGradient(string name, double[] actual) =>
        Path == VerificationPath.Float64 ? Check(name, actual) : new(Path, _file.CompareKinked(name, actual));

    private VectorResult Tighten(VectorResult result)
    {
        double scale = _file.Doubles(result.Tensor).Select(Math.Abs).DefaultIfEmpty(0).Max();
        double limit = Math.Min(result.Tolerance, Math.Max(Float64Tolerance * scale, Float64Floor));
        return result.Ok && result.MaxError > limit
            ? result with { Tolerance = limit, Ok = false, Failure = "within the tolerance of float32, but not of float64" }
            : result with { Tolerance = limit };
    }

    // Each block of rows x columns becomes columns x rows.
    private static double[] Transpose(double[] values, int rows, int columns)
    {
        var result = new double[values.Length];
        int block = rows * columns;
        for (int i = 0; i < values.Length; i++)
        {
            int within = i % block;
            result[i - within + (within % columns * rows) + (within / columns)] = values[i];
        }

        return result;
    }
}
