using System.Runtime.ExceptionServices;

namespace G3DR.Compute.Threading;

/// <summary>
/// A persistent team of threads that works through numbered shards. Which thread takes which shard is a race, so results are
/// reproducible only if shards do not depend on each other and their number does not depend on the number of threads:
/// callers cut work by its size, never by <see cref="Count"/>.
/// </summary>
public sealed class ThreadTeam : IDisposable
{
    // About 50 microseconds of spinning before a worker sleeps: long enough to bridge the gap between two kernels of a step.
    private const int SpinsBeforeSleep = 2000;

    private readonly Thread[] _workers;
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Lock _gate = new();
    private volatile Job? _job;
    private int _generation;
    private int _sleepers;
    private volatile bool _stopping;

    /// <summary>Starts <paramref name="count"/> - 1 background threads; the caller of <see cref="For"/> is the last member.</summary>
    /// <param name="count">Threads in all, at least 1.</param>
    public ThreadTeam(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Count = count;
        _workers = new Thread[count - 1];
        for (int i = 0; i < _workers.Length; i++)
        {
            _workers[i] = new Thread(Work) { IsBackground = true, Name = $"g3dr worker {i + 1}" };
            _workers[i].Start();
        }
    }

    /// <summary>Number of threads, the caller's included.</summary>
    public int Count { get; }

    /// <summary>
    /// Calls <paramref name="body"/> for every shard 0 .. <paramref name="shards"/> - 1 and returns when all are done.
    /// The first exception stops the handing out of further shards and is rethrown here. A call from inside a body runs on that thread alone;
    /// calls by several user threads take turns.
    /// </summary>
    /// <param name="shards">Number of shards.</param>
    /// <param name="body">Work of one shard.</param>
    public void For(int shards, Action<int> body)
    {
        ObjectDisposedException.ThrowIf(_stopping, this);
        if (shards <= 1 || Count == 1 || _gate.IsHeldByCurrentThread || t_insideWorker == this)
        {
            for (int i = 0; i < shards; i++)
            {
                body(i);
            }

            return;
        }

        lock (_gate)
        {
            var job = new Job(body, shards);
            _job = job;
            Interlocked.Increment(ref _generation);
            int sleeping = Volatile.Read(ref _sleepers);
            if (sleeping > 0)
            {
                _wake.Release(Math.Min(sleeping, shards - 1));
            }

            job.Take();
            var spinner = default(SpinWait);
            while (!job.Finished)
            {
                spinner.SpinOnce(sleep1Threshold: -1);
            }

            _job = null;
            job.Error?.Throw();
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        if (_stopping)
        {
            return;
        }

        _stopping = true;
        Interlocked.Increment(ref _generation);
        _wake.Release(Count);
        foreach (Thread worker in _workers)
        {
            worker.Join();
        }

        _wake.Dispose();
    }

    [ThreadStatic]
    private static ThreadTeam? t_insideWorker;

    private void Work()
    {
        t_insideWorker = this;
        int seen = 0;
        while (!_stopping)
        {
            int spins = 0;
            while (Volatile.Read(ref _generation) == seen && !_stopping)
            {
                if (++spins < SpinsBeforeSleep)
                {
                    Thread.SpinWait(8);
                    continue;
                }

                // The full fences of the two interlocked operations pair with those in For: either the worker sees the new generation or For sees the sleeper.
                Interlocked.Increment(ref _sleepers);
                if (Volatile.Read(ref _generation) == seen)
                {
                    _wake.Wait();
                }

                Interlocked.Decrement(ref _sleepers);
                spins = 0;
            }

            seen = Volatile.Read(ref _generation);
            _job?.Take();
        }
    }

    private sealed class Job
    {
        private readonly Action<int> _body;
        private readonly int _shards;
        private int _next = -1;
        private int _open;

        public Job(Action<int> body, int shards)
        {
            _body = body;
            _shards = shards;
            _open = shards;
        }

        public ExceptionDispatchInfo? Error { get; private set; }

        public bool Finished => Volatile.Read(ref _open) == 0;

        public void Take()
        {
            int shard;
            while ((shard = Interlocked.Increment(ref _next)) < _shards)
            {
                try
                {
                    if (Error is null)
                    {
                        _body(shard);
                    }
                }
#pragma warning disable CA1031 // Any exception of a body belongs to the caller of For, on whose thread it is rethrown.
                catch (Exception error)
#pragma warning restore CA1031
                {
                    Error ??= ExceptionDispatchInfo.Capture(error);
                }
                finally
                {
                    Interlocked.Decrement(ref _open);
                }
            }
        }
    }
}
