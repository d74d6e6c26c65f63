using System.Buffers.Binary;
using G3DR.Core.IO;

namespace G3DR.Core.Weights;

/// <summary>
/// Writes safetensors files. Tensors are declared first and their data produced one after the other while the file
/// is written, so that a model need not be held twice. The same tensors and metadata give the same bytes whatever the
/// order they were added in: as in the official library, tensors stand by falling element size, then by name, and
/// the header is padded with spaces to a multiple of 8.
/// </summary>
public sealed class SafetensorsWriter
{
    // A multiple of every element's size.
    private const int ChunkBytes = 1 << 20;

    private readonly Dictionary<string, Pending> tensors = new(StringComparer.Ordinal);

    private delegate void Encoding<T>(ReadOnlySpan<T> source, Span<byte> destination);

    private sealed record Pending(string Name, byte[] SortKey, WeightDtype Dtype, long[] Shape, long ByteCount, Action<Stream> Write);

    /// <summary>Strings for <c>__metadata__</c>; left out of the file if empty.</summary>
    public IDictionary<string, string> Metadata { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Number of declared tensors.</summary>
    public int Count => tensors.Count;

    /// <summary>Declares a tensor whose data are produced while the file is written.</summary>
    /// <param name="name">A name that is not in use yet.</param>
    /// <param name="dtype">The stored element type.</param>
    /// <param name="shape">The dimensions, slowest first; empty for a scalar.</param>
    /// <param name="write">Writes exactly the tensor's little-endian bytes; called once per file written.</param>
    /// <exception cref="ArgumentException">The name or shape is not possible, or the name is in use.</exception>
    public void Add(string name, WeightDtype dtype, ReadOnlySpan<long> shape, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(write);
        if (name == SafetensorsHeader.MetadataKey)
            throw new ArgumentException($"{SafetensorsHeader.MetadataKey} is reserved and cannot name a tensor.", nameof(name));
        long bytes = CheckShape(name, dtype, shape);
        var tensor = new Pending(name, SafetensorsJson.Utf8(name), dtype, shape.ToArray(), bytes, write);
        if (!tensors.TryAdd(name, tensor))
            throw new ArgumentException($"A tensor {SafetensorsHeader.Quote(name)} was added already.", nameof(name));
    }

    /// <summary>Declares a tensor of singles, stored as they are or rounded to another floating-point type.</summary>
    /// <param name="name">A name that is not in use yet.</param>
    /// <param name="shape">The dimensions, slowest first.</param>
    /// <param name="data">The elements, row-major; read while the file is written.</param>
    /// <param name="dtype">F32, F16, BF16 or F64.</param>
    /// <exception cref="ArgumentException">Name, shape or type is not possible, or the length does not fit the shape.</exception>
    public void Add(string name, ReadOnlySpan<long> shape, ReadOnlyMemory<float> data, WeightDtype dtype = WeightDtype.F32)
    {
        if (dtype is not (WeightDtype.F16 or WeightDtype.BF16 or WeightDtype.F32 or WeightDtype.F64))
            throw new ArgumentException($"Singles can be stored as F16, BF16, F32 or F64, not as {dtype.SafetensorsName()}.", nameof(dtype));
        CheckCount(name, shape, data.Length);
        Add(name, dtype, shape, stream => WriteChunks(stream, data, dtype, (source, bytes) => WeightConversion.FromSingles(source, dtype, bytes)));
    }

    /// <summary>Declares a tensor of doubles.</summary>
    /// <param name="name">A name that is not in use yet.</param>
    /// <param name="shape">The dimensions, slowest first.</param>
    /// <param name="data">The elements, row-major; read while the file is written.</param>
    /// <exception cref="ArgumentException">Name or shape is not possible, or the length does not fit the shape.</exception>
    public void Add(string name, ReadOnlySpan<long> shape, ReadOnlyMemory<double> data)
    {
        CheckCount(name, shape, data.Length);
        Add(name, WeightDtype.F64, shape, stream => WriteChunks(stream, data, WeightDtype.F64, EncodeDoubles));
    }

    /// <summary>Declares a tensor of 64-bit integers.</summary>
    /// <param name="name">A name that is not in use yet.</param>
    /// <param name="shape">The dimensions, slowest first.</param>
    /// <param name="data">The elements, row-major; read while the file is written.</param>
    /// <exception cref="ArgumentException">Name or shape is not possible, or the length does not fit the shape.</exception>
    public void Add(string name, ReadOnlySpan<long> shape, ReadOnlyMemory<long> data)
    {
        CheckCount(name, shape, data.Length);
        Add(name, WeightDtype.I64, shape, stream => WriteChunks(stream, data, WeightDtype.I64, EncodeInt64s));
    }

    /// <summary>Declares a copy of a tensor of another file, which must stay open until this one is written.</summary>
    /// <param name="entry">The tensor.</param>
    /// <param name="name">A new name; the old one if null.</param>
    /// <exception cref="ArgumentException">The name is in use.</exception>
    public void Add(WeightTensor entry, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(entry);
        Add(name ?? entry.Name, entry.Dtype, entry.Shape, stream => Copy(entry, stream, CancellationToken.None));
    }

    /// <summary>Writes the file beside its place and renames it, so that no reader ever sees a part of it.</summary>
    /// <param name="path">The file to create or replace.</param>
    /// <exception cref="IOException">The folder does not exist or cannot be written.</exception>
    /// <exception cref="InvalidOperationException">The producer of a tensor wrote too few or too many bytes.</exception>
    public void Save(string path) => AtomicFile.Write(path, WriteTo);

    /// <summary>Writes the file to a stream.</summary>
    /// <param name="stream">The stream; it need not be seekable and stays open.</param>
    /// <exception cref="InvalidOperationException">The producer of a tensor wrote too few or too many bytes, or the
    /// header exceeds the 100,000,000 bytes that readers accept.</exception>
    public void WriteTo(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Pending[] ordered = [.. tensors.Values];
        Array.Sort(ordered, static (a, b) => a.Dtype != b.Dtype ? b.Dtype.CompareTo(a.Dtype) : a.SortKey.AsSpan().SequenceCompareTo(b.SortKey));

        byte[] header = CreateHeader(ordered);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (Pending tensor in ordered)
        {
            using var counted = new ExactLengthStream(stream, tensor.ByteCount, tensor.Name);
            tensor.Write(counted);
            counted.CheckComplete();
        }
    }

    private byte[] CreateHeader(Pending[] ordered)
    {
        using var json = new MemoryStream();
        json.WriteByte((byte)'{');
        bool first = true;
        if (Metadata.Count > 0)
        {
            first = false;
            SafetensorsJson.WriteMetadata(json, Metadata);
        }

        long offset = 0;
        foreach (Pending tensor in ordered)
        {
            if (!first)
                json.WriteByte((byte)',');
            first = false;
            long end = checked(offset + tensor.ByteCount);
            SafetensorsJson.WriteEntry(json, tensor.Name, tensor.Dtype, tensor.Shape, offset, end);
            offset = end;
        }

        json.WriteByte((byte)'}');
        while (json.Length % 8 != 0)
            json.WriteByte((byte)' ');
        if (json.Length > SafetensorsHeader.MaxBytes)
            throw new InvalidOperationException($"The header would have {json.Length} bytes; readers accept {SafetensorsHeader.MaxBytes}.");
        return json.ToArray();
    }

    private static void WriteChunks<T>(Stream stream, ReadOnlyMemory<T> data, WeightDtype dtype, Encoding<T> encode)
    {
        int size = dtype.Size();
        int chunkElements = ChunkBytes / size;
        byte[] buffer = new byte[Math.Min(chunkElements, data.Length) * size];
        for (int done = 0; done < data.Length; done += chunkElements)
        {
            ReadOnlySpan<T> chunk = data.Span.Slice(done, Math.Min(chunkElements, data.Length - done));
            Span<byte> bytes = buffer.AsSpan(0, chunk.Length * size);
            encode(chunk, bytes);
            stream.Write(bytes);
        }
    }

    private static void EncodeDoubles(ReadOnlySpan<double> source, Span<byte> destination)
    {
        for (int i = 0; i < source.Length; i++)
            BinaryPrimitives.WriteDoubleLittleEndian(destination[(8 * i)..], source[i]);
    }

    private static void EncodeInt64s(ReadOnlySpan<long> source, Span<byte> destination)
    {
        for (int i = 0; i < source.Length; i++)
            BinaryPrimitives.WriteInt64LittleEndian(destination[(8 * i)..], source[i]);
    }

    /// <summary>Copies the bytes of a tensor through a small buffer.</summary>
    internal static void Copy(WeightTensor tensor, Stream stream, CancellationToken cancel)
    {
        byte[] buffer = new byte[Math.Min(ChunkBytes, tensor.ByteCount)];
        int size = tensor.Dtype.Size();
        for (long done = 0; done < tensor.ByteCount; done += buffer.Length)
        {
            cancel.ThrowIfCancellationRequested();
            Span<byte> chunk = buffer.AsSpan(0, (int)Math.Min(buffer.Length, tensor.ByteCount - done));
            tensor.CopyBytesTo(done, chunk);
            stream.Write(chunk);
            ((IElementSource)tensor).Forget(done / size, chunk.Length / size);
        }
    }

    private static long CheckShape(string name, WeightDtype dtype, ReadOnlySpan<long> shape)
    {
        string problem = $"Tensor {SafetensorsHeader.Quote(name)} cannot have the shape {SafetensorsShape.Format(shape)}";
        if (shape.Length > SafetensorsHeader.MaxRank)
            throw new ArgumentException($"{problem}: at most {SafetensorsHeader.MaxRank} dimensions are allowed.", nameof(shape));
        foreach (long size in shape)
        {
            if (size < 0)
                throw new ArgumentException($"{problem}: a dimension is negative.", nameof(shape));
        }

        try
        {
            return checked(SafetensorsShape.ElementCount(shape) * dtype.Size());
        }
        catch (OverflowException e)
        {
            throw new ArgumentException($"{problem}: its size overflows.", nameof(shape), e);
        }
    }

    private static void CheckCount(string name, ReadOnlySpan<long> shape, int length)
    {
        long bytes = CheckShape(name, WeightDtype.U8, shape);
        if (bytes != length)
            throw new ArgumentException($"Tensor {SafetensorsHeader.Quote(name)} with shape {SafetensorsShape.Format(shape)} needs {bytes} elements, got {length}.", nameof(length));
    }
}
