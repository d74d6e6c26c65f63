using G3DR.Compute;
using G3DR.Kernels;

namespace G3DR.Core.Tensors;

/// <content>Making tensors.</content>
public sealed partial class Tensor
{
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
        tensor.FillRandom(static (key, i) => Philox.Uniform(key.Seed, key.Stream, (ulong)i), (seed, stream));
        return tensor;
    }

    /// <summary>Standard normal random numbers: the same for the same seed and stream on every device.</summary>
    /// <inheritdoc cref="Uniform"/>
    public static Tensor Normal(Accelerator device, Shape shape, ulong seed, uint stream = 0, DType dtype = DType.Float32)
    {
        Tensor tensor = Create(device, shape, dtype, "normal");
        tensor.FillRandom(static (key, i) => Philox.Normal(key.Seed, key.Stream, (ulong)i), (seed, stream));
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
                copy.Fill(static (source, i) => (double)source[i], View<float>());
                break;
            case (DType.Float64, DType.Float32):
                copy.Fill(static (source, i) => (float)source[i], View<double>());
                break;
            default:
                copy.CopyFrom(this);
                break;
        }

        return copy;
    }

    private void FillConstant(double value)
    {
        if (DType == DType.Float32)
        {
            Fill(static (value, _) => (float)value, value);
        }
        else
        {
            Fill(static (value, _) => value, value);
        }
    }

    private void FillRandom(Func<(ulong Seed, uint Stream), long, float> draw, (ulong Seed, uint Stream) key)
    {
        if (DType == DType.Float32)
        {
            Fill(draw, key);
        }
        else
        {
            Fill((k, i) => (double)draw(k, i), key);
        }
    }

    private void Fill<T, TState>(Func<TState, long, T> value, TState state)
        where T : unmanaged
    {
        ArrayView<T> view = View<T>();
        Shards.For(Accelerator, Length, (start, end) =>
        {
            for (long i = start; i < end; i++)
            {
                view[i] = value(state, i);
            }
        });
    }
}
