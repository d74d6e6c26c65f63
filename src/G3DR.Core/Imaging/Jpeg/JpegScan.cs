using System.Runtime.CompilerServices;

namespace G3DR.Core.Imaging;

/// <summary>Decodes the entropy-coded data of one scan, sequential or progressive (ITU-T T.81, annexes F and G).</summary>
internal sealed class JpegScan
{
    private readonly JpegFrame _frame;
    private readonly JpegComponent[] _components;
    private readonly JpegBitReader _reader;
    private readonly byte[] _data;
    private readonly int _restartInterval;
    private readonly int _first;
    private readonly int _last;
    private readonly int _high;
    private readonly int _low;
    private int _endOfBandRun;

    /// <summary>Prepares a scan whose parameters have been checked.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="components">The components of this scan, in order.</param>
    /// <param name="data">The file.</param>
    /// <param name="restartInterval">Units between restart markers, or 0.</param>
    /// <param name="band">First and last coefficient (zigzag) and the successive-approximation bits Ah and Al.</param>
    public JpegScan(JpegFrame frame, JpegComponent[] components, byte[] data, int restartInterval, (int First, int Last, int High, int Low) band)
    {
        _frame = frame;
        _components = components;
        _data = data;
        _reader = new JpegBitReader(data);
        _restartInterval = restartInterval;
        (_first, _last, _high, _low) = band;
    }

    /// <summary>Decodes from a byte position on.</summary>
    /// <returns>The position of the byte that follows the scan's data.</returns>
    public int Decode(int position)
    {
        Restart(position);
        bool interleaved = _components.Length > 1;
        int unitsX = interleaved ? _frame.McusX : _components[0].BlocksX;
        int unitsY = interleaved ? _frame.McusY : _components[0].BlocksY;
        int untilRestart = _restartInterval;
        int restarts = 0;
        for (int y = 0; y < unitsY; y++)
        {
            for (int x = 0; x < unitsX; x++)
            {
                if (_restartInterval > 0 && untilRestart == 0)
                {
                    Restart(SkipRestartMarker(restarts++));
                    untilRestart = _restartInterval;
                }
                if (interleaved)
                    DecodeUnit(x, y);
                else
                    DecodeBlock(_components[0], x, y);
                _reader.CheckNotOverrun();
                untilRestart--;
            }
        }
        return _reader.Position;
    }

    private void DecodeUnit(int x, int y)
    {
        foreach (JpegComponent component in _components)
        {
            for (int v = 0; v < component.V; v++)
            {
                for (int h = 0; h < component.H; h++)
                    DecodeBlock(component, x * component.H + h, y * component.V + v);
            }
        }
    }

    private void Restart(int position)
    {
        _reader.Restart(position);
        _endOfBandRun = 0;
        foreach (JpegComponent component in _components)
            component.DcPredictor = 0;
    }

    private int SkipRestartMarker(int number)
    {
        int position = _reader.Position;
        // Any number of FF fill bytes may stand before a marker.
        while (position + 1 < _data.Length && _data[position] == 0xFF && _data[position + 1] == 0xFF)
            position++;
        int expected = 0xD0 + (number & 7);
        if (position + 1 >= _data.Length || _data[position] != 0xFF || _data[position + 1] != expected)
            throw new ImageFormatException($"JPEG: no restart marker {expected:X2} at byte {position} (truncated or damaged).");
        return position + 2;
    }

    private void DecodeBlock(JpegComponent component, int x, int y)
    {
        if (!_frame.Progressive)
        {
            DecodeSequential(component, x, y);
            return;
        }
        Span<short> block = component.Coefficients.AsSpan(64 * (y * component.PaddedBlocksX + x), 64);
        if (_first == 0 && _high == 0)
            block[0] = (short)(NextDc(component) << _low);
        else if (_first == 0)
            block[0] |= (short)(_reader.Take(1) << _low);
        else if (_high == 0)
            DecodeBandFirst(component.AcTable!, block);
        else
            DecodeBandRefinement(component.AcTable!, block);
    }

