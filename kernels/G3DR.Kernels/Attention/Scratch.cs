using System.Runtime.CompilerServices;
using G3DR.Compute;
using G3DR.Compute.Memory;

namespace G3DR.Kernels.Attention;

/// <summary>Memory of one shard, handed out part by part; parts begin at multiples of 64 bytes.</summary>
internal unsafe ref struct Scratch : IDisposable
{
    private const int MostParts = 12, Alignment = 16;

    private readonly MemoryBuffer<float> _buffer;
    private Ends _ends;
    private int _next;

    /// <summary>Allocates parts.</summary>
    /// <param name="device">Processor.</param>
    /// <param name="lengths">Elements of each part.</param>
    public Scratch(CpuAccelerator device, params ReadOnlySpan<long> lengths)
    {
        long total = 0;
        for (int i = 0; i < lengths.Length; i++)
        {
            total += (lengths[i] + Alignment - 1) / Alignment * Alignment;
            _ends[i + 1] = total;
        }

        _buffer = device.Allocate<float>(total);
    }

    /// <summary>The next part, in the order of the constructor's lengths.</summary>
    public float* Next() => _buffer.View.Pointer + _ends[_next++];

    /// <inheritdoc/>
    public readonly void Dispose() => _buffer.Dispose();

    [InlineArray(MostParts + 1)]
    private struct Ends
    {
        private long _first;
    }
}
