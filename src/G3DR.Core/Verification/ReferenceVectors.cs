using System.Collections.ObjectModel;
using System.Text.Json;
using G3DR.Core.Weights;

namespace G3DR.Core.Verification;

/// <summary>
/// A file of reference vectors: a safetensors file whose metadata state the sizes of the case (<c>config</c>), what
/// each tensor is (<c>roles</c>), how far a result may be off (<c>tol</c>) and who made the values (<c>source</c>).
/// Files of networks with hash-made weights say it in other words; <see cref="HashedVectorMetadata"/> reads those.
/// </summary>
public sealed class ReferenceVectors : IDisposable
{
    private readonly SafetensorsFile file;
    private readonly Dictionary<string, TensorRole> roles = new(StringComparer.Ordinal);
    private readonly Dictionary<string, VectorTolerance> tolerances = new(StringComparer.Ordinal);
    private readonly HashedVectorMetadata? hashed;

    private ReferenceVectors(SafetensorsFile file)
    {
        this.file = file;
        if (HashedVectorMetadata.IsIn(file))
        {
            hashed = HashedVectorMetadata.Read(file);
            (Config, Source) = (hashed.Config, file.Metadata.GetValueOrDefault("model", string.Empty));
            foreach (WeightTensor entry in file.Entries)
                roles[entry.Name] = hashed.Outputs.ContainsKey(entry.Name) ? TensorRole.Output : TensorRole.Input;
            foreach ((string name, HashedOutput output) in hashed.Outputs)
            {
                RequireTensor("tensors", name);
                if (output.Tolerance is { } tolerance)
                    tolerances[name] = tolerance;
            }
            return;
        }
        Config = ParseJson("config");
        Source = file.Metadata.GetValueOrDefault("source", string.Empty);
        try
        {
            foreach (JsonProperty role in ParseJson("roles").EnumerateObject())
                AddRole(role);
            foreach (JsonProperty tolerance in ParseJson("tol").EnumerateObject())
                AddTolerance(tolerance);
        }
        catch (InvalidOperationException e)
        {
            // An escape of half a surrogate pair is valid JSON, but no text.
            throw new WeightsFormatException($"{file.Source}: a string of the metadata is not valid Unicode.", e);
        }
    }

    /// <summary>Every size and scalar of the case.</summary>
    public JsonElement Config { get; }

    /// <summary>The code that the expected values come from.</summary>
    public string Source { get; }

    /// <summary>Tensor name to role. Tensors without a role are not listed.</summary>
    public IReadOnlyDictionary<string, TensorRole> Roles => new ReadOnlyDictionary<string, TensorRole>(roles);

    /// <summary>All metadata strings of the file.</summary>
    public IReadOnlyDictionary<string, string> Metadata => file.Metadata;

