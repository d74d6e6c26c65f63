using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using G3DR.Compute;
using G3DR.Compute.Memory;

namespace G3DR.Tests.Generator.Differential;

/// <summary>A device with the inputs of the tests in its memory: two values of each type per item, many of them extreme.</summary>
internal sealed class KernelInputs : IDisposable
{
    /// <summary>Items of a launch.</summary>
    internal const int Items = 96;

    /// <summary>Room for results of each item.</summary>
    internal const int ResultsPerItem = 64;

    /// <summary>Parameters of the kernels that can be run.</summary>
    internal const string Parameters =
        "Index1D i, ArrayView<bool> xbool, ArrayView<sbyte> xsbyte, ArrayView<byte> xbyte, ArrayView<short> xshort, ArrayView<ushort> xushort, ArrayView<int> xint, "
        + "ArrayView<uint> xuint, ArrayView<long> xlong, ArrayView<ulong> xulong, ArrayView<float> xfloat, ArrayView<double> xdouble, ArrayView<ulong> results";

    private readonly Accelerator _device;
    private readonly Random _random = new(17);
    private readonly Stack<IDisposable> _owned = [];
    private readonly MemoryBuffer<bool> _bools;
    private readonly MemoryBuffer<sbyte> _sbytes;
    private readonly MemoryBuffer<byte> _bytes;
    private readonly MemoryBuffer<short> _shorts;
    private readonly MemoryBuffer<ushort> _ushorts;
    private readonly MemoryBuffer<int> _ints;
    private readonly MemoryBuffer<uint> _uints;
    private readonly MemoryBuffer<long> _longs;
    private readonly MemoryBuffer<ulong> _ulongs;
    private readonly MemoryBuffer<float> _floats;
    private readonly MemoryBuffer<double> _doubles;
    private readonly MemoryBuffer<ulong> _results;

    /// <param name="device">Where kernels shall run; disposed with this.</param>
    internal KernelInputs(Accelerator device)
    {
        _device = device;
        _owned.Push(device);
        _bools = Fill<bool>(false, true);
        _sbytes = Fill<sbyte>(0, 1, -1, sbyte.MinValue, sbyte.MaxValue);
        _bytes = Fill<byte>(0, 1, 127, 128, byte.MaxValue);
        _shorts = Fill<short>(0, 1, -1, short.MinValue, short.MaxValue);
        _ushorts = Fill<ushort>(0, 1, 32767, 32768, ushort.MaxValue);
        _ints = Fill<int>(0, 1, -1, 2, 31, 32, 33, int.MinValue, int.MaxValue, int.MinValue + 1);
        _uints = Fill<uint>(0u, 1u, 2u, 31u, 32u, (uint)int.MaxValue, 1u << 31, uint.MaxValue);
        _longs = Fill<long>(0L, 1L, -1L, 3L, 63L, 64L, int.MinValue, uint.MaxValue, 1L << 32, long.MinValue, long.MaxValue, (1L << 53) + 1);
        _ulongs = Fill<ulong>(0UL, 1UL, 2UL, 64UL, uint.MaxValue, long.MaxValue, 1UL << 63, ulong.MaxValue, (1UL << 63) + 1025, (1UL << 40) + 65537);
        _floats = Fill(
            0f, -0f, 1f, -1f, 0.5f, -0.5f, 1.5f, 2.5f, 255.5f, 65536f, 2147483648f, -2147483648f, 4294967296f, 9.223372e18f, 1.8446744e19f, 1e20f, -1e20f,
            float.Epsilon, float.MaxValue, float.MinValue, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 3.1415927f);
        _doubles = Fill<double>(
            0.0, -0.0, 1, -1, 0.5, -0.5, 1.5, -2.5, 255.99, 2147483647.5, -2147483648.5, 4294967295.5, 9.2233720368547758e18, 1.8446744073709552e19, 1e300, -1e20,
            double.Epsilon, double.MaxValue, double.MinValue, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 16777217, 1e-40);
        _results = Own(_device.Allocate<ulong>(Items * ResultsPerItem));
    }

    /// <summary>Runs a kernel, which has the <see cref="Parameters"/>, and returns what it has written.</summary>
    internal ulong[] Run(MethodInfo kernel)
    {
        var call = kernel.CreateDelegate<Action<
            Index1D, ArrayView<bool>, ArrayView<sbyte>, ArrayView<byte>, ArrayView<short>, ArrayView<ushort>, ArrayView<int>, ArrayView<uint>, ArrayView<long>, ArrayView<ulong>,
            ArrayView<float>, ArrayView<double>, ArrayView<ulong>>>();
        _results.Clear();
        _device.Launch(
            call, (Index1D)Items, _bools.View, _sbytes.View, _bytes.View, _shorts.View, _ushorts.View, _ints.View, _uints.View, _longs.View, _ulongs.View,
            _floats.View, _doubles.View, _results.View);
        var results = new ulong[Items * ResultsPerItem];
        _results.CopyTo(results);
        return results;
    }

    /// <summary>What an item reads, as text.</summary>
    internal string Describe(int item)
    {
        var lines = new List<string>();
        Add(_bools);
        Add(_sbytes);
        Add(_bytes);
        Add(_shorts);
        Add(_ushorts);
        Add(_ints);
        Add(_uints);
        Add(_longs);
        Add(_ulongs);
        Add(_floats);
        Add(_doubles);
        return string.Join(", ", lines);

        void Add<T>(MemoryBuffer<T> buffer)
            where T : unmanaged
        {
            var values = new T[buffer.Length];
            buffer.CopyTo(values);
            lines.Add(FormattableString.Invariant($"{typeof(T).Name} {values[2 * item]} and {values[(2 * item) + 1]}"));
        }
    }

    /// <summary>Gives the memory back and closes the device.</summary>
    public void Dispose()
    {
        while (_owned.TryPop(out IDisposable? owned))
            owned.Dispose();
    }

    private MemoryBuffer<T> Fill<T>(params T[] extremes)
        where T : unmanaged
    {
        var values = new T[2 * Items];
        Span<byte> bits = stackalloc byte[Unsafe.SizeOf<T>()];
        for (int i = 0; i < values.Length; i++)
        {
            _random.NextBytes(bits);
            values[i] = typeof(T) == typeof(bool) || _random.Next(3) > 0 ? extremes[_random.Next(extremes.Length)] : MemoryMarshal.Read<T>(bits);
        }

        MemoryBuffer<T> buffer = Own(_device.Allocate<T>(values.Length));
        buffer.CopyFrom(values);
        return buffer;
    }

    private T Own<T>(T disposable)
        where T : IDisposable
    {
        _owned.Push(disposable);
        return disposable;
    }
}
