using G3DR.Compute;

namespace G3DR.Core.Tensors;

/// <summary>
/// Owns the tensors made while it is the innermost scope of its device and disposes them at its end, except those that were kept. Scopes nest and
/// follow the flow of control (also through <c>await</c>); tensors made outside of any scope belong to whoever made them.
/// </summary>
/// <example>
/// <code>
/// using var scope = TensorScope.Begin(device);
/// Tensor result = scope.Keep((x * 2f).Exp());     // the product goes, the result stays
/// </code>
/// </example>
public sealed class TensorScope : IDisposable
{
    private const int FirstPurge = 1024;

    private readonly Lock _gate = new();
    private readonly TensorScope? _parent;
    private readonly List<Tensor> _tensors = [];
    private readonly TensorContext.Restore _restore;
    private int _purgeAt = FirstPurge;
    private bool _disposed;

    private TensorScope(Accelerator device, bool? recordsGradients)
    {
        TensorContext context = TensorContext.Of(device);
        TensorContext.Frame outer = context.Current;
        _parent = outer.Scope;
        _restore = context.Enter(new(this, recordsGradients ?? outer.RecordsGradients));
    }

    /// <summary>Opens a scope inside the current one.</summary>
    /// <param name="device">Device whose tensors it owns.</param>
    public static TensorScope Begin(Accelerator device) => new(device, recordsGradients: null);

    /// <summary>Hands a tensor to the enclosing scope, or to the caller if there is none.</summary>
    /// <param name="tensor">A tensor made in this scope; others are left where they are.</param>
    /// <returns>The same tensor.</returns>
    public Tensor Keep(Tensor tensor)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (tensor.Scope == this)
        {
            Hand(tensor, _parent);
        }

        return tensor;
    }

    /// <summary>Disposes the tensors made in this scope and returns to the enclosing one.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
        }

        for (int i = _tensors.Count - 1; i >= 0; i--)
        {
            if (_tensors[i].Scope == this)
            {
                _tensors[i].Dispose();
            }
        }

        _tensors.Clear();
        _restore.Dispose();
    }

    /// <summary>A scope for the inside of an operation, where nothing is recorded.</summary>
    internal static TensorScope BeginUnrecorded(Accelerator device) => new(device, recordsGradients: false);

    /// <summary>A scope for computing something again, inside of a backward pass.</summary>
    internal static TensorScope BeginRecorded(Accelerator device) => new(device, recordsGradients: true);

    /// <summary>Makes a tensor belong to the nearest scope, from <paramref name="scope"/> outwards, that still lives.</summary>
    internal static void Hand(Tensor tensor, TensorScope? scope)
    {
        while (scope is not null && !scope.TryOwn(tensor))
        {
            scope = scope._parent;
        }

        if (scope is null)
        {
            tensor.Scope = null;
        }
    }

    private bool TryOwn(Tensor tensor)
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return false;
            }

            if (_tensors.Count >= _purgeAt)
            {
                _tensors.RemoveAll(other => other.IsDisposed || other.Scope != this);
                _purgeAt = FirstPurge + (2 * _tensors.Count);
            }

            tensor.Scope = this;
            _tensors.Add(tensor);
            return true;
        }
    }
}
