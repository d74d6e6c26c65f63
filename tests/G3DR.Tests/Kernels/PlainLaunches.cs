using System.Numerics;
using G3DR.Compute;
using G3DR.Compute.Memory;

namespace G3DR.Tests.Kernels;

/// <summary>Operands and results of launches on one device, for kernels of either precision.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class PlainLaunches<T>(Accelerator device) : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly List<IDisposable> _buffers = [];
    private readonly List<Func<string>> _results = [];
    private uint _stream;

    public Accelerator Device => device;

    public static T Number(double value) => T.CreateTruncating(value);

    /// <summary>Random numbers, the same on every device.</summary>
    public ArrayView<T> Draw(int length, double low, double high)
    {
        uint stream = _stream++;
        return Upload<T>([.. Enumerable.Range(0, length).Select(i => Number(low + ((high - low) * Philox.Uniform(seed: 5, stream, (ulong)i))))]);
    }

    public ArrayView<TElement> Upload<TElement>(TElement[] values)
        where TElement : unmanaged
    {
        MemoryBuffer<TElement> buffer = device.Allocate<TElement>(values.Length);
        buffer.CopyFrom(values);
        _buffers.Add(buffer);
        return buffer.View;
    }

    /// <summary>Room for a result that begins as zeros.</summary>
    public ArrayView<T> Result(int length) => Result<T>(length);

    /// <inheritdoc cref="Result(int)"/>
    public ArrayView<TElement> Result<TElement>(int length)
        where TElement : unmanaged
    {
        ArrayView<TElement> view = Upload(new TElement[length]);
        Compare(view);
        return view;
    }

    /// <summary>Makes a view that a kernel changes one of the results.</summary>
    public void Compare<TElement>(ArrayView<TElement> view)
        where TElement : unmanaged => _results.Add(() =>
    {
        var values = new TElement[view.Length];
        device.CopyToHost(view, values.AsSpan());
        return string.Join(' ', values);
    });

    /// <summary>All results, written so that equal text means equal bits, but for the sign and payload of NaN.</summary>
    public IReadOnlyList<string> Read() => [.. _results.Select(read => read())];

    public void Dispose() => _buffers.ForEach(buffer => buffer.Dispose());
}
