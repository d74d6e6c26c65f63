using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace G3DR.Compute;

/// <summary>A window on device memory, indexed like an array. It owns nothing: the buffer it came from must outlive it.</summary>
/// <typeparam name="T">Unmanaged element type.</typeparam>
public readonly unsafe struct ArrayView<T>
    where T : unmanaged
{
    private readonly T* _data;

    /// <summary>Wraps memory that the caller keeps alive.</summary>
    /// <param name="data">First element.</param>
    /// <param name="length">Number of elements.</param>
    public ArrayView(T* data, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        _data = data;
        Length = length;
    }

    /// <summary>Number of elements.</summary>
    public long Length { get; }

    /// <summary>The memory itself, for hand-written processor variants.</summary>
    public T* Pointer => _data;

    /// <summary>Element <paramref name="index"/>.</summary>
    /// <exception cref="IndexOutOfRangeException">The index is negative or not below <see cref="Length"/>.</exception>
    public ref T this[long index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if ((ulong)index >= (ulong)Length)
            {
                ViewErrors.Throw(index, Length);
            }

            return ref _data[index];
        }
    }

    /// <summary>A part of this view.</summary>
    /// <param name="start">First element.</param>
    /// <param name="length">Number of elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part reaches outside this view.</exception>
    public ArrayView<T> SubView(long start, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Length - length);
        return new(_data + start, length);
    }

    /// <summary>Copies all elements to a view of the same length; the two may overlap.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void CopyTo(ArrayView<T> destination)
    {
        if (destination.Length != Length)
        {
            throw new ArgumentException($"A view of {Length} elements cannot be copied to one of {destination.Length}.", nameof(destination));
        }

        Buffer.MemoryCopy(_data, destination._data, Length * sizeof(T), Length * sizeof(T));
    }

    /// <summary>This view as a span; only below 2^31 elements.</summary>
    public Span<T> AsSpan() => new(_data, checked((int)Length));

    /// <summary>This view as rows of <paramref name="width"/> elements.</summary>
    public ArrayView2D<T> As2D(int width, int height) => new(this, width, height);

    /// <summary>This view as slices of rows.</summary>
    public ArrayView3D<T> As3D(int width, int height, int depth) => new(this, width, height, depth);
}

/// <summary>A dense two-dimensional view: element (x, y) lies at y * Width + x.</summary>
/// <typeparam name="T">Unmanaged element type.</typeparam>
public readonly struct ArrayView2D<T>
    where T : unmanaged
{
    /// <summary>Gives a flat view two dimensions.</summary>
    /// <exception cref="ArgumentException">The sizes do not span the view exactly.</exception>
    public ArrayView2D(ArrayView<T> view, int width, int height)
    {
        ViewErrors.CheckSize(view.Length, width, height, 1);
        (BaseView, Width, Height) = (view, width, height);
    }

    /// <summary>The elements as a flat view.</summary>
    public ArrayView<T> BaseView { get; }

    /// <summary>Elements per row.</summary>
    public int Width { get; }

    /// <summary>Number of rows.</summary>
    public int Height { get; }

    /// <summary>Element at column <paramref name="x"/> of row <paramref name="y"/>.</summary>
    public ref T this[int x, int y] => ref BaseView[((long)y * Width) + x];

    /// <summary>Element at <paramref name="index"/>.</summary>
    public ref T this[Index2D index] => ref this[index.X, index.Y];
}

/// <summary>A dense three-dimensional view: element (x, y, z) lies at (z * Height + y) * Width + x.</summary>
/// <typeparam name="T">Unmanaged element type.</typeparam>
public readonly struct ArrayView3D<T>
    where T : unmanaged
{
    /// <summary>Gives a flat view three dimensions.</summary>
    /// <exception cref="ArgumentException">The sizes do not span the view exactly.</exception>
    public ArrayView3D(ArrayView<T> view, int width, int height, int depth)
    {
        ViewErrors.CheckSize(view.Length, width, height, depth);
        (BaseView, Width, Height, Depth) = (view, width, height, depth);
    }

    /// <summary>The elements as a flat view.</summary>
    public ArrayView<T> BaseView { get; }

    /// <summary>Elements per row.</summary>
    public int Width { get; }

    /// <summary>Rows per slice.</summary>
    public int Height { get; }

    /// <summary>Number of slices.</summary>
    public int Depth { get; }

    /// <summary>Element at column <paramref name="x"/>, row <paramref name="y"/>, slice <paramref name="z"/>.</summary>
    public ref T this[int x, int y, int z] => ref BaseView[((((long)z * Height) + y) * Width) + x];

    /// <summary>Element at <paramref name="index"/>.</summary>
    public ref T this[Index3D index] => ref this[index.X, index.Y, index.Z];
}

internal static class ViewErrors
{
    [DoesNotReturn]
    [SuppressMessage("Usage", "CA2201", Justification = "Views behave like arrays, which throw this exception.")]
    public static void Throw(long index, long length) =>
        throw new IndexOutOfRangeException($"Index {index} is outside a view of {length} elements.");

    public static void CheckSize(long length, int width, int height, int depth)
    {
        if (width < 0 || height < 0 || depth < 0 || (long)width * height * depth != length)
        {
            throw new ArgumentException($"A view of {length} elements cannot be seen as {width} x {height} x {depth}.");
        }
    }
}
