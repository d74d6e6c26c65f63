using G3DR.Compute;

namespace G3DR.Core.Tensors;

/// <summary>
/// A dense row-major array of numbers on a device, with automatic differentiation. Operations give new tensors; those that only change the shape
/// share memory. Dispose it, or let a <see cref="TensorScope"/> do so; use after that throws.
/// </summary>
public sealed partial class Tensor : IDisposable
{
    private readonly TensorStorage _storage;
    private readonly string _name;
    private int _disposed;

    private Tensor(Accelerator device, TensorStorage storage, Shape shape, DType dtype, string name, bool owned)
    {
        (Accelerator, _storage, Shape, DType, _name) = (device, storage, shape, dtype, name);
        if (owned)
        {
            TensorScope.Hand(this, TensorContext.Of(device).Current.Scope);
        }
    }

    /// <summary>Lengths of the axes.</summary>
    public Shape Shape { get; }

    /// <summary>Number of axes.</summary>
    public int Rank => Shape.Rank;

    /// <summary>Number of elements.</summary>
    public long Length => Shape.Length;

    /// <summary>Type of the elements.</summary>
    public DType DType { get; }

    /// <summary>Device that holds the elements.</summary>
    public Accelerator Accelerator { get; }

    /// <summary>Whether this tensor was disposed.</summary>
    public bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    /// <summary>The scope that will dispose this tensor.</summary>
    internal TensorScope? Scope { get; set; }

    /// <summary>Counts changes of the elements after creation.</summary>
    internal int Version => _storage.Version;

    /// <summary>Whether no other tensor, and nothing saved for a backward pass, shares this memory.</summary>
    internal bool HasUniqueStorage => _storage.IsUnique;

    /// <summary>
    /// The elements, to be read or written by kernels. The view is valid until the tensor is disposed. Writing through it goes unnoticed by the tape: write only to
    /// tensors that no recorded operation has read.
    /// </summary>
    /// <typeparam name="T"><c>float</c> or <c>double</c>, as <see cref="DType"/> says.</typeparam>
    /// <exception cref="ObjectDisposedException">The tensor was disposed.</exception>
    /// <exception cref="InvalidOperationException">The element type is another.</exception>
    public ArrayView<T> View<T>()
        where T : unmanaged
    {
        ThrowIfDisposed();
        if (typeof(T) != (DType == DType.Float32 ? typeof(float) : typeof(double)))
        {
            throw new InvalidOperationException($"{this} holds {DType}, not {typeof(T).Name}.");
        }

        return _storage.View<T>(Length);
    }

    /// <summary>A copy of the elements in single precision.</summary>
    public float[] ToSingles()
    {
        float[] values = new float[checked((int)Length)];
        if (DType == DType.Float32)
        {
            Accelerator.CopyToHost(View<float>(), values.AsSpan());
            return values;
        }

        return Array.ConvertAll(ToDoubles(), value => (float)value);
    }

    /// <summary>A copy of the elements in double precision.</summary>
    public double[] ToDoubles()
    {
        double[] values = new double[checked((int)Length)];
        if (DType == DType.Float64)
        {
            Accelerator.CopyToHost(View<double>(), values.AsSpan());
            return values;
        }

        return Array.ConvertAll(ToSingles(), value => (double)value);
    }

    /// <summary>The only element.</summary>
    /// <exception cref="InvalidOperationException">The tensor has another number of elements.</exception>
    public double Item()
    {
        if (Length != 1)
        {
            throw new InvalidOperationException($"{this} has {Length} elements; a single number needs exactly one.");
        }

        return ToDoubles()[0];
    }

    /// <summary>Overwrites the elements with those of a tensor of the same shape and type.</summary>
    /// <exception cref="ArgumentException">Shape, type or device differ.</exception>
    public void CopyFrom(Tensor source)
    {
        RequireSameDevice("copying", source, this);
        if (source.Shape != Shape || source.DType != DType)
        {
            throw new ArgumentException($"{this} cannot take the elements of {source}: shape and type must be the same.", nameof(source));
        }

        if (DType == DType.Float32)
        {
            Accelerator.Copy(source.View<float>(), View<float>());
        }
        else
        {
            Accelerator.Copy(source.View<double>(), View<double>());
        }

        MarkChanged();
    }

    /// <summary>Overwrites the elements from host memory.</summary>
    /// <exception cref="ArgumentException">The number of elements differs.</exception>
    /// <exception cref="InvalidOperationException">The tensor does not hold <see cref="DType.Float32"/>.</exception>
    public void CopyFrom(ReadOnlySpan<float> source)
    {
        RequireLength(source.Length, Length, Shape);
        Accelerator.CopyToDevice(source, View<float>());
        MarkChanged();
    }

    /// <inheritdoc cref="CopyFrom(ReadOnlySpan{float})"/>
    public void CopyFrom(ReadOnlySpan<double> source)
    {
        RequireLength(source.Length, Length, Shape);
        Accelerator.CopyToDevice(source, View<double>());
        MarkChanged();
    }

    /// <summary>
    /// Says that the elements were changed through <see cref="View{T}"/>: a backward pass that needs the old ones will then refuse instead of computing nonsense.
    /// </summary>
    public void MarkChanged() => _storage.MarkChanged();

    /// <summary>For example <c>exp (2, 3) Float32</c>: the operation that made it, shape and type.</summary>
    public override string ToString() => $"{_name} {Shape} {DType}";

    /// <summary>Lets go of the memory; the tape keeps what it still needs.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _storage.Release();
            ForgetTape();
            Scope = null;
        }
    }

    /// <summary>A new tensor with undefined elements.</summary>
    internal static Tensor Create(Accelerator device, Shape shape, DType dtype, string name, bool owned = true) =>
        new(device, new(device, checked(shape.Length * dtype.Size())), shape, dtype, name, owned);

    /// <summary>A new tensor on the same device with the same element type and undefined elements.</summary>
    internal Tensor Like(Shape shape, string name) => Create(Accelerator, shape, DType, name);

    /// <summary>Another tensor over the same memory, outside of the tape.</summary>
    internal Tensor Alias(Shape shape, string name, bool owned = true)
    {
        ThrowIfDisposed();
        return new(Accelerator, _storage.Share(), shape, DType, name, owned);
    }

    /// <summary>Another tensor over the same memory that belongs to no scope.</summary>
    internal Tensor UnownedAlias() => Alias(Shape, _name, owned: false);

    /// <summary>What the tape keeps of this tensor.</summary>
    internal SavedTensor Save()
    {
        ThrowIfDisposed();
        return new(UnownedAlias(), _storage);
    }

    internal void ThrowIfDisposed()
    {
        if (IsDisposed)
        {
            throw new ObjectDisposedException(_name, $"The tensor {this} was disposed.");
        }
    }

    /// <summary>Requires tensors of one device.</summary>
    /// <param name="work">What needs them, in the message.</param>
    /// <param name="first">One tensor.</param>
    /// <param name="second">The other.</param>
    /// <exception cref="ArgumentException">The tensors are on different devices.</exception>
    internal static void RequireSameDevice(string work, Tensor first, Tensor second)
    {
        if (first.Accelerator != second.Accelerator)
        {
            throw new ArgumentException(
                $"'{work}' got tensors of two devices: {first} is on '{first.Accelerator.Name}', {second} on another one, '{second.Accelerator.Name}'. Copy one with Tensor.To(device) first.");
        }
    }

    private static void RequireLength(long got, long needed, Shape shape)
    {
        if (got != needed)
        {
            throw new ArgumentException($"A tensor of shape {shape} needs {needed} elements, got {got}.");
        }
    }
}
