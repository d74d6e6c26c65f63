using G3DR.Compute;

namespace G3DR.Core.Tensors;

/// <summary>What tensors keep for each device: the scope that owns new tensors, and whether the tape records. Both follow the flow of control.</summary>
internal sealed class TensorContext
{
    private static readonly Frame s_outermost = new(null, RecordsGradients: true);
    private readonly AsyncLocal<Frame?> _current = new();
    private long _lastNode;

    public Frame Current => _current.Value ?? s_outermost;

    public static TensorContext Of(Accelerator device) => device.State<TensorContext>();

    /// <summary>Numbers that grow in the order in which operations run.</summary>
    public long NextNode() => Interlocked.Increment(ref _lastNode);

    public Restore Enter(Frame frame)
    {
        Frame? before = _current.Value;
        _current.Value = frame;
        return new(this, before);
    }

    public sealed record Frame(TensorScope? Scope, bool RecordsGradients);

    /// <summary>Puts back what was current before.</summary>
    public sealed class Restore(TensorContext context, Frame? before) : IDisposable
    {
        public void Dispose() => context._current.Value = before;
    }
}
