using G3DR.Compute;
using G3DR.Kernels;
using G3DR.Kernels.Creation;

namespace G3DR.Core.Tensors;

/// <content>Making tensors.</content>
public sealed partial class Tensor
{
    // Elements that pass through host memory at a time.
    private const long HostPiece = 1 << 22;

    /// <summary>All elements 0.</summary>
    public static Tensor Zeros(Accelerator device, Shape shape, DType dtype = DType.Float32)
    {
        Tensor tensor = Create(device, shape, dtype, "zeros");
        tensor._storage.Clear();
        return tensor;
    }

    /// <summary>All elements 1.</summary>
    public static Tensor Ones(Accelerator device, Shape shape, DType dtype = DType.Float32) => Full(device, shape, 1, dtype);

    /// <summary>All elements <paramref name="value"/>.</summary>
    public static Tensor Full(Accelerator device, Shape shape, double value, DType dtype = DType.Float32)
    {
        Tensor tensor = Create(device, shape, dtype, "full");
        tensor.FillConstant(value);
        return tensor;
    }

    /// <summary>A single-precision tensor from host memory.</summary>
    /// <exception cref="ArgumentException">The number of elements does not fit the shape.</exception>
    public static Tensor FromArray(Accelerator device, ReadOnlySpan<float> values, Shape shape)
    {
        RequireLength(values.Length, shape.Length, shape);
        Tensor tensor = Create(device, shape, DType.Float32, "tensor");
        device.CopyToDevice(values, tensor.View<float>());
        return tensor;
    }

    /// <summary>A double-precision tensor from host memory.</summary>
    /// <exception cref="ArgumentException">The number of elements does not fit the shape.</exception>
    public static Tensor FromArray(Accelerator device, ReadOnlySpan<double> values, Shape shape)
    {
        RequireLength(values.Length, shape.Length, shape);
        Tensor tensor = Create(device, shape, DType.Float64, "tensor");
        device.CopyToDevice(values, tensor.View<double>());
        return tensor;
    }

    /// <inheritdoc cref="FromArray(Accelerator, ReadOnlySpan{float}, Shape)"/>
    public static Tensor FromArray(Accelerator device, float[] values, Shape shape) => FromArray(device, values.AsSpan(), shape);

    /// <inheritdoc cref="FromArray(Accelerator, ReadOnlySpan{double}, Shape)"/>
    public static Tensor FromArray(Accelerator device, double[] values, Shape shape) => FromArray(device, values.AsSpan(), shape);

    /// <summary>A tensor of either element type from numbers in double precision.</summary>
    /// <exception cref="ArgumentException">The number of elements does not fit the shape.</exception>
    internal static Tensor FromArray(Accelerator device, double[] values, Shape shape, DType dtype) => dtype == DType.Float64
        ? FromArray(device, values, shape)
        : FromArray(device, Array.ConvertAll(values, value => (float)value), shape);

    /// <summary>A scalar.</summary>
    public static Tensor Scalar(Accelerator device, double value, DType dtype = DType.Float32) => Full(device, [], value, dtype);

    /// <summary>Uniform random numbers in [0, 1): the same for the same seed and stream on every device.</summary>
    /// <param name="device">Device.</param>
    /// <param name="shape">Shape.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="stream">Number of the stream; different uses of one seed take different streams.</param>
    /// <param name="dtype">Element type; both types get the same numbers.</param>
    public static Tensor Uniform(Accelerator device, Shape shape, ulong seed, uint stream = 0, DType dtype = DType.Float32)
    {
        Tensor tensor = Create(device, shape, dtype, "uniform");
        Index1D extent = Shards.PlainExtent(tensor.Length);
        if (dtype == DType.Float32)
        {
            device.Launch(CreationKernels.FillUniform, extent, tensor.View<float>(), seed, stream);
        }
        else
        {
            device.Launch(CreationKernels.FillUniform, extent, tensor.View<double>(), seed, stream);
        }

        return tensor;
    }

