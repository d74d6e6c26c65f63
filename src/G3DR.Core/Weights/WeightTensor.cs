using System.Buffers;

namespace G3DR.Core.Weights;

/// <summary>One stored tensor of a weights file: what the file says of it, and access to its data.</summary>
public sealed class WeightTensor : IElementSource
{
    // Elements converted between two looks at the region: keeps every offset within a span far from 2^31.
    private const int ChunkElements = 1 << 20;

    // Elements of a strided tensor that are brought into order at a time.
    private const int GatherElements = 1 << 14;

    private readonly ByteRegion _region;
    private readonly long _start;
    private readonly StridedOrder? _order;

    // Of a tensor that others make up, rows below rows.
    private readonly WeightTensor[]? _parts;

    /// <summary>A tensor in a region.</summary>
    /// <param name="region">Where its bytes are.</param>
    /// <param name="start">Byte of the first element.</param>
    /// <param name="name">Name.</param>
    /// <param name="dtype">Element type.</param>
    /// <param name="shape">Dimensions, none negative, whose product times the size of an element does not overflow.</param>
    /// <param name="order">How the elements lie, if not as row-major little-endian numbers.</param>
    internal WeightTensor(ByteRegion region, long start, string name, WeightDtype dtype, long[] shape, StridedOrder? order = null)
    {
        (_region, _start, _order) = (region, start, order);
        (Name, Dtype, Shape) = (name, dtype, shape);
        ElementCount = SafetensorsShape.ElementCount(shape);
        ByteCount = checked(ElementCount * dtype.Size());
    }

    private WeightTensor(string name, WeightTensor[] parts, long[] shape)
        : this(parts[0]._region, parts[0]._start, name, parts[0].Dtype, shape) => _parts = parts;

    private delegate void Conversion<T>(WeightDtype dtype, ReadOnlySpan<byte> source, Span<T> destination);

    /// <summary>The name in the file.</summary>
    public string Name { get; }

    /// <summary>The stored element type.</summary>
    public WeightDtype Dtype { get; }

    /// <summary>The dimensions, slowest first; empty for a scalar.</summary>
    public long[] Shape { get; }

    /// <summary>Number of elements.</summary>
    public long ElementCount { get; }

    /// <summary>Bytes that the elements take one after another, without what a strided tensor skips.</summary>
    public long ByteCount { get; }

    /// <summary>Whether the file holds the elements row-major and little-endian, so that <see cref="GetBytes"/> can show them in place.</summary>
    public bool IsInPlace => _order is null && _parts is null;

    /// <summary>
    /// A view of the stored little-endian bytes, without a copy. It is valid until the file is disposed: a span
    /// used after that reads foreign memory. Tensors beyond 2 GB are read in several pieces.
    /// </summary>
    /// <param name="offset">First byte, counted from the start of this tensor.</param>
    /// <param name="count">Number of bytes.</param>
    /// <returns>The bytes; their alignment is not guaranteed.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the tensor.</exception>
    /// <exception cref="InvalidOperationException">The elements do not lie in order; see <see cref="IsInPlace"/>.</exception>
    /// <exception cref="ObjectDisposedException">The file was disposed.</exception>
    public ReadOnlySpan<byte> GetBytes(long offset, int count)
    {
        CheckRange(offset, count, ByteCount, "bytes");
        if (!IsInPlace)
        {
            throw new InvalidOperationException($"The elements of tensor {SafetensorsHeader.Quote(Name)} do not lie in order: copy them.");
        }

        _region.ThrowIfDisposed();
        return _region.Slice(_start + offset, count);
    }

    /// <summary>Copies the row-major little-endian bytes, safe against a Dispose on another thread.</summary>
    /// <param name="offset">First byte, counted from the start of this tensor; the first of an element.</param>
    /// <param name="destination">Receives as many bytes as it has room for, a whole number of elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the tensor.</exception>
    /// <exception cref="ArgumentException">The tensor does not lie in order in the file, and an element would be cut.</exception>
    /// <exception cref="ObjectDisposedException">The file was disposed.</exception>
    public void CopyBytesTo(long offset, Span<byte> destination)
    {
        CheckRange(offset, destination.Length, ByteCount, "bytes");
        int size = Dtype.Size();
        if (!IsInPlace && (offset % size != 0 || destination.Length % size != 0))
        {
            throw new ArgumentException($"Tensor {SafetensorsHeader.Quote(Name)} has elements of {size} bytes; {destination.Length} bytes from {offset} on would cut one.", nameof(destination));
        }

        _region.Enter();
        try
        {
            if (IsInPlace)
            {
                _region.Slice(_start + offset, destination.Length).CopyTo(destination);
            }
            else
            {
                Gather(offset / size, destination);
            }
        }
        finally
        {
            _region.Exit();
        }
    }

    /// <summary>Converts the whole tensor to singles; see <see cref="WeightConversion.ToSingles"/> for the rounding.</summary>
    /// <param name="destination">Exactly <see cref="ElementCount"/> elements, row-major.</param>
    /// <exception cref="ArgumentException">The length is another.</exception>
    /// <exception cref="ObjectDisposedException">The file was disposed.</exception>
    public void CopyTo(Span<float> destination)
    {
        if (destination.Length != ElementCount)
        {
            throw new ArgumentException($"Tensor {SafetensorsHeader.Quote(Name)} has {ElementCount} elements, the destination {destination.Length}.", nameof(destination));
        }

        CopyTo(0, destination);
    }

    /// <summary>Converts a part of the tensor to singles; the way to read tensors longer than the longest array.</summary>
    /// <param name="firstElement">Row-major index of the first element.</param>
    /// <param name="destination">Receives as many elements as it has room for.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the tensor.</exception>
    /// <exception cref="ObjectDisposedException">The file was disposed.</exception>
    public void CopyTo(long firstElement, Span<float> destination) => Convert(firstElement, destination, WeightConversion.ToSingles);

