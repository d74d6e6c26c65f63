using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace G3DR.Compute.Launching;

/// <summary>
/// Runs group kernels as plain C# for tests and debugging: one thread for each item of a group, one group after another. It finds barriers that only a part
/// of the group comes to, and fills shared memory with NaN before each group so that reading what nobody wrote shows.
/// </summary>
internal sealed unsafe class GroupEmulator : IDisposable
{
    private const int StackBytes = 256 * 1024;

    private readonly Lock _gate = new();
    private readonly List<(nint Block, int Bytes)> _shared = [];
    private readonly Barrier _barrier;
    private Exception? _failure;
    private int _ending;
    private string? _mismatch;

    private GroupEmulator(Index3D size, Index3D groups)
    {
        (Size, Groups) = (size, groups);
        _barrier = new(checked((int)size.Size), _ => EndPhase());
    }

    /// <summary>Items of a group.</summary>
    public Index3D Size { get; }

    /// <summary>Number of groups.</summary>
    public Index3D Groups { get; }

    /// <summary>Runs <paramref name="body"/> for every item of every group.</summary>
    /// <exception cref="InvalidOperationException">Items of a group came to different barriers or shared differently sized memory.</exception>
    public static void Run(Index3D size, Index3D groups, Action body)
    {
        if (groups.X < 0 || groups.Y < 0 || groups.Z < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(groups), groups, "The number of groups is negative.");
        }

        if (groups.Size == 0)
        {
            return;
        }

        using var emulator = new GroupEmulator(size, groups);
        var threads = new Thread[size.Size];
        for (int i = 0; i < threads.Length; i++)
        {
            var item = new EmulatedItem(emulator, Index3D.FromLinear(i, size));
            threads[i] = new(() => emulator.Guard(item, body), StackBytes) { IsBackground = true };
        }

        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        if (emulator._failure is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>Waits for all items of the group.</summary>
    /// <param name="atEnd">Whether the item has run to its end.</param>
    public void Wait(bool atEnd)
    {
        if (atEnd)
        {
            Interlocked.Increment(ref _ending);
        }

        _barrier.SignalAndWait();
        if (_mismatch is not null)
        {
            throw new InvalidOperationException(_mismatch);
        }

        if (_failure is not null)
        {
            throw new OperationCanceledException("Another item of the group failed.");
        }
    }

    /// <summary>Shared memory number <paramref name="number"/> of the group.</summary>
    public ArrayView<T> Share<T>(int number, int length)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        int bytes = checked(length * sizeof(T));
        lock (_gate)
        {
            if (number == _shared.Count)
            {
                var block = (nint)NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, 1), 64);
                _shared.Add((block, bytes));
                Forget(number);
            }

            if (_shared[number].Bytes != bytes)
            {
                throw new InvalidOperationException($"Items of a group ask for {bytes} and {_shared[number].Bytes} bytes of the same shared memory.");
            }

            return new((T*)_shared[number].Block, length);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _barrier.Dispose();
        foreach ((nint block, _) in _shared)
        {
            NativeMemory.AlignedFree((void*)block);
        }
    }

    private void Guard(EmulatedItem item, Action body)
    {
        try
        {
            item.RunAll(body);
        }
        catch (Exception error)
        {
            // The first failure is the cause; the others' are consequences.
            Interlocked.CompareExchange(ref _failure, error, null);
            _barrier.RemoveParticipant();
        }
    }

    // Runs on one thread while all others wait.
    private void EndPhase()
    {
        if (_ending != 0 && _ending != _barrier.ParticipantCount && _failure is null)
        {
            _mismatch = $"Only {_barrier.ParticipantCount - _ending} of {_barrier.ParticipantCount} items of a group came to a barrier; the others had ended.";
        }
        else if (_ending != 0)
        {
            for (int i = 0; i < _shared.Count; i++)
            {
                Forget(i);
            }
        }

        _ending = 0;
    }

    // Bytes of ones: NaN as a float, -1 as an integer.
    private void Forget(int number) => new Span<byte>((void*)_shared[number].Block, _shared[number].Bytes).Fill(0xFF);
}
