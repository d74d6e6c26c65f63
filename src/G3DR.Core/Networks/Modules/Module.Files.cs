using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using G3DR.Core.Tensors;
using G3DR.Core.Weights;

namespace G3DR.Core.Networks;

/// <content>Weights files.</content>
public abstract partial class Module
{
    // Elements that pass through host memory at a time.
    private const int HostPiece = 1 << 18;

    /// <summary>Overwrites parameters and buffers with those of a file. Unless everything fits, nothing is changed.</summary>
    /// <param name="path">Any file that <see cref="WeightFile.Open"/> reads.</param>
    /// <param name="options">How names are matched; strict by default.</param>
    /// <param name="cancel">Stops before the first tensor is changed.</param>
    /// <returns>What was loaded and what was not.</returns>
    /// <exception cref="WeightLoadException">Tensors are missing, not needed or of another shape; the message names all of them.</exception>
    /// <exception cref="WeightsFormatException">The file is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public WeightLoadReport Load(string path, WeightLoadOptions? options = null, CancellationToken cancel = default)
    {
        using WeightFile file = WeightFile.Open(path);
        return Load(file, options, cancel);
    }

    /// <param name="file">The weights.</param>
    /// <param name="options">How names are matched; strict by default.</param>
    /// <param name="cancel">Stops before the first tensor is changed.</param>
    /// <inheritdoc cref="Load(string, WeightLoadOptions?, CancellationToken)"/>
    public WeightLoadReport Load(WeightFile file, WeightLoadOptions? options = null, CancellationToken cancel = default) =>
        WeightLoader.Load(State, file, options, cancel);

    /// <summary>Writes parameters and buffers as safetensors, beside the target first.</summary>
    /// <param name="path">The file.</param>
    /// <param name="metadata">What the file says about itself: licence, origin; or null.</param>
    /// <param name="dtype">Stored element type: F32, or F16 or BF16 for half the size. A module in double precision is stored as F64.</param>
    /// <param name="progress">Told after every tensor.</param>
    /// <param name="cancel">Stops the work; no file is left.</param>
    /// <exception cref="ArgumentException">The element type is another.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(
        string path,
        IReadOnlyDictionary<string, string>? metadata = null,
        WeightDtype dtype = WeightDtype.F32,
        IProgress<WeightProgress>? progress = null,
        CancellationToken cancel = default)
    {
        RequireStorable(dtype);
        var writer = new SafetensorsWriter();
        foreach ((string key, string text) in metadata ?? new Dictionary<string, string>())
        {
            writer.Metadata.Add(key, text);
        }

        int done = 0;
        IReadOnlyDictionary<string, Tensor> state = State;
        foreach ((string name, Tensor tensor) in state)
        {
            long[] shape = [.. tensor.Shape.Select(size => (long)size)];
            WeightDtype stored = tensor.DType == DType.Float64 ? WeightDtype.F64 : dtype;
            writer.Add(name, stored, shape, stream =>
            {
                WriteElements(stream, tensor, stored, cancel);
                progress?.Report(new(++done, state.Count, name));
            });
        }

        writer.Save(path);
    }

    /// <summary>A hash of names, shapes and values of all tensors, as 16 hexadecimal digits: equal for networks that compute the same.</summary>
    internal string ComputeFingerprint()
    {
        using var sha = SHA256.Create();
        using var stream = new CryptoStream(Stream.Null, sha, CryptoStreamMode.Write);
        foreach ((string name, Tensor tensor) in State)
        {
            stream.Write(Encoding.UTF8.GetBytes($"{name} {tensor.Shape} {tensor.DType}\n"));
            WriteElements(stream, tensor, tensor.DType == DType.Float64 ? WeightDtype.F64 : WeightDtype.F32, CancellationToken.None);
        }

        stream.FlushFinalBlock();
        return Convert.ToHexStringLower(sha.Hash!)[..16];
    }

    /// <summary>Refuses element types that <see cref="Save"/> does not write.</summary>
    internal static void RequireStorable(WeightDtype dtype)
    {
        if (dtype is not (WeightDtype.F32 or WeightDtype.F16 or WeightDtype.BF16))
        {
            throw new ArgumentException($"Weights are stored as F32, F16 or BF16; got {dtype}.", nameof(dtype));
        }
    }

    private static void WriteElements(Stream stream, Tensor tensor, WeightDtype dtype, CancellationToken cancel)
    {
        if (dtype == WeightDtype.F64)
        {
            cancel.ThrowIfCancellationRequested();
            stream.Write(MemoryMarshal.AsBytes<double>(tensor.ToDoubles()));
            return;
        }

        float[] piece = new float[Math.Min(HostPiece, tensor.Length)];
        byte[] bytes = new byte[piece.Length * dtype.Size()];
        for (long first = 0; first < tensor.Length; first += piece.Length)
        {
            cancel.ThrowIfCancellationRequested();
            int count = (int)Math.Min(piece.Length, tensor.Length - first);
            tensor.Accelerator.CopyToHost(tensor.View<float>().SubView(first, count), piece.AsSpan(0, count));
            Span<byte> encoded = bytes.AsSpan(0, count * dtype.Size());
            WeightConversion.FromSingles(piece.AsSpan(0, count), dtype, encoded);
            stream.Write(encoded);
        }
    }
}
