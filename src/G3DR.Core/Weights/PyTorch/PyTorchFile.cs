using System.Buffers.Binary;
using System.Text;

namespace G3DR.Core.Weights.PyTorch;

/// <summary>
/// Opens PyTorch checkpoints: the zip archives of version 1.6 and later, TorchScript archives, and the older format of pickles and storages one after another. Only the
/// pickles are read; tensors stay in the mapped file until they are used.
/// </summary>
internal sealed class PyTorchFile
{
    private const string PickleName = "data.pkl";

    private static readonly UInt128 s_legacyMagic = UInt128.Parse("1950a86a20f9469cfc6c", System.Globalization.NumberStyles.HexNumber, null);

    private readonly string _source;
    private readonly MappedRegion _file;
    private readonly long _length;
    private readonly List<ByteRegion> _regions;
    private readonly Dictionary<string, PickleStorage> _storages = new(StringComparer.Ordinal);
    private bool _bigEndian;

    private PyTorchFile(string source, MappedRegion file, long length) => (_source, _file, _length, _regions) = (source, file, length, [file]);

    /// <summary>Opens a checkpoint.</summary>
    /// <param name="stream">The file, which may be closed afterwards.</param>
    /// <param name="source">Its path.</param>
    /// <param name="key">The state dictionary to take; see <see cref="WeightFileOptions.Key"/>.</param>
    public static WeightFile Open(FileStream stream, string source, string? key)
    {
        long length = stream.Length;
        var file = new PyTorchFile(source, new(stream, 0, length), length);
        try
        {
            object? root = file._file.Slice(0, 4).StartsWith("PK\u0003\u0004"u8) ? file.ReadZip() : file.ReadLegacy();
            CheckpointTree tree = CheckpointTree.Of(root, source);
            if (tree.Entries.Count == 0)
            {
                throw new WeightsFormatException($"{source} holds no tensors.");
            }

            string chosen = key ?? StateDictionaries.Choose(tree.Entries, source);
            WeightTensor[] tensors = [.. StateDictionaries.Take(tree.Entries, chosen, source).Select(entry => file.TensorOf(entry.Name, entry.Tensor))];
            return new(source, tensors, tree.Metadata, file._regions, chosen);
        }
        catch
        {
            file._regions.ForEach(region => region.Dispose());
            throw;
        }
    }

    private object? ReadZip()
    {
        Dictionary<string, ZipRecord> records = ZipDirectory.Read(_file, _length, _source);
        ZipRecord[] pickles = [.. records.Values.Where(record => record.Name == PickleName || record.Name.EndsWith($"/{PickleName}", StringComparison.Ordinal))];
        if (pickles.Length != 1)
        {
            throw Error($"it is a zip archive with {pickles.Length} records {PickleName}; a PyTorch checkpoint has one");
        }

        string folder = pickles[0].Name[..^PickleName.Length];
        _bigEndian = records.TryGetValue($"{folder}byteorder", out ZipRecord? order) && IsBigEndian(order);
        (ByteRegion region, long start) = Locate(pickles[0]);
        if (pickles[0].Length > int.MaxValue)
        {
            throw Error($"its pickle has {pickles[0].Length} bytes");
        }

        return new PickleMachine(region.Slice(start, (int)pickles[0].Length), _source, (key, dtype, elements) => OpenRecord(records, folder, key, dtype, elements)).Run();
    }

    private PickleStorage OpenRecord(Dictionary<string, ZipRecord> records, string folder, string key, WeightDtype dtype, long elements)
    {
        PickleStorage storage = Share(key, dtype, elements);
        if (storage.Region is null)
        {
            // A key is a plain name; one that climbs out of the folder is no key, whatever records there are.
            if (key.AsSpan().IndexOfAny('/', '\\') >= 0 || !records.TryGetValue($"{folder}data/{key}", out ZipRecord? record))
            {
                throw Error($"the record of storage {SafetensorsHeader.Quote(key)} is missing");
            }

            if (record.Length / dtype.Size() != elements)
            {
                throw Error($"the storage {SafetensorsHeader.Quote(key)} of {elements} {dtype.SafetensorsName()} needs {storage.Bytes} bytes, its record has {record.Length}");
            }

            (storage.Region, storage.Start) = Locate(record);
        }

        return storage;
    }

