using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>
/// One forward pass through a U-Net: the tensor it has come to, and those that wait for the way up. Each is disposed as soon as nothing will read it; what the tape needs
/// it keeps by itself.
/// </summary>
/// <param name="checkpointing">Whether blocks are computed again for the backward pass.</param>
/// <param name="observe">Told the output of each part.</param>
/// <param name="time">Embedding of the time; it belongs to the pass.</param>
internal sealed class UnetPass(bool checkpointing, Action<string, Tensor>? observe, Tensor time) : IDisposable
{
    private readonly Stack<Tensor> _waiting = new();

    // Whether the current tensor waits as well.
    private bool _isWaiting;
    private Tensor? _current;

    /// <summary>The last output.</summary>
    public Tensor Current => _current!;

    /// <summary>Starts with the output of the first convolution, which the last block reads again.</summary>
    public void Start(string name, Tensor first)
    {
        observe?.Invoke("time_mlp", time);
        Advance(name, first);
        Push();
    }

    /// <summary>Keeps the current tensor for the way up.</summary>
    public void Push()
    {
        _waiting.Push(Current);
        _isWaiting = true;
    }

    /// <summary>Runs a block on the current tensor.</summary>
    public void Run(string name, ResnetBlock block) => Advance(name, Segment(inputs => block.Forward(inputs[0], inputs[1]), Current, time));

    /// <summary>Runs a layer on the current tensor.</summary>
    public void Run(string name, Layer layer) => Advance(name, Segment(inputs => layer.Forward(inputs[0]), Current));

    /// <summary>
    /// Runs attention on the current tensor. It is always computed again for the backward pass: inside it keeps seven times its input, and it takes a few hundredths of
    /// the time.
    /// </summary>
    public void Run(string name, AttentionBlock attention) => Advance(name, Checkpoint.Run(inputs => [attention.Forward(inputs[0])], Current)[0]);

    /// <summary>Runs a block on the current tensor and the one that was kept last.</summary>
    public void RunWithPopped(string name, ResnetBlock block)
    {
        Tensor popped = _waiting.Pop();
        if (checkpointing)
        {
            using (popped)
            {
                Advance(name, Checkpoint.Run(inputs => [Joined(block, inputs)], Current, popped, time)[0]);
                return;
            }
        }

        // Both go before the block runs, which is where most memory is in use.
        using var joined = Tensor.Concat([Current, popped], axis: -1);
        popped.Dispose();
        Release();
        Advance(name, block.Forward(joined, time));
    }

    /// <summary>Disposes what is left.</summary>
    public void Dispose()
    {
        time.Dispose();
        _current?.Dispose();
        foreach (Tensor tensor in _waiting)
        {
            tensor.Dispose();
        }
    }

    private static Tensor Joined(ResnetBlock block, Tensor[] inputs)
    {
        using var joined = Tensor.Concat([inputs[0], inputs[1]], axis: -1);
        return block.Forward(joined, inputs[2]);
    }

    private Tensor Segment(Func<Tensor[], Tensor> run, params Tensor[] inputs) =>
        checkpointing ? Checkpoint.Run(segment => [run(segment)], inputs)[0] : run(inputs);

    private void Advance(string name, Tensor next)
    {
        Release();
        (_current, _isWaiting) = (next, false);
        observe?.Invoke(name, next);
    }

    private void Release()
    {
        if (!_isWaiting)
        {
            _current?.Dispose();
        }

        _current = null;
    }
}