    private int NextDc(JpegComponent component)
    {
        int size = _reader.TakeSymbol(component.DcTable!);
        if (size > 15)
            throw new ImageFormatException($"JPEG: a DC difference of {size} bits; at most 15 can occur (damaged).");
        return component.DcPredictor += _reader.TakeSigned(size);
    }

    [SkipLocalsInit]
    private void DecodeSequential(JpegComponent component, int x, int y)
    {
        ushort[] steps = component.Quantization!;
        Span<int> block = stackalloc int[64];
        block.Clear();
        block[0] = NextDc(component) * steps[0];
        JpegHuffmanTable table = component.AcTable!;
        bool constant = true;
        for (int k = 1; k < 64; k++)
        {
            int symbol = _reader.TakeSymbol(table);
            int size = symbol & 15;
            int run = symbol >> 4;
            if (size == 0)
            {
                if (run != 15)
                    break;
                k += 15;
                continue;
            }
            k += run;
            if (k > 63)
                throw new ImageFormatException("JPEG: a block has more than 64 coefficients (damaged).");
            block[JpegZigzag.ToNatural[k]] = _reader.TakeSigned(size) * steps[k];
            constant = false;
        }
        Span<byte> output = component.Plane.AsSpan(8 * (y * component.Stride + x));
        if (constant)
            JpegIdct.TransformConstant(block[0], output, component.Stride);
        else
            JpegIdct.Transform(block, output, component.Stride);
    }

    private void DecodeBandFirst(JpegHuffmanTable table, Span<short> block)
    {
        if (_endOfBandRun > 0)
        {
            _endOfBandRun--;
            return;
        }
        for (int k = _first; k <= _last; k++)
        {
            int symbol = _reader.TakeSymbol(table);
            int run = symbol >> 4;
            int size = symbol & 15;
            if (size == 0)
            {
                if (run < 15)
                {
                    _endOfBandRun = (1 << run) - 1 + _reader.Take(run);
                    return;
                }
                k += 15;
                continue;
            }
            k += run;
            if (k > _last)
                throw new ImageFormatException("JPEG: a band has more coefficients than declared (damaged).");
            block[k] = (short)(_reader.TakeSigned(size) << _low);
        }
    }

    private void DecodeBandRefinement(JpegHuffmanTable table, Span<short> block)
    {
        int bit = 1 << _low;
        int k = _first;
        if (_endOfBandRun == 0)
        {
            while (k <= _last)
            {
                int symbol = _reader.TakeSymbol(table);
                int run = symbol >> 4;
                int size = symbol & 15;
                int value = 0;
                if (size == 0 && run < 15)
                {
                    _endOfBandRun = (1 << run) + _reader.Take(run);
                    break;
                }
                if (size > 1)
                    throw new ImageFormatException($"JPEG: a refinement of {size} bits; only 1 can occur (damaged).");
                if (size == 1)
                    value = _reader.Take(1) == 1 ? bit : -bit;
                k = RefineUntil(block, k, run, bit);
                if (value != 0)
                {
                    if (k > _last)
                        throw new ImageFormatException("JPEG: a band has more coefficients than declared (damaged).");
                    block[k] = (short)value;
                }
                k++;
            }
        }
        if (_endOfBandRun > 0)
        {
            RefineUntil(block, k, int.MaxValue, bit);
            _endOfBandRun--;
        }
    }

    /// <summary>Adds a bit of precision to the non-zero coefficients up to the one behind <paramref name="zeros"/> zero ones.</summary>
    /// <returns>The index of that coefficient, or one behind the band.</returns>
    private int RefineUntil(Span<short> block, int k, int zeros, int bit)
    {
        for (; k <= _last; k++)
        {
            if (block[k] == 0)
            {
                if (zeros-- == 0)
                    break;
            }
            else if (_reader.Take(1) == 1 && (block[k] & bit) == 0)
            {
                block[k] += (short)(block[k] > 0 ? bit : -bit);
            }
        }
        return k;
    }
}
