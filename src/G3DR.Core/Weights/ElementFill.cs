using G3DR.Compute;
using G3DR.Core.Tensors;

namespace G3DR.Core.Weights;

/// <summary>Something that knows the elements of a tensor.</summary>
internal interface IElementSource
{
    /// <summary>Writes consecutive elements.</summary>
    void CopyTo(long firstElement, Span<float> destination);

    /// <inheritdoc cref="CopyTo(long, Span{float})"/>
    void CopyTo(long firstElement, Span<double> destination);

    /// <summary>Says that these elements were taken.</summary>
    void Forget(long firstElement, long count);
}

/// <summary>Fills many tensors from the host: in parallel pieces where the device's memory is that of the host, through a buffer elsewhere.</summary>
internal static class ElementFill
{
    // Small enough to spread one large tensor over the threads, large enough to hide the hand-out.
    private const int PieceElements = 1 << 18;

    // Larger copies keep the bus of a device busy.
    private const int BufferElements = 1 << 22;

    public static void Run(IEnumerable<(Tensor Target, IElementSource Source)> items)
    {
        foreach (IGrouping<Accelerator, (Tensor Target, IElementSource Source)> group in items.GroupBy(item => item.Target.Accelerator))
        {
            if (group.Key is CpuAccelerator cpu)
            {
                Piece[] pieces = [.. group.SelectMany(item => Cut(item.Target, item.Source, PieceElements))];
                cpu.Team.For(pieces.Length, i => pieces[i].FillInPlace());
            }
            else
            {
                FillThroughHost(group.Key, group.SelectMany(item => Cut(item.Target, item.Source, BufferElements)));
            }

            foreach ((Tensor target, _) in group)
            {
                target.MarkChanged();
            }
        }
    }

    private static IEnumerable<Piece> Cut(Tensor target, IElementSource source, int most)
    {
        for (long first = 0; first < target.Length; first += most)
        {
            yield return new(target, source, first, (int)Math.Min(most, target.Length - first));
        }
    }

    private static void FillThroughHost(Accelerator device, IEnumerable<Piece> pieces)
    {
        float[] singles = [];
        double[] doubles = [];
        foreach (Piece piece in pieces)
        {
            if (piece.Target.DType == DType.Float32)
            {
                piece.FillThrough<float>(device, ref singles, piece.Source.CopyTo);
            }
            else
            {
                piece.FillThrough<double>(device, ref doubles, piece.Source.CopyTo);
            }
        }
    }

    private delegate void Copy<T>(long first, Span<T> destination);

    private readonly record struct Piece(Tensor Target, IElementSource Source, long First, int Count)
    {
        public void FillInPlace()
        {
            if (Target.DType == DType.Float32)
            {
                Source.CopyTo(First, Target.View<float>().SubView(First, Count).AsSpan());
            }
            else
            {
                Source.CopyTo(First, Target.View<double>().SubView(First, Count).AsSpan());
            }

            Source.Forget(First, Count);
        }

        public void FillThrough<T>(Accelerator device, ref T[] buffer, Copy<T> copy)
            where T : unmanaged
        {
            if (buffer.Length < Count)
            {
                buffer = new T[Count];
            }

            Span<T> part = buffer.AsSpan(0, Count);
            copy(First, part);
            device.CopyToDevice<T>(part, Target.View<T>().SubView(First, Count));
            Source.Forget(First, Count);
        }
    }
}