    private (ByteRegion Region, long Start) Locate(ZipRecord record)
    {
        if (record.Method == ZipDirectory.Stored)
        {
            return (_file, record.Start);
        }

        var region = new InflatedRegion(_file, record, _source);
        _regions.Add(region);
        return (region, 0);
    }

    private bool IsBigEndian(ZipRecord record)
    {
        (ByteRegion region, long start) = Locate(record);
        string order = Encoding.ASCII.GetString(region.Slice(start, (int)Math.Min(record.Length, 16)));
        return order switch
        {
            "little" => false,
            "big" => true,
            _ => throw Error($"its byte order is {SafetensorsHeader.Quote(order)}, neither little nor big"),
        };
    }

    private object? ReadLegacy()
    {
        long at = 0;
        if (ReadPickle(ref at) is not System.Numerics.BigInteger magic || magic != (System.Numerics.BigInteger)s_legacyMagic)
        {
            throw Error("it is a pickle, but no checkpoint that torch.save wrote: its magic number is another");
        }

        if (ReadPickle(ref at) is not 1001L)
        {
            throw Error("its version of the older format is not 1001");
        }

        _bigEndian = ReadPickle(ref at) is PickleDictionary system && system["little_endian"] is false;
        object? root = ReadPickle(ref at);
        if (ReadPickle(ref at) is not PickleList keys)
        {
            throw Error("it has no list of its storages");
        }

        foreach (object? key in keys.Items)
        {
            if (key is not string name || !_storages.TryGetValue(name, out PickleStorage? storage) || storage.Region is not null)
            {
                throw Error($"its list of storages has {SafetensorsHeader.Quote(key?.ToString() ?? "None")}, which no tensor uses or which stood there before");
            }

            at = PlaceStorage(storage, at);
        }

        return _storages.Values.FirstOrDefault(storage => storage.Region is null) is { } absent
            ? throw Error($"the data of storage {SafetensorsHeader.Quote(absent.Key)} are missing")
            : root;
    }

    /// <summary>Finds the data of a storage, which begin with their number of elements.</summary>
    private long PlaceStorage(PickleStorage storage, long at)
    {
        const int CountBytes = 8;
        if (_length - at < CountBytes || _length - at - CountBytes < storage.Bytes)
        {
            throw Error($"it is truncated: the storage {SafetensorsHeader.Quote(storage.Key)} needs {storage.Bytes} bytes from byte {at + CountBytes} on, the file has {_length}");
        }

        ReadOnlySpan<byte> count = _file.Slice(at, CountBytes);
        long elements = _bigEndian ? BinaryPrimitives.ReadInt64BigEndian(count) : BinaryPrimitives.ReadInt64LittleEndian(count);
        if (elements != storage.Elements)
        {
            throw Error($"the storage {SafetensorsHeader.Quote(storage.Key)} should have {storage.Elements} elements, {elements} follow");
        }

        (storage.Region, storage.Start) = (_file, at + CountBytes);
        return at + CountBytes + storage.Bytes;
    }

    private object? ReadPickle(ref long at)
    {
        var machine = new PickleMachine(_file.Slice(at, (int)Math.Min(_length - at, int.MaxValue)), _source, Share);
        object? value = machine.Run();
        at += machine.Position;
        return value;
    }

    /// <summary>The storage of a key: one for all tensors that share it.</summary>
    private PickleStorage Share(string key, WeightDtype dtype, long elements)
    {
        if (_storages.TryGetValue(key, out PickleStorage? known))
        {
            return known.Dtype == dtype && known.Elements == elements
                ? known
                : throw Error($"the storage {SafetensorsHeader.Quote(key)} is said to have two types or lengths");
        }

        var storage = new PickleStorage(key, dtype, elements);
        _storages.Add(key, storage);
        return storage;
    }

    private WeightTensor TensorOf(string name, PickleTensor tensor) => new(
        tensor.Storage.Region!,
        tensor.Storage.Start + (tensor.Offset * tensor.Dtype.Size()),
        name,
        tensor.Dtype,
        tensor.Shape,
        StridedOrder.Of(tensor.Shape, tensor.Strides, _bigEndian && tensor.Dtype.Size() > 1));

    private WeightsFormatException Error(string what) => new($"{_source} is malformed: {what}.");
}