    /// <summary>Standard normal random numbers: the same for the same seed and stream on every device.</summary>
    /// <inheritdoc cref="Uniform"/>
    public static Tensor Normal(Accelerator device, Shape shape, ulong seed, uint stream = 0, DType dtype = DType.Float32)
    {
        Tensor tensor = Create(device, shape, dtype, "normal");
        if (dtype == DType.Float64)
        {
            device.Launch(CreationKernels.FillNormal, Shards.PlainExtent(tensor.Length), tensor.View<double>(), seed, stream);
        }
        else if (device is CpuAccelerator)
        {
            device.Launch(CreationKernels.FillNormal, Shards.PlainExtent(tensor.Length), tensor.View<float>(), seed, stream);
        }
        else
        {
            // The transform behind the numbers needs double precision, which not every device has.
            tensor.FillNormalOnHost(seed, stream);
        }

        return tensor;
    }

    /// <summary>A copy with its own memory, outside of the tape.</summary>
    public Tensor Clone()
    {
        Tensor copy = Like(Shape, _name);
        copy.CopyFrom(this);
        return copy;
    }

    /// <summary>A copy with elements of another type, outside of the tape; the tensor's own type gives a plain copy.</summary>
    public Tensor ToType(DType dtype)
    {
        Tensor copy = Create(Accelerator, Shape, dtype, _name);
        switch (DType, dtype)
        {
            case (DType.Float32, DType.Float64):
                Accelerator.Launch(CreationKernels.Widen, Shards.PlainExtent(Length), View<float>(), copy.View<double>());
                break;
            case (DType.Float64, DType.Float32):
                Accelerator.Launch(CreationKernels.Narrow, Shards.PlainExtent(Length), View<double>(), copy.View<float>());
                break;
            default:
                copy.CopyFrom(this);
                break;
        }

        return copy;
    }

    /// <summary>A copy on another device, outside of the tape; the tensor's own device gives a plain copy.</summary>
    /// <param name="device">Device that gets the copy.</param>
    /// <exception cref="ObjectDisposedException">The tensor was disposed.</exception>
    public Tensor To(Accelerator device)
    {
        ThrowIfDisposed();
        if (device == Accelerator)
        {
            return Clone();
        }

        Tensor copy = Create(device, Shape, DType, _name);
        if (DType == DType.Float32)
        {
            CopyThroughHost(View<float>(), device, copy.View<float>());
        }
        else
        {
            CopyThroughHost(View<double>(), device, copy.View<double>());
        }

        return copy;
    }

    private void CopyThroughHost<T>(ArrayView<T> source, Accelerator device, ArrayView<T> destination)
        where T : unmanaged
    {
        T[] piece = new T[Math.Min(HostPiece, source.Length)];
        for (long start = 0; start < source.Length; start += piece.Length)
        {
            int count = (int)Math.Min(piece.Length, source.Length - start);
            Accelerator.CopyToHost(source.SubView(start, count), piece.AsSpan(0, count));
            device.CopyToDevice<T>(piece.AsSpan(0, count), destination.SubView(start, count));
        }
    }

    private void FillConstant(double value)
    {
        Index1D extent = Shards.PlainExtent(Length);
        if (DType == DType.Float32)
        {
            Accelerator.Launch(CreationKernels.FillConstant, extent, View<float>(), (float)value);
        }
        else
        {
            Accelerator.Launch(CreationKernels.FillConstant, extent, View<double>(), value);
        }
    }

    private void FillNormalOnHost(ulong seed, uint stream)
    {
        ArrayView<float> view = View<float>();
        float[] piece = new float[Math.Min(HostPiece, view.Length)];
        for (long start = 0; start < view.Length; start += piece.Length)
        {
            int count = (int)Math.Min(piece.Length, view.Length - start);
            long first = start;
            Parallel.For(0, count, i => piece[i] = Philox.Normal(seed, stream, (ulong)(first + i)));
            Accelerator.CopyToDevice<float>(piece.AsSpan(0, count), view.SubView(start, count));
        }
    }
}
