using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using G3DR.Compute.Launching;
using G3DR.Compute.Memory;

namespace G3DR.Compute;

/// <summary>
/// A window on device memory, indexed like an array. It owns nothing: the buffer it came from must outlive it. The host can read and write the elements
/// where the device is the processor; from other devices it copies them (<see cref="Accelerator.CopyToHost"/>).
/// </summary>
/// <typeparam name="T">Unmanaged element type.</typeparam>
public readonly unsafe struct ArrayView<T> : IDeviceView
    where T : unmanaged
{
    private readonly T* _data;

    // Elements that the host can reach: all or none. The one comparison of the indexer then guards both the bounds and foreign memory.
    private readonly long _reachable;

    /// <summary>Wraps memory that the caller keeps alive.</summary>
    /// <param name="data">First element.</param>
    /// <param name="length">Number of elements.</param>
    public ArrayView(T* data, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        _data = data;
        _reachable = DeviceAddress.IsDevice((nint)data) ? 0 : length;
        Length = length;
    }

    /// <summary>Number of elements.</summary>
    public long Length { get; }

    /// <summary>The memory itself, for hand-written processor variants.</summary>
    /// <exception cref="InvalidOperationException">The memory belongs to a device that the host cannot read.</exception>
    public T* Pointer
    {
        get
        {
            if (DeviceAddress.IsDevice((nint)_data))
            {
                ViewErrors.ThrowUnreachable();
            }

            return _data;
        }
    }

    /// <inheritdoc/>
    nint IDeviceView.Address => (nint)_data;

    /// <inheritdoc/>
    int IDeviceView.ElementSize => sizeof(T);

    /// <inheritdoc/>
    IReadOnlyList<int> IDeviceView.Sizes => [];

    /// <summary>First element: a host pointer or a device address.</summary>
    internal nint Address => (nint)_data;

    /// <summary>Element <paramref name="index"/>.</summary>
    /// <exception cref="IndexOutOfRangeException">The index is negative or not below <see cref="Length"/>.</exception>
    /// <exception cref="InvalidOperationException">The memory belongs to a device that the host cannot read.</exception>
    public ref T this[long index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if ((ulong)index >= (ulong)_reachable)
            {
                ViewErrors.Throw(index, Length, DeviceAddress.IsDevice((nint)_data));
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

    /// <summary>The same memory seen as elements of another type.</summary>
    /// <typeparam name="TOther">Unmanaged element type.</typeparam>
    /// <exception cref="ArgumentException">The bytes do not make a whole number of elements.</exception>
    public ArrayView<TOther> Cast<TOther>()
        where TOther : unmanaged
    {
        long bytes = Length * sizeof(T);
        return bytes % sizeof(TOther) == 0
            ? new((TOther*)_data, bytes / sizeof(TOther))
            : throw new ArgumentException($"{bytes} bytes do not make elements of {sizeof(TOther)} bytes.");
    }

    /// <summary>This view as a span; only below 2^31 elements.</summary>
    /// <exception cref="InvalidOperationException">The memory belongs to a device that the host cannot read.</exception>
    public Span<T> AsSpan() => new(Pointer, checked((int)Length));

    /// <summary>This view as rows of <paramref name="width"/> elements.</summary>
    public ArrayView2D<T> As2D(int width, int height) => new(this, width, height);

    /// <summary>This view as slices of rows.</summary>
    public ArrayView3D<T> As3D(int width, int height, int depth) => new(this, width, height, depth);
}

/// <summary>A dense two-dimensional view: element (x, y) lies at y * Width + x.</summary>
/// <typeparam name="T">Unmanaged element type.</typeparam>
public readonly struct ArrayView2D<T> : IDeviceView
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

    /// <inheritdoc/>
    nint IDeviceView.Address => BaseView.Address;

    /// <inheritdoc/>
    int IDeviceView.ElementSize => ((IDeviceView)BaseView).ElementSize;

    /// <inheritdoc/>
    long IDeviceView.Length => BaseView.Length;

    /// <inheritdoc/>
    IReadOnlyList<int> IDeviceView.Sizes => [Width, Height];

    /// <summary>Element at column <paramref name="x"/> of row <paramref name="y"/>.</summary>
    public ref T this[int x, int y] => ref BaseView[((long)y * Width) + x];

    /// <summary>Element at <paramref name="index"/>.</summary>
    public ref T this[Index2D index] => ref this[index.X, index.Y];
}

/// <summary>A dense three-dimensional view: element (x, y, z) lies at (z * Height + y) * Width + x.</summary>
/// <typeparam name="T">Unmanaged element type.</typeparam>
public readonly struct ArrayView3D<T> : IDeviceView
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

    /// <inheritdoc/>
    nint IDeviceView.Address => BaseView.Address;

    /// <inheritdoc/>
    int IDeviceView.ElementSize => ((IDeviceView)BaseView).ElementSize;

    /// <inheritdoc/>
    long IDeviceView.Length => BaseView.Length;

    /// <inheritdoc/>
    IReadOnlyList<int> IDeviceView.Sizes => [Width, Height, Depth];

    /// <summary>Element at column <paramref name="x"/>, row <paramref name="y"/>, slice <paramref name="z"/>.</summary>
    public ref T this[int x, int y, int z] => ref BaseView[((((long)z * Height) + y) * Width) + x];

    /// <summary>Element at <paramref name="index"/>.</summary>
    public ref T this[Index3D index] => ref this[index.X, index.Y, index.Z];
}

internal static class ViewErrors
{
    [DoesNotReturn]
    [SuppressMessage("Usage", "CA2201", Justification = "Views behave like arrays, which throw this exception.")]
    public static void Throw(long index, long length, bool isDevice)
    {
        if (isDevice)
        {
            ThrowUnreachable();
        }

        throw new IndexOutOfRangeException($"Index {index} is outside a view of {length} elements.");
    }

    [DoesNotReturn]
    public static void ThrowUnreachable() => throw new InvalidOperationException(
        "This view lies in the memory of a device that the processor cannot read; copy it with Accelerator.CopyToHost.");

    public static void CheckSize(long length, int width, int height, int depth)
    {
        if (width < 0 || height < 0 || depth < 0 || (long)width * height * depth != length)
        {
            throw new ArgumentException($"A view of {length} elements cannot be seen as {width} x {height} x {depth}.");
        }
    }
}
