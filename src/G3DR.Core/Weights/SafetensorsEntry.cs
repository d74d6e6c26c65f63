namespace G3DR.Core.Weights;

/// <summary>One tensor of a <see cref="SafetensorsFile"/>: what the header says, and access to its data.</summary>
public sealed class SafetensorsEntry
{
    // Elements converted between two looks at the region: keeps every offset within a span far from 2^31.
    private const int ChunkElements = 1 << 20;

    private readonly ByteRegion region;
    private readonly long start;

    internal SafetensorsEntry(ByteRegion region, long dataStart, in SafetensorsHeaderEntry header)
    {
        this.region = region;
        start = dataStart + header.Begin;
        Name = header.Name;
        Dtype = header.Dtype;
        Shape = header.Shape;
        ElementCount = header.ElementCount;
        ByteCount = header.End - header.Begin;
    }

    private delegate void Conversion<T>(WeightDtype dtype, ReadOnlySpan<byte> source, Span<T> destination);

    /// <summary>The name in the file.</summary>
    public string Name { get; }

    /// <summary>The stored element type.</summary>
    public WeightDtype Dtype { get; }

    /// <summary>The dimensions, slowest first; empty for a scalar.</summary>
    public long[] Shape { get; }

    /// <summary>Number of elements.</summary>
    public long ElementCount { get; }

    /// <summary>Number of stored bytes.</summary>
    public long ByteCount { get; }

    /// <summary>
    /// A view of the stored little-endian bytes, without a copy. It is valid until the file is disposed: a span
    /// used after that reads foreign memory. Tensors beyond 2 GB are read in several pieces.
    /// </summary>
    /// <param name="offset">First byte, counted from the start of this tensor.</param>
    /// <param name="count">Number of bytes.</param>
    /// <returns>The bytes; their alignment is not guaranteed.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the tensor.</exception>
    /// <exception cref="ObjectDisposedException">The file was disposed.</exception>
    public ReadOnlySpan<byte> GetBytes(long offset, int count)
    {
        CheckRange(offset, count, ByteCount, "bytes");
        region.ThrowIfDisposed();
        return region.Slice(start + offset, count);
    }

    /// <summary>Copies stored bytes, safe against a Dispose on another thread.</summary>
    /// <param name="offset">First byte, counted from the start of this tensor.</param>
    /// <param name="destination">Receives as many bytes as it has room for.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the tensor.</exception>
    /// <exception cref="ObjectDisposedException">The file was disposed.</exception>
    public void CopyBytesTo(long offset, Span<byte> destination)
    {
        CheckRange(offset, destination.Length, ByteCount, "bytes");
        region.Enter();
        try
        {
            region.Slice(start + offset, destination.Length).CopyTo(destination);
        }
        finally
        {
            region.Exit();
        }
    }

    /// <summary>Converts the whole tensor to singles; see <see cref="WeightConversion.ToSingles"/> for the rounding.</summary>
    /// <param name="destination">Exactly <see cref="ElementCount"/> elements, row-major.</param>
    /// <exception cref="ArgumentException">The length is another.</exception>
    /// <exception cref="ObjectDisposedException">The file was disposed.</exception>
    public void CopyTo(Span<float> destination)
    {
        if (destination.Length != ElementCount)
            throw new ArgumentException($"Tensor {SafetensorsHeader.Quote(Name)} has {ElementCount} elements, the destination {destination.Length}.", nameof(destination));
        CopyTo(0, destination);
    }

    /// <summary>Converts a part of the tensor to singles; the way to read tensors longer than the longest array.</summary>
    /// <param name="firstElement">Row-major index of the first element.</param>
    /// <param name="destination">Receives as many elements as it has room for.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the tensor.</exception>
    /// <exception cref="ObjectDisposedException">The file was disposed.</exception>
    public void CopyTo(long firstElement, Span<float> destination) =>
        Convert(firstElement, destination, WeightConversion.ToSingles);

    /// <summary>Converts a part of the tensor to doubles.</summary>
    /// <param name="firstElement">Row-major index of the first element.</param>
    /// <param name="destination">Receives as many elements as it has room for.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the tensor.</exception>
    /// <exception cref="ObjectDisposedException">The file was disposed.</exception>
    public void CopyTo(long firstElement, Span<double> destination) =>
        Convert(firstElement, destination, WeightConversion.ToDoubles);

    /// <summary>The whole tensor as singles; see <see cref="WeightConversion.ToSingles"/> for the rounding.</summary>
    /// <returns>A new array, row-major.</returns>
    /// <exception cref="InvalidOperationException">The tensor is longer than the longest array: read it in parts.</exception>
    /// <exception cref="ObjectDisposedException">The file was disposed.</exception>
    public float[] ReadSingles() => Read<float>(WeightConversion.ToSingles);

    /// <summary>The whole tensor as doubles.</summary>
    /// <returns>A new array, row-major.</returns>
    /// <exception cref="InvalidOperationException">The tensor is longer than the longest array: read it in parts.</exception>
    /// <exception cref="ObjectDisposedException">The file was disposed.</exception>
    public double[] ReadDoubles() => Read<double>(WeightConversion.ToDoubles);

    /// <summary>The whole tensor as integers. Booleans become 0 and 1.</summary>
    /// <returns>A new array, row-major.</returns>
    /// <exception cref="InvalidOperationException">The tensor holds floating-point numbers or is longer than the longest array.</exception>
    /// <exception cref="OverflowException">An unsigned 64-bit element exceeds the range of <see cref="long"/>.</exception>
    /// <exception cref="ObjectDisposedException">The file was disposed.</exception>
    public long[] ReadInt64s() => Read<long>(WeightConversion.ToInt64s);

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {Dtype.SafetensorsName()} {SafetensorsShape.Format(Shape)}";

    private T[] Read<T>(Conversion<T> conversion)
    {
        if (ElementCount > Array.MaxLength)
            throw new InvalidOperationException($"Tensor {SafetensorsHeader.Quote(Name)} has {ElementCount} elements, more than an array can hold: read it in parts with CopyTo.");
        var values = new T[ElementCount];
        Convert(0, values, conversion);
        return values;
    }

    private void Convert<T>(long firstElement, Span<T> destination, Conversion<T> conversion)
    {
        CheckRange(firstElement, destination.Length, ElementCount, "elements");
        int size = Dtype.Size();
        region.Enter();
        try
        {
            for (int done = 0; done < destination.Length; done += ChunkElements)
            {
                Span<T> chunk = destination.Slice(done, Math.Min(ChunkElements, destination.Length - done));
                conversion(Dtype, region.Slice(start + ((firstElement + done) * size), chunk.Length * size), chunk);
            }
        }
        finally
        {
            region.Exit();
        }
    }

    private void CheckRange(long first, int count, long total, string unit)
    {
        if (first < 0 || count < 0 || first > total - count)
            throw new ArgumentOutOfRangeException(nameof(first), $"Tensor {SafetensorsHeader.Quote(Name)} has {total} {unit}; {count} from {first} on leave it.");
    }
}