    /// <summary>Opens a reference file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The vectors, to be disposed by the caller.</returns>
    /// <exception cref="WeightsFormatException">It is no safetensors file, or its metadata are not those of a reference file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ReferenceVectors Open(string path)
    {
        SafetensorsFile file = SafetensorsFile.Open(path);
        try
        {
            return new ReferenceVectors(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whether a safetensors file has the metadata of a reference file.</summary>
    /// <param name="file">An open file.</param>
    /// <returns>True if <c>config</c>, <c>roles</c> and <c>tol</c> are there, or <c>hash_prefix</c>; their content is not looked at.</returns>
    public static bool IsReference(SafetensorsFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return (file.Metadata.ContainsKey("config") && file.Metadata.ContainsKey("roles") && file.Metadata.ContainsKey("tol")) || HashedVectorMetadata.IsIn(file);
    }

    /// <summary>The tensors of a role.</summary>
    /// <param name="role">The role.</param>
    /// <returns>Their names, in the order of their data.</returns>
    public IReadOnlyList<string> NamesOf(TensorRole role) =>
        [.. file.Entries.Select(e => e.Name).Where(name => roles.TryGetValue(name, out TensorRole found) && found == role)];

    /// <summary>The tensors that the file states no role for, in the order of their data.</summary>
    public IReadOnlyList<string> NamesWithoutRole => [.. file.Entries.Select(e => e.Name).Where(name => !roles.ContainsKey(name))];

    /// <summary>Whether the file has a tensor.</summary>
    /// <param name="name">The name.</param>
    /// <returns>True if it has.</returns>
    public bool Contains(string name) => file.Contains(name);

    /// <summary>Shape of a tensor.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The dimensions, slowest first.</returns>
    /// <exception cref="KeyNotFoundException">The file has no such tensor.</exception>
    public long[] Shape(string name) => file[name].Shape;

    /// <summary>A tensor as singles.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The elements, row-major.</returns>
    /// <exception cref="KeyNotFoundException">The file has no such tensor.</exception>
    public float[] Singles(string name) => file[name].ReadSingles();

    /// <summary>A tensor as doubles.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The elements, row-major.</returns>
    /// <exception cref="KeyNotFoundException">The file has no such tensor.</exception>
    public double[] Doubles(string name) => file[name].ReadDoubles();

    /// <summary>A tensor of integers or booleans.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The elements, row-major.</returns>
    /// <exception cref="KeyNotFoundException">The file has no such tensor.</exception>
    /// <exception cref="InvalidOperationException">The tensor holds floating-point numbers.</exception>
    public long[] Integers(string name) => file[name].ReadInt64s();

    /// <summary>What the reference allows for a tensor.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The tolerance.</returns>
    /// <exception cref="KeyNotFoundException">The file states no tolerance for this tensor.</exception>
    public VectorTolerance Tolerance(string name) => tolerances.TryGetValue(name, out VectorTolerance tolerance)
        ? tolerance
        : throw new KeyNotFoundException($"{file.Source} states no tolerance for a tensor '{name}'.");

    /// <summary>
    /// Compares a computed tensor with the reference. NaN never passes, an infinity only where the same one is
    /// expected, another number of elements never.
    /// </summary>
    /// <param name="name">Name of the reference tensor.</param>
    /// <param name="actual">The computed values, row-major.</param>
    /// <returns>The row of the verification; a mismatch is a result, not an exception.</returns>
    /// <exception cref="KeyNotFoundException">The file has no such tensor or states no tolerance for it.</exception>
    public VectorResult Compare(string name, ReadOnlySpan<double> actual)
    {
        return Compare(name, actual, Tolerance(name));
    }

    /// <summary>As <see cref="Compare(string, ReadOnlySpan{double})"/>, with a tolerance that the file states in words only.</summary>
    internal VectorResult Compare(string name, ReadOnlySpan<double> actual, in VectorTolerance tolerance) => Stored(name, actual, out double[] chosen) is { } mismatch
        ? VectorComparison.Mismatch(name, tolerance, mismatch)
        : VectorComparison.Compare(name, Doubles(name), chosen, tolerance);

    /// <summary>The rule for gradients through ReLU and max-pooling; see <see cref="VectorTolerance.RelativeL2"/>.</summary>
    internal VectorResult CompareKinked(string name, ReadOnlySpan<double> actual) => Stored(name, actual, out double[] chosen) is { } mismatch
        ? VectorComparison.Mismatch(name, Tolerance(name), mismatch)
        : VectorComparison.CompareKinked(name, Doubles(name), chosen, Tolerance(name));

    /// <inheritdoc cref="Compare(string, ReadOnlySpan{double})"/>
    public VectorResult Compare(string name, ReadOnlySpan<float> actual)
    {
        double[] wide = new double[actual.Length];
        for (int i = 0; i < wide.Length; i++)
            wide[i] = actual[i];
        return Compare(name, wide);
    }

    /// <summary>Compares computed integers with the reference, without a detour over doubles.</summary>
    /// <param name="name">Name of the reference tensor, of an integer type.</param>
    /// <param name="actual">The computed values, row-major.</param>
    /// <returns>The row of the verification.</returns>
    /// <exception cref="KeyNotFoundException">The file has no such tensor or states no tolerance for it.</exception>
    /// <exception cref="InvalidOperationException">The reference tensor holds floating-point numbers.</exception>
    public VectorResult Compare(string name, ReadOnlySpan<long> actual)
    {
        VectorTolerance tolerance = Tolerance(name);
        return VectorComparison.Compare(name, Integers(name), actual, tolerance);
    }

    /// <summary>As <see cref="Compare(string, ReadOnlySpan{double})"/>, and the shape must be the reference's as well.</summary>
    /// <param name="name">Name of the reference tensor.</param>
    /// <param name="actual">The computed values, row-major.</param>
    /// <param name="shape">Their shape, slowest dimension first.</param>
    /// <returns>The row of the verification.</returns>
    /// <exception cref="KeyNotFoundException">The file has no such tensor or states no tolerance for it.</exception>
    public VectorResult Compare(string name, ReadOnlySpan<double> actual, ReadOnlySpan<long> shape)
    {
        long[] expected = Shape(name);
        return shape.SequenceEqual(expected)
            ? Compare(name, actual)
            : VectorComparison.Mismatch(name, Tolerance(name), $"shape [{string.Join(", ", shape.ToArray())}], expected [{string.Join(", ", expected)}]");
    }

    /// <summary>Shape of the tensor that a slice was taken of; the stored shape where all of it is stored.</summary>
    internal long[] FullShape(string name) => hashed?.Outputs.GetValueOrDefault(name)?.Shape ?? Shape(name);

    // What the file stores of a whole tensor, or why that cannot be.
    private string? Stored(string name, ReadOnlySpan<double> actual, out double[] stored)
    {
        int stride = hashed?.Outputs.GetValueOrDefault(name)?.Stride ?? 1;
        if (stride == 1)
        {
            stored = actual.ToArray();
            return null;
        }

        long needed = FullShape(name).Aggregate(1L, (product, size) => product * size);
        stored = new double[(actual.Length + stride - 1) / stride];
        for (int i = 0; i < stored.Length; i++)
            stored[i] = actual[i * stride];
        return actual.Length == needed ? null : $"{actual.Length} elements, expected {needed}";
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => file.Dispose();

    private JsonElement ParseJson(string key)
    {
        if (!file.Metadata.TryGetValue(key, out string? text))
            throw new WeightsFormatException($"{file.Source} is no file of reference vectors: its metadata have no '{key}'.");
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw Malformed(key, "it must be a JSON object");
        }
        catch (JsonException e)
        {
            throw new WeightsFormatException($"{file.Source}: metadata '{key}' is not valid JSON ({e.Message})", e);
        }
    }

    private void AddRole(JsonProperty role)
    {
        RequireTensor("roles", role.Name);
        roles[role.Name] = (role.Value.ValueKind == JsonValueKind.String ? role.Value.GetString() : null) switch
        {
            "input" => TensorRole.Input,
            "param" => TensorRole.Param,
            "cotangent" => TensorRole.Cotangent,
            "output" => TensorRole.Output,
            "check" => TensorRole.Check,
            _ => throw Malformed("roles", $"'{role.Name}' must be input, param, cotangent, output or check"),
        };
    }

    private void AddTolerance(JsonProperty stated)
    {
        RequireTensor("tol", stated.Name);
        if (stated.Value.ValueKind != JsonValueKind.Object)
            throw Malformed("tol", $"'{stated.Name}' must be an object");
        bool exact = stated.Value.TryGetProperty("exact", out JsonElement flag) && flag.ValueKind == JsonValueKind.True;
        double maximum = exact
            ? 0
            : Number(stated, "atol") ?? throw Malformed("tol", $"'{stated.Name}' has neither 'exact' nor 'atol'");
        tolerances[stated.Name] = new VectorTolerance(maximum, Number(stated, "mean_atol"), Number(stated, "f32_err"), Number(stated, "scale"));
    }

    private double? Number(JsonProperty stated, string key)
    {
        if (!stated.Value.TryGetProperty(key, out JsonElement value))
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number) && number >= 0)
            return number;
        throw Malformed("tol", $"'{key}' of '{stated.Name}' must be a finite number, 0 or more");
    }

    private void RequireTensor(string key, string name)
    {
        if (!file.Contains(name))
            throw Malformed(key, $"'{name}' is no tensor of the file");
    }

    private WeightsFormatException Malformed(string key, string what) => new($"{file.Source}: metadata '{key}' is malformed: {what}.");
}
