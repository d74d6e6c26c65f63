using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace G3DR.Core.Weights;

/// <summary>
/// A safetensors file (huggingface/safetensors): 8 bytes little-endian header length, a JSON header, raw
/// little-endian row-major data. The header is checked completely when the file is opened, nothing is allocated on
/// its word alone, and tensor data are read only when asked for. Reading is safe from several threads.
/// </summary>
/// <remarks>
/// Files are mapped into memory: other processes must not shorten a file that is open here. Where that cannot be
/// excluded, read it through <see cref="Load(Stream, string)"/>.
/// </remarks>
public sealed class SafetensorsFile : IDisposable
{
    private const int LengthBytes = 8;

    private readonly ByteRegion region;
    private readonly List<WeightTensor> entries;
    private readonly Dictionary<string, WeightTensor> byName;

    private SafetensorsFile(ByteRegion region, long dataStart, SafetensorsHeader header, string source)
    {
        this.region = region;
        Source = source;
        Metadata = header.Metadata;
        entries = new List<WeightTensor>(header.Entries.Count);
        byName = new Dictionary<string, WeightTensor>(header.Entries.Count, StringComparer.Ordinal);
        foreach (SafetensorsHeaderEntry stated in header.Entries)
        {
            var entry = new WeightTensor(region, dataStart + stated.Begin, stated.Name, stated.Dtype, stated.Shape);
            entries.Add(entry);
            byName.Add(entry.Name, entry);
        }
    }

    /// <summary>Where the file came from, for messages: its path, or the name given by the caller.</summary>
    public string Source { get; }

    /// <summary>The strings under <c>__metadata__</c>; empty if there are none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensors in the order of their data, which is the fastest order to read them.</summary>
    public IReadOnlyList<WeightTensor> Entries => entries;

    /// <summary>The tensor of a name.</summary>
    /// <param name="name">The name, case sensitive.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="KeyNotFoundException">The file has no such tensor.</exception>
    public WeightTensor this[string name] => byName.TryGetValue(name, out WeightTensor? entry)
        ? entry
        : throw new KeyNotFoundException($"{Source} has no tensor {SafetensorsHeader.Quote(name)} ({entries.Count} others).");

    /// <summary>Opens a file by memory map. What cannot be mapped, such as a pipe, is read into memory.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The opened file, to be disposed by the caller.</returns>
    /// <exception cref="WeightsFormatException">The file is not a valid safetensors file.</exception>
    /// <exception cref="IOException">The file does not exist, is a folder or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static SafetensorsFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
            throw new IOException($"Cannot read '{path}' as weights: it is a folder.");
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        if (!stream.CanSeek)
            return Load(stream, path);

        long length = stream.Length;
        SafetensorsHeader header = ReadHeader(stream, length, path, out long dataStart);
        CheckDataLength(header, length - dataStart);
        var region = new MappedRegion(stream, dataStart, header.DataLength);
        return new SafetensorsFile(region, 0, header, path);
    }

    /// <summary>Reads a file that lies in memory already. The block is used in place and must not change.</summary>
    /// <param name="data">The whole file.</param>
    /// <param name="source">What to call it in messages.</param>
    /// <returns>The file.</returns>
    /// <exception cref="WeightsFormatException">The bytes are not a valid safetensors file.</exception>
    public static SafetensorsFile Load(ReadOnlyMemory<byte> data, string source = "The block")
    {
        ReadOnlySpan<byte> bytes = data.Span;
        if (bytes.Length < LengthBytes)
            throw TooShort(source, bytes.Length);
        int headerLength = SafetensorsHeader.CheckLength(BinaryPrimitives.ReadUInt64LittleEndian(bytes), bytes.Length, source);
        SafetensorsHeader header = SafetensorsHeader.Parse(bytes.Slice(LengthBytes, headerLength), source);
        int dataStart = LengthBytes + headerLength;
        CheckDataLength(header, bytes.Length - dataStart);
        return new SafetensorsFile(new MemoryRegion(data), dataStart, header, source);
    }

    /// <summary>
    /// Reads a stream to its end into memory of its own. The stream may be of any length and need not be seekable;
    /// memory grows with what arrives.
    /// </summary>
    /// <param name="stream">The stream, at the start of the file. It stays open.</param>
    /// <param name="source">What to call it in messages.</param>
    /// <returns>The file, to be disposed by the caller.</returns>
    /// <exception cref="WeightsFormatException">The stream does not hold exactly one valid safetensors file.</exception>
    public static SafetensorsFile Load(Stream stream, string source = "The stream")
    {
        ArgumentNullException.ThrowIfNull(stream);
        SafetensorsHeader header = ReadHeader(stream, null, source, out _);
        var region = new NativeRegion(stream, header.DataLength);
        try
        {
            Span<byte> beyond = stackalloc byte[1];
            CheckDataLength(header, region.Read + stream.ReadAtLeast(beyond, 1, throwOnEndOfStream: false), lengthIsMinimum: true);
            return new SafetensorsFile(region, 0, header, source);
        }
        catch
        {
            region.Dispose();
            throw;
        }
    }

    /// <summary>Looks up a tensor.</summary>
    /// <param name="name">The name, case sensitive.</param>
    /// <param name="entry">The tensor, if there is one of this name.</param>
    /// <returns>Whether there is.</returns>
    public bool TryGet(string name, [NotNullWhen(true)] out WeightTensor? entry) => byName.TryGetValue(name, out entry);

    /// <summary>Whether the file has a tensor of this name.</summary>
    /// <param name="name">The name, case sensitive.</param>
    /// <returns>True if it has.</returns>
    public bool Contains(string name) => byName.ContainsKey(name);

    /// <summary>Gives the mapping or the memory back, as soon as reads on other threads are done.</summary>
    public void Dispose() => region.Dispose();

    private static SafetensorsHeader ReadHeader(Stream stream, long? length, string source, out long dataStart)
    {
        Span<byte> lengthField = stackalloc byte[LengthBytes];
        int got = stream.ReadAtLeast(lengthField, LengthBytes, throwOnEndOfStream: false);
        if (got < LengthBytes)
            throw TooShort(source, got);
        int headerLength = SafetensorsHeader.CheckLength(BinaryPrimitives.ReadUInt64LittleEndian(lengthField), length, source);
        dataStart = LengthBytes + headerLength;

        // The region grows with what arrives, so that 8 bytes of a stream cannot make it take 100 MB.
        using var bytes = new NativeRegion(stream, headerLength);
        if (bytes.Read < headerLength)
            throw new WeightsFormatException($"{source} is truncated: its header should have {headerLength} bytes, {bytes.Read} follow the length field.");
        return SafetensorsHeader.Parse(bytes.Slice(0, headerLength), source);
    }

    private static void CheckDataLength(SafetensorsHeader header, long length, bool lengthIsMinimum = false)
    {
        if (length < header.DataLength)
            throw header.Error($"the tensors need {header.DataLength} bytes of data, {length} follow the header (a truncated file?)");
        if (length > header.DataLength)
            throw header.Error($"the tensors need {header.DataLength} bytes of data, {(lengthIsMinimum ? "more" : length)} follow the header");
    }

    private static WeightsFormatException TooShort(string source, long length) =>
        new($"{source} is no safetensors file: it has {length} bytes, the header length alone takes {LengthBytes}.");
}
