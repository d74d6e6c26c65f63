using G3DR.Compute.Memory;

namespace G3DR.Compute.OpenCl;

/// <summary>The memory of one device: cl_mem objects, known outside by the addresses of <see cref="DeviceAddress"/>.</summary>
internal sealed unsafe class OpenClMemory : MemorySource, IDisposable
{
    private const ulong ReadWrite = 1 << 0;

    private readonly OpenClSession _session;
    private readonly DeviceNumber _number;
    private readonly Lock _gate = new();
    private readonly List<Block?> _blocks = [];
    private readonly Stack<int> _unused = new();
    private long _allocated;

    public OpenClMemory(OpenClSession session)
    {
        _session = session;
        _number = DeviceNumber.Take(session.Name);
    }

    /// <inheritdoc/>
    public override long? Capacity => _session.Device.Info.GlobalMemory;

    /// <inheritdoc/>
    public override long LargestBlock => Math.Min(_session.Device.Info.LargestAllocation, DeviceAddress.MaxBytes);

    /// <inheritdoc/>
    public override nint Allocate(long bytes)
    {
        _session.ThrowIfUnusable();
        long capacity = _session.Device.Info.GlobalMemory, allocated = Volatile.Read(ref _allocated);
        if (bytes > capacity - allocated)
        {
            throw new InsufficientMemoryException($"{_session.Name} has {capacity} bytes, of which {allocated} are taken.");
        }

        OpenClHandle buffer = CreateBuffer(bytes);
        lock (_gate)
        {
            if (!_unused.TryPop(out int block))
            {
                if (_blocks.Count > DeviceAddress.MaxBlock)
                {
                    buffer.Dispose();
                    throw new InsufficientMemoryException($"{_session.Name} has {_blocks.Count} blocks of memory, as many as can be told apart.");
                }

                block = _blocks.Count;
                _blocks.Add(null);
            }

            _blocks[block] = new(buffer, bytes);
            _allocated += bytes;
            return DeviceAddress.Make(_number.Value, block);
        }
    }

    /// <inheritdoc/>
    public override void Free(nint block)
    {
        Block freed;
        lock (_gate)
        {
            int number = DeviceAddress.Block(block);
            freed = _blocks[number]!.Value;
            _blocks[number] = null;
            _unused.Push(number);
            _allocated -= freed.Bytes;
        }

        // The driver keeps the memory until the commands that use it are done.
        freed.Buffer.Dispose();
    }

    /// <summary>The buffer of an address, and the place in it.</summary>
    /// <param name="address">First byte.</param>
    /// <param name="bytes">Number of bytes that are used from there.</param>
    /// <exception cref="ArgumentException">The address belongs to another device or to the host, or its memory was freed.</exception>
    public (nint Buffer, long Offset) Resolve(nint address, long bytes)
    {
        if (!DeviceAddress.IsDevice(address) || DeviceAddress.Device(address) != _number.Value)
        {
            throw new ArgumentException($"A view lies in the memory of {DeviceNumber.OwnerOf(address)}, but the work is for {_session.Name}; copy it there first.");
        }

        int number = DeviceAddress.Block(address);
        long offset = DeviceAddress.Offset(address);
        lock (_gate)
        {
            return number < _blocks.Count && _blocks[number] is { } block && bytes <= block.Bytes - offset
                ? (block.Buffer.Value, offset)
                : throw new ArgumentException($"A view of {_session.Name} is used after its memory was freed.");
        }
    }

    /// <summary>Gives the device's number back; addresses are no longer valid then.</summary>
    public void Dispose() => _number.Dispose();

    private OpenClHandle CreateBuffer(long bytes)
    {
        int error;
        nint created = _session.Library.CreateBuffer(_session.Context.Value, ReadWrite, (nuint)bytes, null, &error);
        ThrowIfFailed(error, "clCreateBuffer");
        OpenClHandle buffer = _session.Library.Own(OpenClFunction.ReleaseMemObject, created);
        try
        {
            ThrowIfFailed(_session.Touch(buffer), "the first use of a new buffer");
            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    private void ThrowIfFailed(int code, string call)
    {
        if (code == OpenClErrorCode.Success)
        {
            return;
        }

        Exception failure = _session.Failure(code, call);
        bool full = code is OpenClErrorCode.MemObjectAllocationFailure or OpenClErrorCode.OutOfResources
            or OpenClErrorCode.OutOfHostMemory or OpenClErrorCode.InvalidBufferSize;
        throw full && failure is OpenClException ? new InsufficientMemoryException(failure.Message, failure) : failure;
    }

    private readonly record struct Block(OpenClHandle Buffer, long Bytes);
}
