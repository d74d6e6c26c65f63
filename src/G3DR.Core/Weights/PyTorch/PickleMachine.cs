using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace G3DR.Core.Weights.PyTorch;

/// <summary>
/// Reads Python pickles (protocols 2 to 5) that hold tensors. It executes nothing: names are compared with a list (<see cref="PickleGlobals"/>), calls of known builders
/// are imitated, calls of inert classes give inert objects. Memory is bounded by the length of the pickle.
/// </summary>
/// <param name="data">Bytes from the start of the pickle on.</param>
/// <param name="source">Name of the file, for messages.</param>
/// <param name="open">Gives the storage of a key, with its element type and number of elements.</param>
internal ref partial struct PickleMachine(ReadOnlySpan<byte> data, string source, Func<string, WeightDtype, long, PickleStorage> open)
{
    // Every object costs some hundred bytes at most; no checkpoint has nearly as many.
    private const int MostObjects = 4_000_000;

    private readonly ReadOnlySpan<byte> _data = data;
    private readonly List<object?> _stack = [];
    private readonly Stack<int> _marks = new();
    private readonly Dictionary<uint, object?> _memo = [];
    private readonly PickleBuilder _builder = new(source, open);
    private int _at;
    private int _objects;

    private enum Op : byte
    {
        Mark = (byte)'(', Stop = (byte)'.', Pop = (byte)'0', PopMark = (byte)'1', Dup = (byte)'2',
        BinFloat = (byte)'G', BinInt = (byte)'J', BinInt1 = (byte)'K', BinInt2 = (byte)'M', None = (byte)'N', BinPersId = (byte)'Q', Reduce = (byte)'R',
        BinString = (byte)'T', ShortBinString = (byte)'U', BinUnicode = (byte)'X', Append = (byte)'a', Build = (byte)'b', Global = (byte)'c', Dict = (byte)'d',
        EmptyDict = (byte)'}', Appends = (byte)'e', BinGet = (byte)'h', LongBinGet = (byte)'j', List = (byte)'l', EmptyList = (byte)']', BinPut = (byte)'q',
        LongBinPut = (byte)'r', SetItem = (byte)'s', Tuple = (byte)'t', EmptyTuple = (byte)')', SetItems = (byte)'u', BinBytes = (byte)'B', ShortBinBytes = (byte)'C',
        Proto = 0x80, NewObj = 0x81, Tuple1 = 0x85, Tuple2 = 0x86, Tuple3 = 0x87, NewTrue = 0x88, NewFalse = 0x89, Long1 = 0x8a, Long4 = 0x8b,
        ShortBinUnicode = 0x8c, BinUnicode8 = 0x8d, BinBytes8 = 0x8e, EmptySet = 0x8f, AddItems = 0x90, FrozenSet = 0x91, NewObjEx = 0x92, StackGlobal = 0x93,
        Memoize = 0x94, Frame = 0x95,
    }

    /// <summary>Bytes read.</summary>
    public readonly int Position => _at;

    /// <summary>Runs the pickle to its end.</summary>
    /// <returns>The object that it describes.</returns>
    /// <exception cref="WeightsFormatException">It is damaged, or refers to a name that is not allowed.</exception>
    public object? Run()
    {
        while (true)
        {
            int at = _at;
            var op = (Op)Take(1)[0];
            if (op == Op.Stop)
            {
                return Pop();
            }

            if (++_objects > MostObjects)
            {
                throw Error($"its pickle has more than {MostObjects} instructions");
            }

            if (!RunData(op) && !RunStructure(op))
            {
                throw Error($"its pickle has the instruction 0x{(byte)op:x2} at byte {at}, which no state dictionary needs; it is refused");
            }
        }
    }

    /// <summary>Instructions that push something that stands in the pickle.</summary>
    private bool RunData(Op op)
    {
        switch (op)
        {
            case Op.Proto: CheckProtocol(Take(1)[0]); break;
            case Op.Frame: Take(8); break;
            case Op.None: Push(null); break;
            case Op.NewTrue: Push(true); break;
            case Op.NewFalse: Push(false); break;
            case Op.BinInt: Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
            case Op.BinInt1: Push((long)Take(1)[0]); break;
            case Op.BinInt2: Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
            case Op.Long1: PushInteger(Take(Take(1)[0])); break;
            case Op.Long4: PushInteger(Take(Length4())); break;
            case Op.BinFloat: Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); break;
            case Op.ShortBinUnicode: Push(Text(Take(Take(1)[0]))); break;
            case Op.BinUnicode: Push(Text(Take(Length4()))); break;
            case Op.BinUnicode8: Push(Text(Take(Length8()))); break;
            case Op.ShortBinString: Push(Encoding.Latin1.GetString(Take(Take(1)[0]))); break;
            case Op.BinString: Push(Encoding.Latin1.GetString(Take(Length4()))); break;
            case Op.ShortBinBytes: Push(Take(Take(1)[0]).ToArray()); break;
            case Op.BinBytes: Push(Take(Length4()).ToArray()); break;
            case Op.BinBytes8: Push(Take(Length8()).ToArray()); break;
            case Op.EmptyTuple: Push(new PickleTuple([])); break;
            case Op.EmptyList: Push(new PickleList()); break;
            case Op.EmptyDict: Push(new PickleDictionary()); break;
            case Op.EmptySet: Push(new PickleList()); break;
            case Op.Global: Push(FindGlobal(Line(), Line())); break;
            default: return false;
        }

        return true;
    }

    /// <summary>Instructions that use what is on the stack.</summary>
    private bool RunStructure(Op op)
    {
        switch (op)
        {
            case Op.Mark: _marks.Push(_stack.Count); break;
            case Op.Pop: PopOrUnmark(); break;
            case Op.PopMark: PopToMark(); break;
            case Op.Dup: Push(Top()); break;
            case Op.Tuple: Push(new PickleTuple(PopToMark())); break;
            case Op.Tuple1: Push(new PickleTuple(Pop(1))); break;
            case Op.Tuple2: Push(new PickleTuple(Pop(2))); break;
            case Op.Tuple3: Push(new PickleTuple(Pop(3))); break;
            case Op.List or Op.FrozenSet: PushList(PopToMark()); break;
            case Op.Dict: PushDictionary(PopToMark()); break;
            case Op.Append: _builder.Append(Pop(1), Top()); break;
            case Op.Appends or Op.AddItems: _builder.Append(PopToMark(), Top()); break;
            case Op.SetItem: _builder.Set(Pop(2), Top()); break;
            case Op.SetItems: _builder.Set(PopToMark(), Top()); break;
            case Op.BinGet: Push(Recall(Take(1)[0])); break;
            case Op.LongBinGet: Push(Recall(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))); break;
            case Op.BinPut: _memo[Take(1)[0]] = Top(); break;
            case Op.LongBinPut: _memo[BinaryPrimitives.ReadUInt32LittleEndian(Take(4))] = Top(); break;
            case Op.Memoize: _memo[(uint)_memo.Count] = Top(); break;
            case Op.BinPersId: Push(_builder.OpenStorage(Pop())); break;
            case Op.StackGlobal: PushStackGlobal(Pop(2)); break;
            case Op.Reduce: PushCall(Pop(2)); break;
            case Op.NewObj: PushObject(Pop(2)[0]); break;
            case Op.NewObjEx: PushObject(Pop(3)[0]); break;
            case Op.Build: _builder.Build(Pop(1)[0], Top()); break;
            default: return false;
        }

        return true;
    }

    private readonly void CheckProtocol(byte protocol)
    {
        if (protocol is < 2 or > 5)
        {
            throw Error($"its pickle has protocol {protocol}; 2 to 5 are known");
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _data.Length - _at)
        {
            throw Error($"its pickle ends too early: {count} bytes are needed at byte {_at}, {_data.Length - _at} are there");
        }

        ReadOnlySpan<byte> taken = _data.Slice(_at, count);
        _at += count;
        return taken;
    }

    private int Length4()
    {
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
        return CheckLength(length);
    }

    private int Length8()
    {
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
        return CheckLength(length);
    }

    private readonly int CheckLength(ulong length) => length <= (ulong)(_data.Length - _at)
        ? (int)length
        : throw Error($"its pickle ends too early: a value of {length} bytes is announced at byte {_at}, {_data.Length - _at} are there");

    private readonly string Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return SafetensorsJson.Text(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new WeightsFormatException($"{source} is malformed: a text of its pickle is not valid UTF-8.", e);
        }
    }

    private string Line()
    {
        int length = _data[_at..].IndexOf((byte)'\n');
        if (length < 0)
        {
            throw Error($"its pickle ends too early: the name at byte {_at} has no end");
        }

        string text = Text(Take(length));
        _at++;
        return text;
    }

    private readonly void PushInteger(ReadOnlySpan<byte> bytes)
    {
        var value = new BigInteger(bytes);
        Push(value >= long.MinValue && value <= long.MaxValue ? (long)value : value);
    }

    private readonly void Push(object? value) => _stack.Add(value);

    private readonly object? Top() => _stack.Count > Floor() ? _stack[^1] : throw Underflow();

    private readonly object? Pop() => Pop(1)[0];

    private readonly object?[] Pop(int count)
    {
        if (_stack.Count - count < Floor())
        {
            throw Underflow();
        }

        return RemoveFrom(_stack.Count - count);
    }

    private readonly object?[] PopToMark() => _marks.TryPop(out int mark) ? RemoveFrom(mark) : throw Error("its pickle ends a list that it did not begin");

    private readonly void PopOrUnmark()
    {
        if (_marks.Count > 0 && _stack.Count == Floor())
        {
            _marks.Pop();
        }
        else
        {
            Pop();
        }
    }

    private readonly object?[] RemoveFrom(int start)
    {
        object?[] taken = [.. _stack[start..]];
        _stack.RemoveRange(start, taken.Length);
        return taken;
    }

    private readonly int Floor() => _marks.TryPeek(out int mark) ? mark : 0;

    private readonly object? Recall(uint index) =>
        _memo.TryGetValue(index, out object? value) ? value : throw Error($"its pickle uses the stored value {index}, which it never stored");

    private readonly void PushList(object?[] items)
    {
        var list = new PickleList();
        list.Items.AddRange(items);
        Push(list);
    }

    private readonly void PushDictionary(object?[] items)
    {
        var dictionary = new PickleDictionary();
        _builder.Set(items, dictionary);
        Push(dictionary);
    }

    private readonly void PushStackGlobal(object?[] names) => Push(names is [string module, string name]
        ? FindGlobal(module, name)
        : throw Error("its pickle names a class by something that is no text"));

    private readonly PickleGlobal FindGlobal(string module, string name) => PickleGlobals.Find(module, name) ?? throw _builder.Refuse(module, name);

    private readonly void PushCall(object?[] call) => Push(_builder.Call(call[0], call[1]));

    private readonly void PushObject(object? type) => Push(_builder.Create(type));

    private readonly WeightsFormatException Underflow() => Error("its pickle takes more from the stack than there is");

    private readonly WeightsFormatException Error(string what) => new($"{source} is malformed: {what}.");
}