    /// <summary>Converts a part of the tensor to doubles.</summary>
    /// <param name="firstElement">Row-major index of the first element.</param>
    /// <param name="destination">Receives as many elements as it has room for.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the tensor.</exception>
    /// <exception cref="ObjectDisposedException">The file was disposed.</exception>
    public void CopyTo(long firstElement, Span<double> destination) => Convert(firstElement, destination, WeightConversion.ToDoubles);

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

    /// <summary>Makes sure that the data can be read, as far as that can be told without using them: compressed data are unpacked and compared with their checksum.</summary>
    /// <exception cref="WeightsFormatException">They are damaged.</exception>
    /// <exception cref="ObjectDisposedException">The file was disposed.</exception>
    public void Verify()
    {
        if (_parts is not null)
        {
            Array.ForEach(_parts, part => part.Verify());
            return;
        }

        _region.Enter();
        try
        {
            _region.Prepare();
        }
        finally
        {
            _region.Exit();
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {Dtype.SafetensorsName()} {SafetensorsShape.Format(Shape)}";

    /// <summary>The same tensor under another name.</summary>
    internal WeightTensor Renamed(string name) => _parts is null ? new(_region, _start, name, Dtype, Shape, _order) : new(name, _parts, Shape);

    /// <summary>The same matrix with rows as columns; a tensor with another number of axes stays as it is, and its shape is then found wanting.</summary>
    internal WeightTensor Transposed()
    {
        if (Shape.Length != 2 || _parts is not null)
        {
            return this;
        }

        long[] shape = [Shape[1], Shape[0]], strides = [_order?.Strides[1] ?? 1, _order?.Strides[0] ?? Shape[1]];
        return new(_region, _start, Name, Dtype, shape, StridedOrder.Of(shape, strides, _order?.BigEndian ?? false));
    }

    /// <summary>Tensors one below the other, as one with the sum of their rows.</summary>
    /// <exception cref="WeightsFormatException">They differ in type or in the size of a row.</exception>
    internal static WeightTensor Joined(string name, WeightTensor[] parts)
    {
        WeightTensor first = parts[0];
        if (Array.Exists(parts, part => part.Shape.Length == 0 || part.Dtype != first.Dtype || !part.Shape.AsSpan(1).SequenceEqual(first.Shape.AsSpan(1))))
        {
            throw new WeightsFormatException($"{string.Join(", ", parts.Select(part => part.ToString()))} cannot be joined to {SafetensorsHeader.Quote(name)}: they must differ in their number of rows only.");
        }

        return new(name, parts, [parts.Sum(part => part.Shape[0]), .. first.Shape[1..]]);
    }

    /// <summary>Says that elements are not needed soon, so that the memory of a mapped file can be given back.</summary>
    void IElementSource.Forget(long firstElement, long count)
    {
        if (IsInPlace)
        {
            int size = Dtype.Size();
            _region.Forget(_start + (firstElement * size), count * size);
        }
    }

    private T[] Read<T>(Conversion<T> conversion)
    {
        if (ElementCount > Array.MaxLength)
        {
            throw new InvalidOperationException($"Tensor {SafetensorsHeader.Quote(Name)} has {ElementCount} elements, more than an array can hold: read it in parts with CopyTo.");
        }

        var values = new T[ElementCount];
        Convert(0, values, conversion);
        return values;
    }

    private void Convert<T>(long firstElement, Span<T> destination, Conversion<T> conversion)
    {
        CheckRange(firstElement, destination.Length, ElementCount, "elements");
        int size = Dtype.Size();
        byte[]? gathered = IsInPlace ? null : ArrayPool<byte>.Shared.Rent(Math.Min(GatherElements, destination.Length) * size);
        int step = IsInPlace ? ChunkElements : GatherElements;
        _region.Enter();
        try
        {
            for (int done = 0; done < destination.Length; done += step)
            {
                Span<T> chunk = destination.Slice(done, Math.Min(step, destination.Length - done));
                ReadOnlySpan<byte> source;
                if (IsInPlace)
                {
                    source = _region.Slice(_start + ((firstElement + done) * size), chunk.Length * size);
                }
                else
                {
                    Span<byte> ordered = gathered.AsSpan(0, chunk.Length * size);
                    Gather(firstElement + done, ordered);
                    source = ordered;
                }

                conversion(Dtype, source, chunk);
            }
        }
        finally
        {
            _region.Exit();
            if (gathered is not null)
            {
                ArrayPool<byte>.Shared.Return(gathered);
            }
        }
    }

    // Elements in row-major order, as bytes.
    private void Gather(long first, Span<byte> destination)
    {
        int size = Dtype.Size();
        if (_order is not null)
        {
            _order.Gather(_region, _start, first, size, destination);
            return;
        }

        foreach (WeightTensor part in _parts!)
        {
            if (first < part.ElementCount)
            {
                int taken = (int)Math.Min(destination.Length, (part.ElementCount - first) * size);
                part.CopyBytesTo(first * size, destination[..taken]);
                destination = destination[taken..];
                first += taken / size;
            }

            first -= part.ElementCount;
            if (destination.IsEmpty)
            {
                return;
            }
        }
    }

    private void CheckRange(long first, int count, long total, string unit)
    {
        if (first < 0 || count < 0 || first > total - count)
        {
            throw new ArgumentOutOfRangeException(nameof(first), $"Tensor {SafetensorsHeader.Quote(Name)} has {total} {unit}; {count} from {first} on leave it.");
        }
    }
}
