using G3DR.Compute;
using G3DR.Compute.Memory;

namespace G3DR.Kernels.MatMul;

/// <summary>Where the operands of a batch begin, as kernels take it: by a step where they lie evenly spaced, else from a list in device memory.</summary>
internal sealed class DeviceBatch : IDisposable
{
    private readonly MemoryBuffer<long>? _offsets;

    /// <summary>Copies the list to the device if one is needed.</summary>
    public DeviceBatch(Accelerator device, MatMulBatch batch)
    {
        Count = batch.Count;
        if (IsEven(batch.A, out long stepA) && IsEven(batch.B, out long stepB))
        {
            (StepA, StepB) = (stepA, stepB);
        }
        else
        {
            _offsets = device.Allocate<long>(2L * Count);
            _offsets.CopyFrom([.. batch.A, .. batch.B]);
        }
    }

    /// <summary>Number of products.</summary>
    public int Count { get; }

    /// <summary>Elements between neighbouring matrices A, where there are no <see cref="Offsets"/>.</summary>
    public long StepA { get; }

    /// <summary>The same for B.</summary>
    public long StepB { get; }

    /// <summary>First elements of all A, then of all B; empty where the steps say it.</summary>
    public ArrayView<long> Offsets => _offsets?.View ?? default;

    /// <inheritdoc/>
    public void Dispose() => _offsets?.Dispose();

    private static bool IsEven(IReadOnlyList<long> offsets, out long step)
    {
        step = offsets.Count > 1 ? offsets[1] : 0;
        for (int i = 0; i < offsets.Count; i++)
        {
            if (offsets[i] != i * step)
            {
                return false;
            }
        }

        return true;
    }
}
